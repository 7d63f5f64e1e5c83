"""A client that knows nothing but the wire: requests as the broker's Python library was seen to send them,
byte for byte over one connection, and the socket's frames by hand. Standard library only."""

import base64
import hashlib
import json
import os
import re
import select
import socket
import struct
import urllib.parse

from simulated import CUSTOMER, KEY, SECRET, Checks, Simulator

check = Checks()
COMMON = ("Host: 127.0.0.1:{port}\r\nUser-Agent: python-requests/2.34.2\r\nAccept-Encoding: gzip, deflate\r\n"
          "Accept: */*\r\nConnection: keep-alive\r\n")
AUTH = f"api-key: {KEY}\r\naccess-token: {{token}}\r\nContent-type: application/json\r\nAuthorization: {{token}}\r\n"
DENIED = b'{"status":403,"message":"error","errorType":"Access Denied"}'
ORDER = ('{"customerId": 1000001, "scripCode": 2475, "tradingSymbol": "ONGC", "exchange": "NC", "transactionType": "B", '
         '"quantity": 1, "disclosedQty": 0, "price": "%s", "triggerPrice": "0", "rmsCode": "%s", "afterHour": "N", '
         '"orderType": "NORMAL", "channelUser": "1000001", "validity": "GFD", "requestType": "%s", '
         '"productType": "INVESTMENT"%s}')
OPTION = ('{"customerId": 1000001, "scripCode": 59004, "tradingSymbol": "NIFTY", "exchange": "NF", "transactionType": "B", '
          '"quantity": 75, "disclosedQty": 0, "price": "24.35", "triggerPrice": "0", "rmsCode": "ANY", "afterHour": "N", '
          '"orderType": "NORMAL", "channelUser": "LOGINID1", "validity": "GFD", "requestType": "NEW", '
          '"productType": "INVESTMENT", "instrumentType": "OI", "strikePrice": "26000", "optionType": "CE", '
          '"expiry": "28/10/2025"}')

PROOF = base64.b64encode(os.urandom(16)).decode()
HANDSHAKE = ("GET /skstream/api/stream?ACCESS_TOKEN=%s HTTP/1.1\r\nUpgrade: websocket\r\nHost: 127.0.0.1:{port}\r\n"
             "Origin: http://127.0.0.1:{port}\r\nSec-WebSocket-Key: " + PROOF + "\r\nSec-WebSocket-Version: 13\r\n"
             "Connection: Upgrade\r\n\r\n")


class Wire:
    """One connection. Every request goes over it, as a library that keeps connections alive does."""

    def __init__(self, port):
        self.port = port
        self.stream = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.rest = b""

    def _until(self, enough):
        while not enough(self.rest):
            piece = self.stream.recv(65536)
            if not piece:
                raise EOFError("the simulator closed the connection")
            self.rest += piece

    def ask(self, request):
        self.stream.sendall(request.format(port=self.port).encode() if isinstance(request, str) else request)
        self._until(lambda text: b"\r\n\r\n" in text)
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        status = int(head.split(b" ")[1])
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, value = line.split(b":", 1)
            if name.lower() == b"content-length":
                length = int(value)
        if status != 101:
            self._until(lambda text: len(text) >= length)
        body, self.rest = self.rest[:length], self.rest[length:]
        return status, head, body

    def send_frame(self, opcode, payload, first=0x80):
        mask = os.urandom(4)
        size = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + struct.pack("!H", len(payload))
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
        self.stream.sendall(bytes([first | opcode]) + size + mask + masked)

    def frame(self):
        self._until(lambda text: len(text) >= 2)
        size, offset = self.rest[1], 2
        if size == 126:
            self._until(lambda text: len(text) >= 4)
            size, offset = struct.unpack("!H", self.rest[2:4])[0], 4
        elif size == 127:
            self._until(lambda text: len(text) >= 10)
            size, offset = struct.unpack("!Q", self.rest[2:10])[0], 10
        self._until(lambda text: len(text) >= offset + size)
        opcode, payload = self.rest[0] & 15, self.rest[offset:offset + size]
        self.rest = self.rest[offset + size:]
        return opcode, payload

    def say(self, text):
        self.send_frame(1, text.encode())

    def hear(self):
        while (frame := self.frame()) == (1, b"heartbeat"):
            pass
        return frame


def get(path, token):
    return f"GET {path} HTTP/1.1\r\n" + COMMON + AUTH.format(token=token) + "\r\n"


def post(path, body, token, length=None):
    headers = AUTH.format(token=token) if token else f"api-key: {KEY}\r\nContent-type: application/json\r\n"
    if length is not None:
        check.same("the body is as long as the recorded one", len(body), length)
    head = f"POST {path} HTTP/1.1\r\n" + COMMON + headers + f"Content-Length: {len(body)}\r\n\r\n"
    return head.replace("{port}", "80").encode() + body.encode()


def query(**parameters):
    """The lump that the library puts after the question mark: JSON, percent-encoded but for ':' and ','."""
    return "?" + urllib.parse.quote(json.dumps(parameters), safe=":,")


def sealed_again(token):
    """Opens the token, swaps its halves, seals it: AES-256-GCM under a nonce of 16 zero bytes, which Python's own
    library does not have; libcrypto is everywhere."""
    from ctypes import CDLL, byref, c_int, c_void_p, create_string_buffer, util
    crypto = CDLL(util.find_library("crypto"))
    crypto.EVP_CIPHER_CTX_new.restype = c_void_p
    crypto.EVP_aes_256_gcm.restype = c_void_p

    def run(text, encrypting, tag=None):
        context = c_void_p(crypto.EVP_CIPHER_CTX_new())
        out, size = create_string_buffer(len(text) + 16), c_int()
        crypto.EVP_CipherInit_ex(context, c_void_p(crypto.EVP_aes_256_gcm()), None, None, None, encrypting)
        crypto.EVP_CIPHER_CTX_ctrl(context, 0x9, 16, None)
        crypto.EVP_CipherInit_ex(context, None, None, SECRET.encode(), bytes(16), encrypting)
        crypto.EVP_CipherUpdate(context, out, byref(size), text, len(text))
        text_out = out.raw[:size.value]
        if tag:
            crypto.EVP_CIPHER_CTX_ctrl(context, 0x11, 16, tag)
        ok = crypto.EVP_CipherFinal_ex(context, out, byref(size))
        mark = create_string_buffer(16)
        if encrypting:
            crypto.EVP_CIPHER_CTX_ctrl(context, 0x10, 16, mark)
        crypto.EVP_CIPHER_CTX_free(context)
        return text_out, mark.raw, ok

    sealed = base64.b64decode(token.translate(str.maketrans("-_ ", "+/+")))
    plain, _, ok = run(sealed[:-16], 0, sealed[-16:])
    check.same("the redirect's token opens under its tag", ok, 1)
    request, customer = plain.decode().split("|")
    check("its halves are a request of 32 characters and the customer", len(request) == 32 and customer == str(CUSTOMER), plain)
    text, mark, _ = run(f"{customer}|{request}".encode(), 1)
    return base64.b64encode(text + mark).decode()


def strangers(wire):
    """The recorded requests as they are: their token is nobody's, so the answers are the recorded refusals."""
    path = "/skapi/services/access/token"
    invalid = b'{"status":400,"message":"Request token is invalid","errorType":"input_error"}'
    for body, length in [(f'{{"apiKey": "{KEY}", "requestToken": "ENCSTR==", "state": 12345}}', 72),
                         (f'{{"apiKey": "{KEY}", "requestToken": "ENCSTR", "state": 12345, "versionId": "1005"}}', 91),
                         (f'{{"apiKey": "{KEY}", "requestToken": "ENCSTR", "state": 12345, "vendorkey": "VEND01", "versionId": 1006}}', 112)]:
        status, _, answer = wire.ask(post(path, body, None, length))
        check.same("a token nobody gave out", (status, answer), (400, invalid))
    for target in ["holdings/1234567?%7B%22customerId%22:%20%221234567%22%7D",
                   "reports/1234567?%7B%22customerId%22:%201234567%7D",
                   "limitstmt/MX/1234567?%7B%22exchange%22:%20%22MX%22,%20%22customerId%22:%20%221234567%22%7D",
                   "orders/NC/1234567/246585650/trades?%7B%22exchange%22:%20%22NC%22,%20%22customerId%22:%20%221234567%22,%20%22orderId%22:%20%22246585650%22%7D",
                   "historical/BC/500410/daily?%7B%22exchange%22:%20%22BC%22,%20%22scripcode%22:%20%22500410%22,%20%22interval%22:%20%22daily%22%7D"]:
        status, _, answer = wire.ask(get("/skapi/services/" + target, "TESTTOKEN.abc.def"))
        check.same(f"{target.split('?')[0]} for a stranger", (status, answer), (403, DENIED))
    status, _, answer = wire.ask(get("/skapi/services/master/NC?%7B%22exchange%22:%20%22NC%22%7D", "TESTTOKEN.abc.def"))
    check("the master is for everyone", status == 200 and json.loads(answer)["message"] == "master", answer[:100])


def sign_in(wire):
    status, head, _ = wire.ask(f"GET /skapi/auth/login.html?api_key={KEY}&state=12345 HTTP/1.1\r\n" + COMMON + "\r\n")
    location = re.search(rb"(?i)\r\nlocation: \S+\?request_token=([^&]+)&state=12345\r\n", head + b"\r\n")
    check("the login page sends the browser back", status == 302 and location, head)
    sealed = sealed_again(urllib.parse.unquote(location[1].decode()))
    body = f'{{"apiKey": "{KEY}", "requestToken": "{sealed}", "userId": "12345"}}'
    status, _, answer = wire.ask(post("/skapi/services/access/token", body, None))
    check.same("the exchange", status, 200)
    check("its keys", list(json.loads(answer)) == ["status", "message", "timestamp", "data"], answer)
    return json.loads(answer)["data"]["token"]


def dialects(wire):
    """How the broker's five other libraries sign in and read, as far as their sources tell."""
    def url_safe(token):
        return token.replace("+", "-").replace("/", "_")

    for who, version, keyed, body in [
            ("Node", "1005", True, lambda t: {"apiKey": KEY, "requestToken": url_safe(t).rstrip("="), "versionId": "1005"}),
            ("Java", "1006", False, lambda t: {"apiKey": KEY, "requestToken": url_safe(t).rstrip("="), "vendorKey": "VEND01", "state": "12345", "versionId": "1006"}),
            ("C#", "1005", False, lambda t: {"apiKey": KEY, "requestToken": url_safe(t), "vendorKey": None, "state": 12345, "versionId": 1005}),
            ("PHP", None, False, lambda t: {"apiKey": KEY, "requestToken": t, "userId": "12345"}),
            ("R", None, False, lambda t: {"apiKey": KEY, "requestToken": t.rstrip("="), "userId": 12345})]:
        target = f"/skapi/auth/login.html?{'' if who != 'R' else '&'}api_key={KEY}&" + ("user_id" if version is None else "state") + "=12345"
        status, head, _ = wire.ask(f"GET {target}{'&version_id=' + version if version else ''} HTTP/1.1\r\n" + COMMON + "\r\n")
        location = re.search(rb"(?i)\r\nlocation: \S+\?request_token=([^&]+)&state=12345\r\n", head + b"\r\n")
        check(f"{who}: the login page answers", status == 302 and location, head)
        text = json.dumps(body(sealed_again(urllib.parse.unquote(location[1].decode()))))
        head = "POST /skapi/services/access/token HTTP/1.1\r\n" + COMMON + (f"api-key: {KEY}\r\n" if keyed else "")
        status, _, answer = wire.ask((head + f"Content-type: application/json\r\nContent-Length: {len(text)}\r\n\r\n").format(port=80).encode() + text.encode())
        check(f"{who}: signs in", status == 200 and json.loads(answer)["data"]["customerId"] == str(CUSTOMER), answer)
        token = json.loads(answer)["data"]["token"]
        # Node sends a body with every GET.
        for sent in ["{}", "null"]:
            plain = get(f"/skapi/services/holdings/{CUSTOMER}", token).format(port=80)
            status, _, answer = wire.ask((plain[:-2] + f"Content-Length: {len(sent)}\r\n\r\n").encode() + sent.encode())
            check(f"{who}: reads with '{sent}' for a body", status == 200 and isinstance(json.loads(answer)["data"], list), answer[:200])


def orders(wire, token, simulator):
    path = "/skapi/services/orders"

    def answer(body, length):
        status, head, text = wire.ask(post(path, body, token, length))
        check("an answer is JSON and says so", status == 200 and b"application/json" in head, head)
        return json.loads(text)["data"]

    placed = answer(ORDER % ("229.5", "ANY", "NEW", ""), 337)
    check("a new order", re.fullmatch(r"[1-9]\d{8}", placed["orderId"]) and placed["errormsg"] == "", placed)
    check("an option elsewhere is turned down inside a success", answer(OPTION, 433)["orderId"] == "0")
    simulator.move("11:00:01")
    known = f', "orderId": "{placed["orderId"]}"'
    check.same("MODIFY", answer(ORDER % ("228", "SKNSE2", "MODIFY", known), 365)["orderId"], placed["orderId"])
    check.same("CANCEL", answer(ORDER % ("229.5", "SKNSE2", "CANCEL", known), 367)["orderId"], placed["orderId"])
    check.same("CANCEL again", answer(ORDER % ("229.5", "SKNSE2", "CANCEL", known), 367)["orderId"], "0")
    short = answer(ORDER % ("229.5", "ANY", "NEW", ""), 337)["orderId"]
    simulator.move("11:00:02")
    status, _, text = wire.ask(get(f"/skapi/services/cancelOrder/{short}", token))
    check.same("the short way to cancel", (status, json.loads(text)["data"]["orderId"]), (200, short))
    status, _, text = wire.ask(post(path, '{"customerId": 1000001, "quantity": "many"', token))
    check.same("what does not parse", (status, json.loads(text)["detail"]), (400, "Failed to read request"))
    return placed["orderId"]


def books(wire, token, order):
    mine, shown = str(CUSTOMER), {"customerId": str(CUSTOMER)}
    one = {"exchange": "NC"} | shown | {"orderId": order}
    for target, parameters in [(f"limitstmt/MX/{mine}", {"exchange": "MX"} | shown), (f"reports/{mine}", shown),
                               (f"trades/{mine}", shown), (f"reports/NC/{mine}/{order}", one), (f"holdings/{mine}", shown),
                               ("historical/BC/500325/daily", {"exchange": "BC", "scripcode": "500325", "interval": "daily"})]:
        status, _, text = wire.ask(get(f"/skapi/services/{target}" + query(**parameters), token))
        answer = json.loads(text)
        check(f"{target} answers rows", status == 200 and answer["status"] == 200 and isinstance(answer["data"], list), text[:300])
    for first in ["orders", "reports"]:
        _, _, text = wire.ask(get(f"/skapi/services/{first}/NC/{mine}/{order}/trades" + query(**one), token))
        check.same("trades of an order without any", json.loads(text)["data"], "no_records")
    pairs = json.loads(wire.ask(get(f"/skapi/services/reports/NC/{mine}/{order}", token))[2], object_pairs_hook=list)
    row = [key for key, _ in dict(pairs)["data"][0]]
    check("two pairs of keys differ in case alone", {"goodTillDate", "goodtillDate", "fnoSquareOff", "fnoSquareoff"} <= set(row), row)


def stream(port, token, simulator):
    wire = Wire(port)
    refused = Wire(port).ask(HANDSHAKE % "TESTTOKEN.abc.def")
    check.same("a stranger's handshake", refused[0], 401)
    status, head, _ = wire.ask(HANDSHAKE % token)
    proof = base64.b64encode(hashlib.sha1((PROOF + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())
    check("the handshake is proved", status == 101 and proof in head, head)
    check("connect", re.fullmatch(rb'{"status":100,"message":"connect","timestamp":"[^"]+","data":"Connected [0-9a-f-]{36}"}', wire.hear()[1]))
    wire.say('{"action": "feed", "key": ["ltp"], "value": ["NC2885"]}')
    wire.say('{"action": "subscribe", "key": ["feed", "ack"], "value": [""]}')
    check.same("only the subscription is answered", json.loads(wire.hear()[1])["data"], "success FEED,success ACK")
    wire.say('{"action": "feed", "key": ["ltp"], "value": ["NC2885,NF37833"]}')
    check.same("a list", [row["scripCode"] for row in json.loads(wire.hear()[1])["data"]], [2885])
    wire.say('{"action": "ack", "key": [""], "value": ["1000001"]}')
    wire.say('{"action": "fetch", "key": ["ltp"], "value": ["NC22"]}')
    wire.send_frame(9, b"ping")
    check.same("a ping is answered, a fetch is not", wire.hear(), (10, b"ping"))
    # One message in three frames, a ping between them, as the protocol allows.
    wire.send_frame(1, b'{"action": "unsubscribe", ', first=0)
    wire.send_frame(0, b'"key": ["feed"], ', first=0)
    wire.send_frame(9, b"between")
    wire.send_frame(0, b'"value": ["NC2885,NF37833"]}')
    check.same("a ping between fragments", wire.hear(), (10, b"between"))
    simulator.move("11:20:00")
    wire.say('{"action": "feed", "key": ["depth"], "value": ["NC2475"]}')
    check("nothing of what was unsubscribed", [row["scripCode"] for row in json.loads(wire.hear()[1])["data"]] == [2475])
    check.same("heartbeat is a bare word", next(frame for frame in iter(wire.frame, None) if frame[1] == b"heartbeat"), (1, b"heartbeat"))
    wire.send_frame(8, b"\x03\xe8")
    check.same("the close is returned", wire.hear(), (8, b"\x03\xe8"))

    for what, code, send in [("an unmasked frame", b"\x03\xea", lambda other: other.stream.sendall(b"\x81\x01x")),
                             ("a frame too large", b"\x03\xf1", lambda other: other.stream.sendall(b"\x81\xff" + struct.pack("!Q", 1 << 40) + b"mask")),
                             ("a text that is none", b"\x03\xef", lambda other: other.send_frame(1, b"\xff\xfe")),
                             ("bytes for text", b"\x03\xeb", lambda other: other.send_frame(2, b"x"))]:
        other = Wire(port)
        other.ask(HANDSHAKE % token)
        other.hear()
        send(other)
        check.same(f"{what} ends the connection", other.hear(), (8, code))


def misbehaviour(port, token, simulator):
    """What the simulator does when told to fail, seen from the wire."""
    order = post("/skapi/services/orders", ORDER % ("229.5", "ANY", "NEW", ""), token)
    book = get(f"/skapi/services/reports/{CUSTOMER}", token)

    def ours():
        return [row["orderId"] for row in json.loads(Wire(port).ask(book)[2])["data"] if row["channelCode"] == "SKAPI"]

    listening = Wire(port)
    listening.ask(HANDSHAKE % token)
    listening.hear()
    listening.say('{"action": "subscribe", "key": ["ack"], "value": [""]}')
    listening.hear()
    listening.say('{"action": "ack", "key": [""], "value": ["1000001"]}')
    listening.send_frame(9, b"heard")
    listening.hear()
    simulator.control("faults", [{"kind": "early_ack", "route": "/orders", "seconds": 1}, {"kind": "duplicate_ack"}])
    wire = Wire(port)
    wire.stream.sendall(order)
    first, second = json.loads(listening.hear()[1]), json.loads(listening.hear()[1])
    check("the acknowledgement is there before the answer", not select.select([wire.stream], [], [], 0)[0])
    placed = json.loads(wire.ask(b"")[2])["data"]["orderId"]
    check("and comes twice", first == second and first["data"]["SharekhanOrderID"] == placed, (first, second))

    for what, rules, taken in [("a time-out after the order was taken", [{"kind": "timeout", "seconds": 0.2}], 1),
                               ("a connection lost before", [{"kind": "drop"}], 0),
                               ("a connection lost after", [{"kind": "drop", "after": True}], 1)]:
        before = ours()
        simulator.control("faults", [rule | {"route": "/orders"} for rule in rules])
        try:
            answer = Wire(port).ask(order)
        except EOFError:
            answer = None
        check.same(f"{what}: no answer", answer, None)
        check.same(f"{what}: orders in the book", len(ours()) - len(before), taken)
    simulator.control("faults", [{"kind": "drop_socket", "count": 1}])
    try:
        last = [frame for frame in iter(listening.frame, None)][-1]
    except EOFError:
        last = None
    check.same("a dropped socket says no farewell", last, None)
    simulator.control("faults", [])


def chaos():
    """The same seed and the same requests: the same day, whatever goes wrong in it."""
    def day(seed):
        seen = []
        with Simulator("--seed", seed) as simulator:
            token = sign_in(Wire(simulator.port))
            simulator.control("faults", [{"kind": "chaos", "probability": 0.4, "seconds": 0.01}])
            for number in range(120):
                target = ["holdings", "trades", "reports"][number % 3]
                try:
                    status, _, body = Wire(simulator.port).ask(get(f"/skapi/services/{target}/{CUSTOMER}", token))
                    seen.append((status, body))
                except EOFError:
                    seen.append("broken off")
        return seen

    first = day("5")
    check.same("a day of chaos repeats to the byte", day("5"), first)
    check("another seed is another day", day("6") != first)
    check("much of it went wrong", 5 < sum(1 for answer in first if answer[0] != 200) < 100, first)


def main():
    with Simulator() as simulator:
        simulator.control("faults", [{"kind": "timeout", "route": "/master"}])
        waiting, silent, listening = Wire(simulator.port), Wire(simulator.port), Wire(simulator.port)
        listening.ask(HANDSHAKE % sign_in(Wire(simulator.port)))
        waiting.stream.sendall(get("/skapi/services/master/NC", "x").format(port=simulator.port).encode())
        # Asked to stop in the middle of all this, it stops in peace: leaving this block checks that.
    del waiting, silent, listening
    with Simulator() as simulator:
        wire = Wire(simulator.port)
        strangers(wire)
        dialects(wire)
        token = sign_in(wire)
        order = orders(wire, token, simulator)
        books(wire, token, order)
        stream(simulator.port, token, simulator)
        simulator.move("11:30:00")
        misbehaviour(simulator.port, token, simulator)
        status, _, _ = wire.ask(get(f"/skapi/services/logout/{CUSTOMER}", token))
        check.same("logging out", (status, wire.ask(get(f"/skapi/services/trades/{CUSTOMER}", token))[0]), (200, 403))
    chaos()
    check.conclude("bare client")


main()
