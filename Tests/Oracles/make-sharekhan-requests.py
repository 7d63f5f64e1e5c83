"""Writes sharekhan-requests.txt: what the broker's official client sends, logged on loopback.

    python3 -m venv .build/sdk
    .build/sdk/bin/pip install requests==2.34.2 six==1.17.0 cryptography==50.0.2 pycryptodome==4.4.0 websocket-client==1.9.2
    .build/sdk/bin/pip install --no-deps shareconnect==1.0.0.11
    .build/sdk/bin/python Tests/Oracles/make-sharekhan-requests.py > Tests/Oracles/sharekhan-requests.txt

A line is what was called, what it was given, the method with the path (without the query that only
this client adds), its own headers, and the body; all as JSON but the first. The inputs are drawn with
a fixed seed, so two runs write the same file.
"""

import base64
import contextlib
import http.server
import io
import json
import os
import random
import threading
from urllib.parse import unquote, urlsplit

for name in list(os.environ):
    if name.lower().endswith("_proxy"):
        del os.environ[name]

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from SharekhanApi.sharekhanConnect import SharekhanConnect

DRAW = random.Random(20260709)
LOG, LINES = [], []
COMMON = {"host", "user-agent", "accept-encoding", "accept", "connection", "content-length", "authorization"}


class Broker(http.server.BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        headers = [[name, value] for name, value in self.headers.items() if name.lower() not in COMMON]
        LOG.append((f"{self.command} {urlsplit(self.path).path}", headers, body))
        answer = b'{"status":200,"data":{"token":"x"}}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


def word(letters, length):
    return "".join(DRAW.choice(letters) for _ in range(length))


def price(tick_paise, low, high):
    """As the official samples write it: rupees without needless zeros."""
    paise = DRAW.randrange(low, high) * tick_paise
    return f"{paise // 100}.{paise % 100:02d}".rstrip("0").rstrip(".")


def order():
    cash = DRAW.random() < 0.5
    option = DRAW.random() < 0.5
    quantity = DRAW.randrange(1, 400) * (1 if cash else 75)
    fields = {
        "customerId": DRAW.randrange(100000, 9999999),
        "scripCode": DRAW.randrange(1, 900000),
        "tradingSymbol": DRAW.choice(["ONGC", "M&M", "BAJAJ-AUTO", "J&KBANK", "L&TFH", "NIFTY", "360ONE", 'A"B\\C', "TAMILNAD\u00e9"]),
        "exchange": DRAW.choice(["NC", "BC"] if cash else ["NF", "BF"]),
        "transactionType": DRAW.choice(["B", "S", "BM", "SM", "SAM"]),
        "quantity": quantity,
        "disclosedQty": DRAW.choice([0, 0, DRAW.randrange(0, quantity)]),
        "price": price(5, 1, 600000),
        "triggerPrice": DRAW.choice(["0", price(5, 1, 600000)]),
        "rmsCode": "ANY",
        "afterHour": DRAW.choice(["N", "Y"]),
        "orderType": "NORMAL",
        "channelUser": DRAW.choice(["LOGINID1", "ASHA.RAO", "1234567"]),
        "validity": DRAW.choice(["GFD", "GFD", "IOC"]),
        "requestType": "NEW",
        "productType": DRAW.choice(["INVESTMENT", "BIGTRADE"]),
    }
    if not cash:
        fields["instrumentType"] = DRAW.choice(["OI", "OS"] if option else ["FI", "FS"])
        fields["strikePrice"] = price(50, 1, 60000) if option else "-1"
        fields["optionType"] = DRAW.choice(["CE", "PE"]) if option else "XX"
        fields["expiry"] = f"{DRAW.randrange(1, 29):02d}/{DRAW.randrange(1, 13):02d}/{DRAW.randrange(2026, 2029)}"
    else:
        fields["instrumentType"] = fields["strikePrice"] = fields["optionType"] = fields["expiry"] = None
    return fields


def standing(request):
    fields = order()
    fields.update(requestType=request, rmsCode=DRAW.choice(["SKNSE2", "SKNSEFO4", "SKMCX12"]))
    contract = {name: fields.pop(name) for name in ["instrumentType", "strikePrice", "optionType", "expiry"]}
    return {**fields, "orderId": str(DRAW.randrange(100000000, 999999999)), **contract}


def write(kind, given):
    path, headers, body = LOG[-1]
    LINES.append("\t".join([kind] + [json.dumps(part) for part in [given, path, headers, body]]))


def token_flow():
    secret = word("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!", 32)
    customer = str(DRAW.randrange(100000, 9999999))
    request = word("0123456789abcdef", DRAW.choice([32, 32, 10]))
    sealed = AESGCM(secret.encode()).encrypt(bytes(16), f"{request}|{customer}".encode(), None)
    vendor = DRAW.choice([None, None, "VEND01"])
    version = DRAW.choice([None, 1005, 1006])
    given = (base64.urlsafe_b64encode if version else base64.b64encode)(sealed).decode()
    client = SharekhanConnect(api_key="TESTAPIKEY0001", vendor_key=vendor, root=ROOT, timeout=5)
    make = client.generate_session if version else client.generate_session_without_versionId
    session = make(given, secret)
    if isinstance(session, bytes):
        session = session.decode()
    client.get_access_token("TESTAPIKEY0001", session, 12345, vendorkey=vendor, versionId=version)
    write("token", {"secret": secret, "customer": customer, "token": given, "vendor": vendor, "version": version,
                    "login": client.login_url(vendor_key=vendor, version_id=version).partition("?")[2]})


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Broker)
threading.Thread(target=server.serve_forever, daemon=True).start()
ROOT = f"http://127.0.0.1:{server.server_address[1]}"


def lines():
    client = SharekhanConnect(api_key="TESTAPIKEY0001", access_token="TESTTOKEN.abc.def", root=ROOT, timeout=5)
    for _ in range(60):
        fields = order()
        client.placeOrder(dict(fields))
        write("new", {name: value for name, value in fields.items() if value is not None})
    for request, call in [("MODIFY", client.modifyOrder), ("CANCEL", client.cancelOrder)]:
        for _ in range(40):
            fields = standing(request)
            call(dict(fields))
            write(request.lower(), {name: value for name, value in fields.items() if value is not None})
    for _ in range(30):
        token_flow()
    for _ in range(6):
        exchange, customer = DRAW.choice(["NC", "BC", "NF", "BF", "MX", "RN"]), str(DRAW.randrange(100000, 9999999))
        number = str(DRAW.randrange(100000000, 999999999))
        code, interval = str(DRAW.randrange(1, 900000)), DRAW.choice(["1minute", "5minute", "60minute", "daily"])
        for kind, call, given in [
            ("orders", client.reports, [customer]), ("positions", client.trades, [customer]),
            ("holdings", client.holdings, [customer]), ("funds", client.funds, [exchange, customer]),
            ("history", client.exchange, [exchange, customer, number]),
            ("trades", client.exchangetrades, [exchange, customer, number]),
            ("master", client.master, [exchange]), ("candles", client.historicaldata, [exchange, code, interval]),
        ]:
            call(*given)
            write(kind, given)


# The client talks on standard output.
with contextlib.redirect_stdout(io.StringIO()):
    lines()
print("# shareconnect 1.0.0.11")
print("\n".join(LINES))
