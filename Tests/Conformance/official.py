"""Drives the built simulator with the broker's own Python library, through everything it can do."""

import base64
import contextlib
import io
import json
import queue
import threading
import urllib.parse

import requests
from SharekhanApi.sharekhanConnect import SharekhanConnect
from SharekhanApi.sharekhanWebsocket import SharekhanWebSocket

from simulated import CUSTOMER, KEY, SECRET, Checks, Simulator

check = Checks()
INTERVALS = ["1minute", "3minute", "5minute", "10minute", "15minute", "30minute", "60minute",
             "daily", "weekly", "monthly", "quarterly", "halfyearly", "yearly"]


def order(**changes):
    return {"customerId": CUSTOMER, "scripCode": 2475, "tradingSymbol": "ONGC", "exchange": "NC",
            "transactionType": "B", "quantity": 10, "disclosedQty": 0, "price": "230", "triggerPrice": "0",
            "rmsCode": "ANY", "afterHour": "N", "orderType": "NORMAL", "channelUser": str(CUSTOMER),
            "validity": "GFD", "requestType": "NEW", "productType": "INVESTMENT", "gtdd": None} | changes


def request_token(url, encoded=False):
    """What the login page hands over: decoded once, or as it stands in the redirect."""
    location = requests.get(url, allow_redirects=False, timeout=10).headers["Location"]
    query = urllib.parse.urlsplit(location).query
    if encoded:
        return dict(part.split("=", 1) for part in query.split("&"))["request_token"]
    return urllib.parse.parse_qs(query)["request_token"][0]


def sign_in():
    plain = SharekhanConnect(api_key=KEY)
    answer = None
    for version in [1005, 1006, "1005"]:
        token = request_token(plain.login_url(version_id=version), encoded=True)
        sealed = plain.generate_session(token, SECRET)
        answer = plain.get_access_token(KEY, sealed, 12345, versionId=version)
        check.same(f"version {version} signs in", answer["message"], "access_token")
        again = plain.get_access_token(KEY, sealed, 12345, versionId=version)
        check.same("a request token is good once", again,
                   {"status": 400, "message": "Request token is invalid", "errorType": "input_error"})
    sealed = plain.generate_session_without_versionId(request_token(plain.login_url()), SECRET)
    data = plain.get_access_token(KEY, sealed, 12345)["data"]
    check.same("the flow without a version signs in", data["customerId"], str(CUSTOMER))
    check.same("state comes back as a string", data["state"], "12345")
    vendor = SharekhanConnect(api_key=KEY, vendor_key="VEND01")
    token = request_token(vendor.login_url(vendor_key="VEND01", version_id="1005"))
    sealed = vendor.generate_session(token, SECRET)
    partner = vendor.get_access_token(KEY, sealed, 12345, vendorkey="VEND01", versionId="1005")
    check.same("a vendor signs in", partner["message"], "access_token")
    vendor = SharekhanConnect(api_key=KEY, vendor_key="VEND01", access_token=partner["data"]["token"])
    check.same("a vendor reads", vendor.holdings(str(CUSTOMER))["status"], 200)
    for wrong in ["", "null", "1007"]:
        page = requests.get(plain.login_url() + f"&version_id={wrong}", allow_redirects=False, timeout=10)
        check(f"version '{wrong}' is refused in words", "Request is invalid" in page.text, page.text)
    return answer["data"]["token"]


def tokens(token):
    header, payload, _ = token.split(".")
    check.same("the token's header", header, "eyJ0eXAiOiJzZWMiLCJhbGciOiJIUzI1NiJ9")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    check.same("the token ends with the day", claims["exp"], 1783621799)
    denied = {"status": 403, "message": "error", "errorType": "Access Denied"}
    check.same("the README's positional mistake", SharekhanConnect(KEY, token).holdings(CUSTOMER), denied)
    check.same("a forged token", SharekhanConnect(api_key=KEY, access_token=token[:-2] + "xx").reports(CUSTOMER), denied)
    mine = SharekhanConnect(api_key=KEY, access_token=token)
    check.same("someone else's books", mine.trades("1000002"), denied)
    check.same("the master needs no token", SharekhanConnect(api_key=KEY).master("NC")["status"], 200)


def books(client):
    for name, answer in [("funds", client.funds("NC", str(CUSTOMER))), ("funds of commodities", client.funds("MX", CUSTOMER)),
                         ("reports", client.reports(str(CUSTOMER))), ("reports of a number", client.reports(CUSTOMER)),
                         ("trades", client.trades(str(CUSTOMER))), ("holdings", client.holdings(str(CUSTOMER)))]:
        check(f"{name} answers rows", answer["status"] == 200 and isinstance(answer["data"], list), answer)
        check(f"{name} has an Indian time", answer["timestamp"] == "2026-07-09T11:00:00+05:30", answer["timestamp"])
    for exchange in ["NC", "BC"]:
        rows = client.master(exchange)["data"]
        check(f"{exchange} lists RELIANCE once", [r["isinCode"] for r in rows if r["tradingSymbol"] == "RELIANCE"] == ["INE002A01018"], rows[:2])
    for interval in INTERVALS:
        bars = client.historicaldata("NC", "2885", interval)["data"]
        check(f"{interval} candles enclose their prices",
              bars and all(b["low"] <= min(b["open"], b["close"]) <= max(b["open"], b["close"]) <= b["high"] for b in bars), bars[:2])
    check.same("an unknown interval", client.historicaldata("BC", "500410", "5min"), {"status": 400, "message": "Invalid Chart Period"})


def orders(client, simulator):
    placed = client.placeOrder(order())["data"]
    check("an order gets nine digits and an RMS code", len(placed["orderId"]) == 9 and placed["rmscode"] and not placed["errormsg"], placed)
    resting, rms = placed["orderId"], placed["rmscode"]
    simulator.move("11:00:01")
    changed = client.modifyOrder(order(requestType="MODIFY", orderId=resting, rmsCode=rms, price="229.5"))
    check.same("a change keeps the id", changed["data"]["orderId"], resting)
    simulator.move("11:00:02")
    cancelled = client.cancelOrder(order(requestType="CANCEL", orderId=resting, rmsCode=rms))
    check.same("a cancellation keeps the id", cancelled["data"]["orderId"], resting)
    history = client.exchange("NC", CUSTOMER, resting)["data"]
    check.same("its history", [(r["orderStatus"], r["requestStatus"], r["orderPrice"]) for r in history],
               [("In-Process", "NEW", "230"), ("In-Process", "NEW", "230"), ("Pending", "NEW", "230"),
                ("Pending", "MODIFY", "229.5"), ("Cancelled", "CANCEL", "229.5")])
    numbers = [r["orsOrderId"] for r in history]
    check("order numbers grow beyond 2^53", numbers == sorted(numbers) and numbers[-1] > 2**53, numbers)

    filled = client.placeOrder(order(price="0", quantity=160))["data"]["orderId"]
    simulator.move("11:00:08")
    rows = client.exchange("NC", CUSTOMER, filled)["data"]
    check.same("a filled order's five rows", [(r["orderStatus"], r["openQty"], r["execQty"]) for r in rows],
               [("In-Process", 160, 0), ("In-Process", 160, 0), ("Pending", 160, 0), ("Partly Executed", 20, 140), ("Fully Executed", 0, 160)])
    trades = client.exchangetrades("NC", CUSTOMER, filled)["data"]
    check.same("its trades", [r["tradeQty"] for r in trades], [140, 20])
    other = requests.get(f"{client.root}/skapi/services/reports/NC/{CUSTOMER}/{filled}/trades", headers=client.requestHeaders(), timeout=10)
    check.same("the other spelling gives the same", other.json()["data"], trades)
    book = {r["orderId"]: r for r in client.reports(CUSTOMER)["data"]}
    check.same("the day book", [(book[i]["orderStatus"], book[i]["execQty"], book[i]["channelCode"]) for i in (resting, filled)],
               [("Cancelled", 0, "SKAPI"), ("FullyExecuted", 160, "SKAPI")])
    position = [r for r in client.trades(CUSTOMER)["data"] if r["tradingSymbol"] == "ONGC" and r["productType"] == "INVESTMENT"]
    check("the position follows", len(position) == 1 and position[0]["buyQty"] >= 160, position)

    for sentence, changes in [("off tick", {"price": "230.005"}), ("beyond the band", {"price": "1"}), ("no such share", {"scripCode": 1}),
                              ("after hours while open", {"afterHour": "Y"}), ("a bracket", {"orderType": "BKT"})]:
        data = client.placeOrder(order(**changes))["data"]
        check(f"{sentence}: turned down inside a success", data["orderId"] == "0" and data["errormsg"], data)
    check.same("a product without rights", client.placeOrder(order(productType="BIGTRADEPLUS")),
               {"status": 400, "message": "User don't have rights for BIGTRADEPLUS"})


def contracts(client, simulator):
    simulator.move("11:05:00")
    rows = client.master("NF")["data"]
    check("derivatives come by the ten thousand", len(rows) > 10_000 and len({r["scripCode"] for r in rows}) == len(rows), len(rows))
    check.same("what is not listed is a word", client.master("MX")["data"], "no_records")
    call = min((r for r in rows if r["tradingSymbol"] == "NIFTY" and r["optionType"] == "CE"),
               key=lambda r: (r["expiry"][6:] + r["expiry"][3:5], abs(r["strike"] - 24_400)))
    option = order(scripCode=call["scripCode"], tradingSymbol="NIFTY", exchange="NF", quantity=call["lotSize"], price="0",
                   instrumentType=call["instType"], strikePrice=str(int(call["strike"])), optionType="CE", expiry=call["expiry"])
    turned_down = client.placeOrder(option | {"quantity": call["lotSize"] + 1})["data"]
    check("half a lot is turned down", turned_down["orderId"] == "0" and str(call["lotSize"]) in turned_down["errormsg"], turned_down)
    placed = client.placeOrder(option)["data"]["orderId"]
    simulator.move("11:05:05")
    row = client.exchange("NF", CUSTOMER, placed)["data"][-1]
    check.same("an option's history", (row["orderStatus"], row["strikePrice"], row["optionType"], row["expiryDate"], row["instrumentType"]),
               ("Fully Executed", f"{call['strike']:.2f}", "CE", call["expiry"], "OI"))
    position = [r for r in client.trades(CUSTOMER)["data"] if r["exchange"] == "NF"]
    check.same("an option's position", [(r["scripCode"], r["netQty"]) for r in position], [(str(call["scripCode"]), call["lotSize"])])
    bars = client.historicaldata("NF", str(call["scripCode"]), "5minute")["data"]
    check("an option's candles", bars and all(bar["low"] > 0 for bar in bars), bars[:1])


class Listener(SharekhanWebSocket):
    """The library never calls on_close or on_error of its own, so the thread's end says that it closed."""

    def __init__(self, token):
        super().__init__(token)
        self.frames, self.pongs, self.opened = queue.Queue(), queue.Queue(), threading.Event()
        self.on_data = lambda _, text: self.frames.put(text)
        self.on_open = lambda _: self.opened.set()
        self._on_pong = lambda _, text: self.pongs.put(text)
        self.thread = threading.Thread(target=self.connect, daemon=True)
        self.thread.start()

    def next(self):
        """The next frame that is no heartbeat."""
        while (text := self.frames.get(timeout=20)) == "heartbeat":
            pass
        return json.loads(text)

    def until(self, wanted):
        while not wanted(frame := self.next()):
            pass
        return frame


def socket(client, token, simulator):
    SharekhanWebSocket.HEAR_BEAT_INTERVAL = 1
    simulator.move("11:10:00")
    listener = Listener(token)
    check("the socket opens", listener.opened.wait(20))
    first = listener.next()
    check("it says connect", (first["status"], first["message"]) == (100, "connect") and first["data"].startswith("Connected "), first)
    listener.subscribe({"action": "subscribe", "key": ["feed", "ack"], "value": [""]})
    check.same("modules are answered", listener.next()["data"], "success FEED,success ACK")
    listener.fetchData({"key": ["ltp"], "value": ["NC22"]})
    listener.fetchData({"action": "feed", "key": ["ltp"], "value": ["NC2885,NF37833"]})
    rows = listener.next()
    check("the first answer is a list, and the library's own 'fetch' has none",
          rows["message"] == "feed" and [r["scripCode"] for r in rows["data"]] == [2885], rows)
    listener.fetchData({"action": "ack", "key": [""], "value": [str(CUSTOMER)]})
    listener.fetchData({"action": "feed", "key": ["full"], "value": ["NC2475"]})
    check.same("the book has five levels", [len(listener.next()["data"][0][side]) for side in ("bids",)], [5])
    placed = client.placeOrder(order(price="0"))["data"]["orderId"]
    simulator.move("11:10:07")
    states = [listener.until(lambda f: "AckState" in f["data"])["data"] for _ in range(2)]
    check.same("acknowledgements", [(a["SharekhanOrderID"], a["AckState"], a["TradeQty"]) for a in states],
               [(placed, "NewOrderConfirmation", 0), (placed, "TradeConfirmation", 10)])
    tick = listener.until(lambda f: isinstance(f["data"], dict) and f["data"].get("scripCode") == 2885)
    check.same("ticks are objects; months come first", tick["data"]["ltt"], "07/09/2026 11:10:07")
    listener.unsubscribe({"action": "unsubscribe", "key": ["feed"], "value": ["NC2885,NF37833"]})
    # A question whose answer proves that the one before was heard.
    listener.fetchData({"action": "feed", "key": ["ltp"], "value": ["NC20000"]})
    check.same("an index has its own name", listener.until(lambda f: f["message"] == "indices")["data"]["idxName"], "NIFTY")
    simulator.move("11:10:30")
    seen = {listener.next()["data"]["scripCode"] for _ in range(2)}
    check.same("no tick of what was unsubscribed", seen, {2475, 20000})
    check.same("a ping is answered", listener.pongs.get(timeout=20), b"ping")
    while listener.frames.get(timeout=20) != "heartbeat":
        pass
    check("hearts beat", True)
    listener.close_connection()
    listener.thread.join(20)
    check("it closes", not listener.thread.is_alive())

    stranger = Listener("no.good.token")
    stranger.thread.join(20)
    check("a bad token opens nothing", not stranger.opened.is_set() and stranger.frames.empty())
    late = Listener(token)
    late.opened.wait(20)
    simulator.move("23:59:59")
    late.thread.join(20)
    check("the socket ends with the token", not late.thread.is_alive())


def main():
    # The library prints much; what does not hold goes to standard error.
    with Simulator() as simulator, contextlib.redirect_stdout(io.StringIO()):
        root = f"http://127.0.0.1:{simulator.port}"
        SharekhanConnect._rootUrl = root
        SharekhanConnect._login_url = root + "/skapi/auth/login.html"
        SharekhanWebSocket.ROOT_URI = f"ws://127.0.0.1:{simulator.port}/skstream/api/stream"
        token = sign_in()
        tokens(token)
        client = SharekhanConnect(api_key=KEY, access_token=token)
        books(client)
        orders(client, simulator)
        contracts(client, simulator)
        socket(client, token, simulator)
    check.conclude("official Python client")


main()
