"""The usual Python loop over the same accounts: asyncio, aiohttp, asyncpg.

Makes the requests that `sync-positions` makes, one account's in the same order and with the same headers, and keeps the
same rows: each raw answer with its SHA-256, and orders, fills, positions, holdings and funds, in one transaction an
account. Its tables are copies of the desk's in a schema of their own. A line on standard input is one cycle; the answer
is a line of JSON.
"""
import asyncio, datetime as dt, json, resource, sys, time
from decimal import Decimal

import aiohttp, asyncpg

IST = dt.timezone(dt.timedelta(hours=5, minutes=30))
settings = json.loads(sys.argv[1])
DAY = dt.date.fromisoformat(settings["day"])
MODE = "paper"
STATUS = {"FullyExecuted": "fully-executed", "Cancelled": "cancelled", "Pending": "pending", "InProcess": "in-process",
          "PartlyExecuted": "partly-executed", "Rejected": "rejected", "Expired": "expired"}


def upsert(table, columns, key):
    places = ", ".join(f"${n + 1}" for n in range(len(columns)))
    fresh = ", ".join(f"{c} = excluded.{c}" for c in columns if c not in key and c != "first_snapshot")
    closed = "" if table == "funds" else ", closed_at = null"
    return (f"insert into loop.{table} ({', '.join(columns)}) values ({places})"
            f" on conflict ({', '.join(key)}) do update set {fresh}{closed}")


def close(table):
    return (f"update loop.{table} set closed_at = $4 where mode = $1 and account = $2 and business_date = $3"
            " and last_snapshot < $5 and closed_at is null")


DAYS = ["mode", "account", "business_date"]
ORDER = upsert("broker_order", [
    *DAYS, "exchange", "order_id", "scrip_code", "symbol", "product", "exchange_order_id", "side", "quantity",
    "executed", "price", "trigger_price", "average_price", "status", "status_text", "request_status", "channel",
    "ordered_at", "updated_at", "message", "first_snapshot", "last_snapshot"], [*DAYS, "exchange", "order_id"])
POSITION = upsert("position", [
    *DAYS, "exchange", "scrip_code", "product", "symbol", "buy_quantity", "buy_average", "sell_quantity",
    "sell_average", "net_quantity", "average_price", "booked_profit", "unrealised_profit", "first_snapshot",
    "last_snapshot", "seen_at"], [*DAYS, "exchange", "scrip_code", "product"])
HOLDING = upsert("holding", [
    *DAYS, "listing", "symbol", "demat", "available", "receivable", "pledged", "financed", "average_price",
    "first_snapshot", "last_snapshot", "seen_at"], [*DAYS, "listing", "symbol"])
FUNDS = upsert("funds", [*DAYS, "exchange", "cash", "figures", "last_snapshot", "seen_at"], [*DAYS, "exchange"])
FILL = ("insert into loop.fill (mode, account, exchange, order_id, trade_id, business_date, scrip_code, product,"
        " quantity, price, traded_at, snapshot) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        " on conflict do nothing")
VAULT = ("insert into loop.vault (mode, account, book, request, status, requested_at, received_at, business_date,"
         " body, row_count) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
SNAPSHOT = ("insert into loop.snapshot (mode, account, business_date, taken_at, books) values ($1, $2, $3, $4, $5)"
            " returning id")
LEDGER = ("select exchange, order_id, sum(abs(quantity))::bigint from loop.fill where mode = $1 and account = $2"
          " and business_date = $3 group by exchange, order_id")


def moment(text):
    if not text: return None
    form = "%d/%m/%Y %H:%M:%S" if "/" in text else "%Y-%m-%d %H:%M:%S.%f" if "." in text else "%Y-%m-%d %H:%M:%S"
    return dt.datetime.strptime(text, form).replace(tzinfo=IST)


def amount(value):
    return None if value in (None, "") else value if isinstance(value, Decimal) else Decimal(value)


class Loop:
    def __init__(self, pool, session):
        self.pool, self.session = pool, session
        self.places = asyncio.Semaphore(settings["concurrency"])
        self.requests = 0

    async def get(self, account, answers, book, path):
        headers = {"api-key": settings["api_key"], "access-token": account["token"],
                   "Content-type": "application/json"}
        asked = dt.datetime.now(dt.timezone.utc)
        async with self.session.get(f"{settings['base']}/services/{path}", headers=headers) as response:
            body = await response.read()
        self.requests += 1
        if response.status != 200: raise RuntimeError(f"{path}: {response.status} {body[:200]}")
        data = json.loads(body, parse_float=Decimal).get("data") or []
        answers.append((MODE, account["id"], book, f"GET /skapi/services/{path}", response.status, asked,
                        dt.datetime.now(dt.timezone.utc), DAY, body, len(data)))
        return data

    async def account(self, account):
        async with self.places:
            id, customer, answers = account["id"], account["customer"], []
            taken = dt.datetime.now(dt.timezone.utc)
            orders = await self.get(account, answers, "orders", f"reports/{customer}")
            positions = await self.get(account, answers, "positions", f"trades/{customer}")
            holdings = await self.get(account, answers, "holdings", f"holdings/{customer}")
            funds = await self.get(account, answers, "funds", f"limitstmt/NC/{customer}")
            known = {(r[0], r[1]): r[2] for r in await self.pool.fetch(LEDGER, MODE, id, DAY)}
            trades = []
            for order in orders:
                exchange, number = order["exchange"], order["orderId"]
                if int(order["execQty"]) > known.get((exchange, number), 0):
                    rows = await self.get(account, answers, "trades", f"reports/{exchange}/{customer}/{number}/trades")
                    trades += [(order, row) for row in rows]
            await self.store(id, taken, answers, orders, trades, positions, holdings, funds)

    async def store(self, id, taken, answers, orders, trades, positions, holdings, funds):
        head = (MODE, id, DAY)
        async with self.pool.acquire() as db, db.transaction():
            await db.executemany(VAULT, answers)
            snapshot = await db.fetchval(SNAPSHOT, *head, taken, ["orders", "positions", "holdings", "funds"])
            await db.executemany(ORDER, [
                (*head, o["exchange"], o["orderId"], int(o["scripCode"]), o["tradingSymbol"], o["productType"],
                 o.get("exchangeOrderId", ""), "buy" if o["buySell"].startswith("B") else "sell", int(o["orderQty"]),
                 int(o["execQty"]), amount(o["orderPrice"]), amount(o["trigPrice"]), amount(o["execPrice"]),
                 STATUS[o["orderStatus"]], o["orderStatus"], o["requestStatus"], o["channelCode"],
                 moment(o["orderDateTime"]), moment(o["lastModTime"]), o["errorMsg"], snapshot, snapshot)
                for o in orders])
            if trades:
                await db.executemany(FILL, [
                    (MODE, id, o["exchange"], o["orderId"], t["tradeId"], DAY, int(t["scripCode"]), o["productType"],
                     int(t["tradeQty"]) * (1 if t["buySell"].startswith("B") else -1), amount(t["tradePrice"]),
                     moment(t["tradeTime"]), snapshot) for o, t in trades])
            await db.executemany(POSITION, [
                (*head, p["exchange"], int(p["scripCode"]), p["productType"], p["tradingSymbol"], int(p["buyQty"]),
                 amount(p["buyRate"]), int(p["sellQty"]), amount(p["sellRate"]), int(p["netQty"]),
                 amount(p["avgPrice"]), amount(p["bpl"]), amount(p["mtm"]), snapshot, snapshot, taken)
                for p in positions])
            await db.executemany(HOLDING, [
                (*head, h["exchange"], h["tradingSymbol"], int(h["dp"]), int(h["aval"]), int(h["receivable"]),
                 int(h["pledge"]), int(h["mf"]), amount(h["holdPrice"]), snapshot, snapshot, taken) for h in holdings])
            await db.executemany(FUNDS, [
                (*head, "NC", amount(f["currentCashBalance"]),
                 json.dumps({k: str(v) for k, v in f.items() if k != "customerId"}), snapshot, taken) for f in funds])
            for table in ("broker_order", "position", "holding"):
                await db.execute(close(table), *head, taken, snapshot)

    async def cycle(self, accounts):
        began, cpu, asked = time.monotonic(), time.process_time(), self.requests
        await asyncio.gather(*(self.account(a) for a in accounts))
        return {"seconds": time.monotonic() - began, "cpu": time.process_time() - cpu,
                "requests": self.requests - asked,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


async def main():
    accounts = json.load(open(settings["accounts"]))
    pool = await asyncpg.create_pool(settings["dsn"], min_size=settings["connections"],
                                     max_size=settings["connections"])
    limit = aiohttp.TCPConnector(limit=settings["concurrency"])
    async with aiohttp.ClientSession(connector=limit) as session:
        loop = Loop(pool, session)
        while await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(await loop.cycle(accounts)), flush=True)
    await pool.close()


asyncio.run(main())
