#!/usr/bin/env python3
"""A broker that misbehaves at random for a long time, and the whole desk against it.

A simulator spoils a part of all it says, on REST and on the socket, while two accounts trade. A daemon with all shipped
jobs mirrors them. Meanwhile and in the end it is checked that nothing ended or crashed; that the desk never showed flat
what the broker held; that every order and fill is there once and every book agrees, field by field; that each fault left
a trace; that memory and file handles stay level; and that no secret stands anywhere.

The truth is read from the simulator under paths with a second slash in front: they are the same routes, but no rule of
faults names them.

usage: soak.py FOLDER-OF-BOTH-PROGRAMS [--minutes N] [--rate PART] [--seed N] [--speed N] [--keep]
"""
import argparse, base64, collections, datetime as dt, decimal, http.client, json, os, pathlib, random, re, socket
import statistics, subprocess, sys, time, traceback, urllib.parse

from postgres import PostgreSQL
from programs import folder, start, surroundings, until

arguments = argparse.ArgumentParser()
arguments.add_argument("programs")
arguments.add_argument("--minutes", type=float, default=20)
arguments.add_argument("--rate", type=float, default=0.2, help="part of all REST answers that are spoiled")
arguments.add_argument("--seed", type=int, default=1)
arguments.add_argument("--speed", type=float, default=1)
arguments.add_argument("--from", dest="begin", default="11:30")
arguments.add_argument("--keep", action="store_true", help="leave the folder and print where it is")
wanted = arguments.parse_args()
chance = random.Random(wanted.seed)
Decimal = decimal.Decimal

IST = dt.timezone(dt.timedelta(hours=5, minutes=30))
DAY = "2026-07-09"
BEGIN = dt.datetime.fromisoformat(f"{DAY}T{wanted.begin}:00+05:30")
PEOPLE = {"asha": "1000001", "ravi": "1000002"}
API_KEY, SECRET_KEY = "SIMULATED-API-KEY-0001", "SIMULATED-SECRET-KEY-FOR-TESTS!!"
OPERATOR = "operator-" + base64.b32encode(random.randbytes(20)).decode()

problems, told = [], collections.Counter()
home = folder("soak.", kept=lambda: wanted.keep or problems)
source = pathlib.Path(__file__).resolve().parents[2]
programs = pathlib.Path(wanted.programs).resolve()
muhurat, simulator_program = str(programs / "muhurat"), str(programs / "sharekhan-simulator")
for name in ("jobs", "credentials", "runtime", "reports"):
    (home / name).mkdir(mode=0o700)
database = PostgreSQL(home / "postgres")
rows = database.rows
running = {"postgres": database.server}


def problem(kind, text):
    """The first three of each kind are told whole."""
    told[kind] += 1
    if told[kind] <= 3:
        problems.append(f"{kind}: {text}")
        print(f"{time.strftime('%H:%M:%S')} problem: {kind}: {text}", flush=True)


# MARK: the simulator

port = None


def ask(method, path, body=None, headers={}):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body=json.dumps(body) if body is not None else None, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def control(method, path, body=None):
    status, text = ask(method, "/simulator/" + path, body)
    if status != 200: raise RuntimeError(f"the simulator refused {path}: {text[:400]}")
    return json.loads(text)


def token(person):
    return json.loads((home / f"runtime/{person}.sign-in").read_text())["token"]


def clean(person, path, method="GET", body=None):
    """What the broker knows, unspoiled; None if the token is just being replaced."""
    headers = {"api-key": API_KEY, "access-token": token(person), "content-type": "application/json"}
    status, text = ask(method, "//skapi/services/" + path, body, headers)
    if status == 403: return None
    if status != 200: raise RuntimeError(f"clean read of {path}: {status} {text[:200]}")
    answer = json.loads(text, parse_float=Decimal)
    data = answer["data"]
    answer["data"] = [] if data in ("no_records", None) else data
    return answer


REST = "/skapi/services/"
STREAM = "/skstream/api/stream"
SIGN_IN = REST + "access"


def fault_rules():
    """One rule for each kind and place, so that the simulator counts each by itself."""
    kinds = [("delay", {"seconds": 3}, 3), ("timeout", {"seconds": 12}, 1), ("drop", {}, 2),
             ("status", {"status": 429}, .5), ("status", {"status": 500}, 1), ("status", {"status": 503}, 1),
             ("html", {"status": 502}, 1), ("html", {"status": 504}, 1), ("empty204", {}, 1.5), ("truncate", {}, 2),
             ("null", {}, 1.5), ("no_records", {}, 1.5), ("shuffle", {}, 2), ("flip", {}, 2), ("unknown_state", {}, 1),
             ("expire_tokens", {}, .3)]
    whole = sum(weight for _, _, weight in kinds)
    rules = [{"route": SIGN_IN, "kind": "status", "status": 503, "probability": .1},
             {"route": SIGN_IN, "kind": "drop", "probability": .1},
             {"route": SIGN_IN, "kind": "truncate", "probability": .1},
             {"route": SIGN_IN, "kind": "delay", "seconds": .01}]
    rules += [{"route": REST, "kind": kind, "probability": round(wanted.rate * weight / whole, 5), **more}
              for kind, more, weight in kinds]
    rules += [{"route": STREAM, "kind": kind, "probability": part, **more} for kind, part, more in (
        ("drop", .1, {}), ("status", .1, {"status": 503}), ("html", .1, {}), ("timeout", .05, {"seconds": 12}),
        ("truncate", .01, {}), ("shuffle", .05, {}), ("flip", .05, {}), ("drop_socket", .004, {}),
        ("silence", .0008, {"seconds": 120}), ("duplicate_ack", .15, {}), ("ack_as_feed", .15, {}),
        ("unknown_state", .1, {}))]
    rules += [{"route": "//skapi/services/orders", "kind": "early_ack", "probability": .3, "seconds": .5}]
    return rules


def start_simulator():
    global port
    running["simulator"] = start(
        [simulator_program, "--listen", "127.0.0.1:0", "--accounts", "2", "--seed", wanted.seed, "--heartbeat", "20"],
        home / "simulator.log", says=r"listening on 127\.0\.0\.1:(\d+)")
    port = int(running["simulator"].has_said()[1])


def set_clocks(speed, at=None):
    """The job's clock and the broker's: without `at` both go on, or stand, from where the job's is."""
    origin = f"'{at.isoformat()}'::timestamptz" if at else "jobs.job_time()"
    database.execute(
        f"insert into jobs.clock (origin, started_at, speed, not_after) values ({origin}, clock_timestamp(), "
        f"{wanted.speed}, {'null' if speed else origin}) on conflict (one) do update set origin = excluded.origin,"
        " started_at = excluded.started_at, speed = excluded.speed, not_after = excluded.not_after")
    row = rows("select origin, started_at from jobs.clock")[0]
    control("POST", "clock", {"now": instant(row["origin"]), "real": instant(row["started_at"]), "speed": speed,
                              "notAfter": None})


def instant(text):
    return dt.datetime.fromisoformat(text).isoformat()


def job_time():
    return dt.datetime.fromisoformat(rows("select jobs.job_time() as now")[0]["now"])


# MARK: the desk

environment = surroundings(home, database)
said = []
page_port = None


def command(*words, within=120):
    answer = subprocess.run([muhurat, *words], env=environment, capture_output=True, text=True, timeout=within,
                            stdin=subprocess.DEVNULL)
    said.append(answer.stdout + answer.stderr)
    return answer


def write_jobs():
    """The shipped jobs; what comes once a day comes every five minutes, and positions come every ten seconds."""
    for path in sorted((source / "jobs").glob("*.yaml")):
        text = path.read_text()
        if path.stem not in ("sync-positions", "update-prices", "strategy-tick"):
            offset = sum(map(ord, path.stem)) % 5
            block = (f'schedule:\n  cron: "{offset}/5 9-15 * * *"\n  timezone: Asia/Kolkata\n'
                     "  during: { market: nse-cash, phases: [continuous] }\n")
            block = block.replace(f'"{offset}/5 ', f'"{offset}-59/5 ')
            text = re.sub(r"^schedule:\n(  .*\n)+", block, text, flags=re.M)
            text = re.sub(r"^(once_per|after|misfire|expires_after|alert|promise):.*\n", "", text, flags=re.M)
            text += "misfire: skip\nexpires_after: 4m\n"
            # The largest answer: what the allocator keeps of it, it has kept before the half is over.
            if path.stem == "load-contracts": text = text.replace(f'"{offset}-59/5 ', '"* ')
        # More often than a desk would: what goes wrong comes in parts of what is asked.
        if path.stem == "sync-positions": text = text.replace("every: 30s", "every: 10s")
        (home / "jobs" / path.name).write_text(text)
    answer = command("check", str(home / "jobs"))
    if answer.returncode != 0: raise RuntimeError("jobs: " + answer.stdout + answer.stderr)


def write_configuration():
    global page_port
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        page_port = free.getsockname()[1]
    (home / "muhurat.yaml").write_text(f"""mode: paper
calendars: {source}/config/calendars
credentials: {home}/credentials
runtime: {home}/runtime
reports: {{ directory: {home}/reports }}
status: {{ listen: "127.0.0.1:{page_port}" }}
broker: {{ url: "http://127.0.0.1:{port}/skapi", reads_per_second: 50, depth: on }}
""")
    secrets = {"operator-token": OPERATOR}
    for person in PEOPLE:
        secrets |= {f"sharekhan.{person}.api-key": API_KEY, f"sharekhan.{person}.secret-key": SECRET_KEY}
    for name, value in secrets.items():
        (home / "credentials" / name).write_text(value + "\n")
        (home / "credentials" / name).chmod(0o600)


tokens = set()
sign_ins = collections.Counter()


def sign_in(person):
    for _ in range(30):
        answer = command("sign-in", person, "--login-page")
        sign_ins[answer.returncode] += 1
        if answer.returncode == 0:
            tokens.add(token(person))
            return
        if answer.returncode not in (1, 69, 77):
            problem("sign-in", f"ended {answer.returncode}: {answer.stdout}{answer.stderr}")
    problem("sign-in", f"{person} could not sign in: {answer.stderr}")


def start_desk():
    if command("migrate").returncode != 0: raise RuntimeError("migrate: " + said[-1])
    set_clocks(wanted.speed, at=BEGIN)
    for person, customer in PEOPLE.items():
        answer = command("account", "add", person, "--customer", customer, "--name", person)
        if answer.returncode != 0: raise RuntimeError("account: " + said[-1])
        sign_in(person)
    running["muhurat"] = start([muhurat, "serve", "--log-level", "debug"], home / "serve.log", env=environment)


def page(path, headers={}):
    connection = http.client.HTTPConnection("127.0.0.1", page_port, timeout=20)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().read().decode(errors="replace")
    except OSError as error:
        return f"{error}"
    finally:
        connection.close()


# MARK: trading

SHARES = {"ITC": 1660, "SBIN": 3045, "INFY": 1594, "TCS": 11536, "RELIANCE": 2885, "WIPRO": 3787, "NTPC": 11630}
placed = collections.Counter()
open_orders = []


def order_body(person, kind, **more):
    return {"customerId": int(PEOPLE[person]), "exchange": "NC", "requestType": kind, "orderType": "NORMAL",
            "channelUser": "SOAK", "validity": "GFD", "rmsCode": "ANY", "afterHour": "N", "disclosedQty": 0,
            "triggerPrice": "0", **more}


def trade():
    person = chance.choice(list(PEOPLE))
    if open_orders and chance.random() < .3:
        person, number, terms = open_orders.pop(chance.randrange(len(open_orders)))
        if chance.random() < .5:
            body = order_body(person, "CANCEL", orderId=number, **terms)
        else:
            body = order_body(person, "MODIFY", orderId=number, **{**terms, "price": str(int(terms["price"]) + 1)})
    else:
        symbol = chance.choice(list(SHARES))
        candles = clean(person, f"historical/NC/{SHARES[symbol]}/1minute")
        if not candles: return
        last = int(Decimal(str(candles["data"][-1]["close"])))
        buys = chance.random() < .55
        near = chance.random() < .7
        price = last + (1 if buys else -1) * (3 if near else -3) * max(1, last // 1000)
        body = order_body(person, "NEW", scripCode=SHARES[symbol], tradingSymbol=symbol,
                          transactionType="B" if buys else "S", quantity=chance.choice([1, 5, 25, 150]),
                          price=str(price), productType=chance.choice(["INVESTMENT", "BIGTRADE", "BIGTRADE"]))
    answer = clean(person, "orders", "POST", body)
    if answer is None: return
    data = answer["data"]
    taken = isinstance(data, dict) and data.get("orderId") not in (None, "0", "")
    placed[f"{body['requestType']} {'taken' if taken else 'turned down'}"] += 1
    if taken and body["requestType"] == "NEW":
        terms = {k: body[k] for k in ("scripCode", "tradingSymbol", "transactionType", "quantity", "price",
                                      "productType")}
        open_orders.append((person, data["orderId"], terms))
        del open_orders[:-12]
    elif not taken:
        placed[f"  {str(data.get('errormsg') if isinstance(data, dict) else data)[:60]}"] += 1


# MARK: never a wrong flat

truth = {person: [] for person in PEOPLE}
waiting_books = []
newest_book = {person: 0 for person in PEOPLE}
judged = collections.Counter()
largest_age = dt.timedelta()


def look_at_truth():
    for person, customer in PEOPLE.items():
        before = job_time()
        answer = clean(person, f"trades/{customer}")
        if answer is None:
            # A rule has expired all tokens; a person notices and signs in again.
            sign_in(person)
            continue
        truth[person].append((before, {line(r): int(r["netQty"]) for r in answer["data"]}))


def line(row):
    return row["exchange"], int(row["scripCode"]), row["productType"]


def possible_nets(person, key, since, until):
    """All net quantities that the broker had of a line in a span; None is no such line."""
    looks = truth[person]
    first = max((i for i, (at, _) in enumerate(looks) if at <= since), default=None)
    last = min((i for i, (at, _) in enumerate(looks) if at >= until), default=None)
    if first is None or last is None: return None
    # One look more on each side: a clock read and a book read are not one moment.
    return {looks[i][1].get(key) for i in range(max(0, first - 1), min(len(looks), last + 2))}


def lies_between(net, seen):
    """An order that fills in parts has been at every net quantity between two that were seen; no line is none of it."""
    numbers = [number or 0 for number in seen]
    return seen != {None} and min(numbers) <= net <= max(numbers)


def look_at_desk():
    """The desk's book of positions, as soon as a new one stands there."""
    global largest_age
    shown = rows("select s.*, jobs.job_time() as now, (select json_agg(json_build_object('exchange', p.exchange,"
                 " 'scripCode', p.scrip_code, 'productType', p.product, 'net', p.net_quantity, 'closed',"
                 " p.closed_at is not null)) from desk.position p where p.account = s.account) as lines from (select"
                 " distinct on (account) account, id, taken_at from desk.snapshot where 'positions' = any(books)"
                 " order by account, id desc) s")
    for book in shown:
        now, taken = dt.datetime.fromisoformat(book["now"]), dt.datetime.fromisoformat(book["taken_at"])
        largest_age = max(largest_age, now - taken)
        if book["id"] > newest_book[book["account"]]:
            newest_book[book["account"]] = book["id"]
            waiting_books.append((book["account"], book["id"], taken, now, {line(r): r for r in book["lines"] or []}))


def judge_books():
    """Holds each book against all that the broker had while it was read."""
    for book in list(waiting_books):
        person, number, taken, seen, lines = book
        if not truth[person] or truth[person][-1][0] <= seen + dt.timedelta(seconds=3 * wanted.speed): continue
        waiting_books.remove(book)
        for key in {key for _, look in truth[person] for key in look} | set(lines):
            possible = possible_nets(person, key, taken, seen)
            if possible is None: continue
            judged["lines"] += 1
            row = lines.get(key)
            place = f"{person} {key}, snapshot {number} of {taken}: the broker had {possible}"
            if row is None:
                if None not in possible: problem("lost position", f"{place}, the desk nothing")
            elif row["closed"]:
                if None not in possible: problem("wrong flat", f"{place}, the desk closed it")
            elif not lies_between(row["net"], possible):
                problem("wrong flat" if row["net"] == 0 else "wrong quantity", f"{place}, the desk {row['net']}")
            elif row["net"]: judged["open"] += 1
        judged["books"] += 1
        truth[person] = [look for look in truth[person] if look[0] > taken - dt.timedelta(minutes=5)]


# MARK: level

samples = []


def sample():
    found = {"at": time.monotonic()}
    for name in ("muhurat", "simulator"):
        process = running[name].pid
        try:
            status = pathlib.Path(f"/proc/{process}/status").read_text()
            found[name] = (int(re.search(r"VmRSS:\s+(\d+)", status)[1]), len(os.listdir(f"/proc/{process}/fd")),
                           int(re.search(r"Threads:\s+(\d+)", status)[1]))
        except (OSError, TypeError):
            pass
    samples.append(found)
    process_lines.update(lines_of_ps())
    for path in ("/", "/status", "/metrics", "/api/jobs", "/api/runs", "/api/users/list", "/readyz",
                 "/api/users/asha/positions", "/api/breaks"):
        for headers in ({}, {"Authorization": "Bearer " + OPERATOR}):
            pages[path] = page(path, headers)
            for name, form in forms():
                if form in pages[path]: problem("secret", f"{name} in {path}")


process_lines = set()
pages = {}


def lines_of_ps():
    """Of all that descends from here, but the simulator, which is no part of the desk."""
    ours = {os.getpid()}
    for text in subprocess.run(["ps", "-eww", "-o", "pid=,ppid=,args=", "--sort=start_time"], capture_output=True,
                               text=True).stdout.splitlines():
        process, parent, arguments = text.split(None, 2)
        if int(parent) in ours and int(process) != running["simulator"].pid:
            ours.add(int(process))
            yield arguments


def forms():
    for name, secret in {"API key": API_KEY, "secret key": SECRET_KEY, "operator token": OPERATOR,
                         **{f"token {i}": t for i, t in enumerate(sorted(tokens))}}.items():
        raw = secret.encode()
        yield name, secret
        yield name + " as hex", raw.hex()
        yield name + " as URL", urllib.parse.quote(secret, safe="~") if not secret.isalnum() else secret
        for shift in range(3):
            # Whatever stands before it, the middle of its base64 is one of these three.
            yield name + " as base64", base64.b64encode(raw[shift:len(raw) - (len(raw) - shift) % 3]).decode()


def level():
    half = samples[len(samples) // 2:]
    quarter = max(1, len(samples) // 4)
    for name in ("muhurat", "simulator"):
        for index, what, unit, allowed in ((0, "memory", "KiB", 512), (1, "handles", "", .5), (2, "threads", "", .5)):
            points = [((s["at"] - samples[0]["at"]) / 60, s[name][index]) for s in half if name in s]
            if len(points) < 6: continue
            slope = statistics.linear_regression(*zip(*points)).slope
            values = [s[name][index] for s in samples if name in s]
            second = statistics.median(values[quarter:2 * quarter])
            last = statistics.median(values[-quarter:])
            print(f"{name} {what}: medians by quarter {statistics.median(values[:quarter])}, {second}, "
                  f"{statistics.median(values[2 * quarter:3 * quarter])}, {last} {unit}; slope of the second half "
                  f"{slope:.2f} {unit}/min; most {max(values)}")
            # A short run is still filling its pools.
            if wanted.minutes >= 10 and slope > allowed and last > second * 1.15: problem("growth", f"{name} {what}: {slope:.2f} {unit}/min")


# MARK: the end

def agree(what, ours, theirs):
    compared["fields"] += 1
    if ours is None or theirs is None: same = ours is None and theirs in (None, "", "0")
    else:
        try: same = Decimal(str(ours)) == Decimal(str(theirs))
        except decimal.InvalidOperation: same = str(ours) == str(theirs)
    # The broker writes 0 where there is no price.
    if not same and ours is None and Decimal(str(theirs)) == 0: same = True
    if not same: problem("disagreement", f"{what}: desk {ours!r}, broker {theirs!r}")


compared = collections.Counter()


def compare_books(person, customer):
    theirs = {str(r["orderId"]): r for r in clean(person, f"reports/{customer}")["data"]}
    ours = {r["order_id"]: r for r in rows(f"select * from desk.broker_order where account = '{person}'")}
    for number in theirs.keys() - ours.keys(): problem("lost order", f"{person} {number}: {theirs[number]}")
    for number in ours.keys() - theirs.keys(): problem("invented order", f"{person} {number}")
    fills = collections.defaultdict(list)
    for fill in rows(f"select * from desk.fill where account = '{person}'"): fills[fill["order_id"]].append(fill)
    for number, r in theirs.items():
        row = ours.get(number)
        if row is None: continue
        compared["orders"] += 1
        if row["closed_at"]: problem("lost order", f"{person} {number} is closed in the desk's book")
        for field, key in (("scrip_code", "scripCode"), ("symbol", "tradingSymbol"), ("product", "productType"),
                           ("quantity", "orderQty"), ("executed", "execQty"), ("price", "orderPrice"),
                           ("average_price", "execPrice"), ("status_text", "orderStatus"), ("trigger_price", "trigPrice"),
                           ("request_status", "requestStatus"), ("channel", "channelCode")):
            agree(f"order {person} {number} {field}", row[field], r[key])
        trades = clean(person, f"reports/{r['exchange']}/{customer}/{number}/trades")["data"]
        mine = fills.pop(number, [])
        sign = 1 if r["buySell"].startswith("B") else -1
        agree(f"units of {person} {number}", sum(f["quantity"] for f in mine), sign * int(r["execQty"]))
        value = sum(Decimal(f["price"]) * f["quantity"] for f in mine)
        broker = sum(Decimal(str(t["tradePrice"])) * int(t["tradeQty"]) for t in trades) * sign
        whole = [f for f in mine if f["trade_id"].startswith("agg:")]
        compared["fills"] += len(mine)
        compared["fills by an order's average"] += len(whole)
        if not whole:
            agree(f"trades of {person} {number}", sorted(f["trade_id"] for f in mine),
                  sorted(str(t["tradeId"]) for t in trades))
            agree(f"value of {person} {number}", value, broker)
        elif abs(value - broker) > Decimal("0.01") * max(1, int(r["execQty"])):
            problem("disagreement", f"value of {person} {number}: desk {value}, broker {broker}")
    for number in fills: problem("invented fill", f"{person} {number}: {fills[number]}")

    theirs = {line(r): r for r in clean(person, f"trades/{customer}")["data"]}
    ours = {(r["exchange"], r["scrip_code"], r["product"]): r
            for r in rows(f"select * from desk.position where account = '{person}' and closed_at is null")}
    if theirs.keys() != ours.keys():
        problem("disagreement", f"positions of {person}: desk {sorted(ours)}, broker {sorted(theirs)}")
    for key in theirs.keys() & ours.keys():
        compared["positions"] += 1
        for field, name in (("buy_quantity", "buyQty"), ("buy_average", "buyRate"), ("sell_quantity", "sellQty"),
                            ("sell_average", "sellRate"), ("net_quantity", "netQty"), ("average_price", "avgPrice"),
                            ("booked_profit", "bpl"), ("unrealised_profit", "mtm"), ("symbol", "tradingSymbol")):
            agree(f"position {person} {key} {field}", ours[key][field], theirs[key][name])

    theirs = {(r["exchange"], r["tradingSymbol"]): r for r in clean(person, f"holdings/{customer}")["data"]}
    ours = {(r["listing"], r["symbol"]): r
            for r in rows(f"select * from desk.holding where account = '{person}' and closed_at is null")}
    if theirs.keys() != ours.keys():
        problem("disagreement", f"holdings of {person}: desk {sorted(ours)}, broker {sorted(theirs)}")
    for key in theirs.keys() & ours.keys():
        compared["holdings"] += 1
        for field, name in (("demat", "dp"), ("available", "aval"), ("receivable", "receivable"), ("pledged", "pledge"),
                            ("financed", "mf"), ("average_price", "holdPrice")):
            agree(f"holding {person} {key} {field}", ours[key][field], theirs[key][name])

    theirs = clean(person, f"limitstmt/NC/{customer}")["data"][0]
    ours = rows(f"select cash, figures from desk.funds where account = '{person}' and exchange = 'NC'")
    if len(ours) != 1: return problem("disagreement", f"{len(ours)} limit statements of {person}")
    compared["statements"] += 1
    for name, amount in theirs.items():
        if name != "customerId": agree(f"funds {person} {name}", ours[0]["figures"].get(name), amount)


def settle():
    """Chaos off, time stands, one clean sync of each account."""
    state = control("GET", "state")
    control("POST", "faults", [])
    set_clocks(0)
    time.sleep(13)  # answers that a rule holds back
    for person in PEOPLE:
        if clean(person, f"holdings/{PEOPLE[person]}") is None: sign_in(person)
        answer = until(f"a sync of {person} meets no other", lambda: clean_sync(person), within=30, every=5)
        if answer.returncode != 0: problem("clean sync", f"{person} ended {answer.returncode}: {said[-1]}")
    look_at_desk()
    for person, customer in PEOPLE.items(): compare_books(person, customer)
    return state


def clean_sync(person):
    """Its answer, unless that is busy."""
    answer = command("run", "sync-positions", "--item", person, "--reason", "the soak is over")
    return answer if answer.returncode != 75 else None


# MARK: every oddity on record

def on_record(state):
    """Per kind: how often the simulator showed it, and how many traces it left."""
    struck = collections.Counter()
    for rule, strikes in zip(state["faults"], state["strikes"]):
        place = {REST: "read", STREAM: "feed", SIGN_IN: "sign-in"}.get(rule["route"], "order")
        kind = rule["kind"] + (f" {rule['status']}" if rule["kind"] in ("status", "html") else "")
        struck[place, kind] += strikes
    vault = collections.Counter()
    for row in rows("select status, count(*) as n from desk.vault group by 1"): vault[row["status"]] = row["n"]
    database.execute(
        "create function is_json(body bytea) returns boolean language plpgsql as $$ begin"
        " perform convert_from(body, 'UTF8')::json; return true; exception when others then return false; end $$")
    def count(condition):
        return rows(f"select count(*) as n from desk.vault where {condition}")[0]["n"]
    text = "convert_from(body, 'UTF8')"
    traces = {
        "status 429": vault[429], "status 500": vault[500], "status 503": vault[503], "html 502": vault[502],
        "html 504": vault[504], "expire_tokens": vault[403], "empty204": vault[204],
        "truncate": count("status = 200 and not is_json(body)"),
        "null": count(f"status = 200 and is_json(body) and {text} like '%\"data\":null%'"),
        "no_records": count(f"status = 200 and is_json(body) and {text} like '%\"no_records\"%'"),
        "unknown_state": count(f"status = 200 and {text} like '%\"approval\":%'"),
        "shuffle": count(f"status = 200 and is_json(body) and {text} !~"
                         " '^.\"status\":[^,]+,\"message\":[^,]+,\"timestamp\"'"),
    }
    words = "\n".join(row["said"] for row in rows(
        "select coalesce(a.output, '') || E'\\n' || coalesce(a.error, '') as said from jobs.attempt a"))
    # One run may have met several; each line that names one is a trace.
    traces["drop"] = len(re.findall("before its answer was complete|failed: |refused the connection", words))
    # The answer a run was waiting for when its time was over came to nobody.
    cut_off = rows("select count(*) as n from jobs.attempt where outcome = 'timed_out'")[0]["n"]
    print(f"{cut_off} attempts ran out of time")
    # Near its run's end a read waits only for what is left; whether it was struck by a delay or would never have
    # been answered is then not to be told. So both are counted together.
    slow = struck.pop(("read", "delay"), 0) + struck.pop(("read", "timeout"), 0)
    struck["read", "delay or timeout"] = slow
    traces["delay or timeout"] = cut_off + (
        count(f"received_at - requested_at >= interval '{2.9 * wanted.speed} seconds'")
        + len(re.findall(r"did not answer GET \S+ within|timed out after", words)))
    print("reads: " + ", ".join(f"{kind} {n} struck/{traces.get(kind, 'in the vault')} on record"
                                for (place, kind), n in struck.items() if place == "read"))
    for (place, kind), n in struck.items():
        if place != "read" or kind not in traces: continue
        # libcurl itself asks again, without a word, when a connection that it had kept ends without a byte: it
        # cannot be told from one that was closed for idleness. (Orders always get a connection of their own.)
        if kind == "drop": continue
        # A read under way when its run was over is not on record: a few of many.
        # A shuffled envelope is in order by chance once in 24.
        least = n * .9 - 3 if kind == "shuffle" else n * .97 - 2
        if traces[kind] < least: problem("off the record", f"{kind}: {n} struck, {traces[kind]} on record")
    try:
        status = json.loads(last_status)
        counts = next(v["counts"] for v in (status.get("feed"), status) if isinstance(v, dict) and "counts" in v)
    except (ValueError, StopIteration):
        return problem("off the record", f"/status has no counts of the feed: {last_status[:300]}")
    print("feed: " + ", ".join(f"{kind} {n}" for (place, kind), n in struck.items() if place == "feed")
          + f" struck; counted {counts}")
    feed = {kind: n for (place, kind), n in struck.items() if place == "feed"}
    if counts["losses"] + counts["silences"] < feed["drop_socket"]:
        problem("off the record", f"{feed['drop_socket']} dropped sockets, {counts}")
    if counts["unknown"] < feed["truncate"] * .9 - 3:
        problem("off the record", f"{feed['truncate']} truncated frames, {counts}")


def look_for_secrets():
    places = {"the dump": database.dump(), "ps": "\n".join(process_lines), "commands": "\n".join(said),
              "the page": "\n".join(pages.values())}
    for path in [home / "serve.log", home / "postgres.log", *home.glob("reports/**/*"), *home.glob("core*")]:
        if path.is_file(): places[str(path.relative_to(home))] = path.read_text(errors="replace")
    for place, text in places.items():
        for name, form in forms():
            if form in text:
                at = text.index(form)
                problem("secret", f"{name} in {place}: …{text[max(0, at - 80):at]}")
    print(f"secrets: {3 + len(tokens)} in {len(places)} places, {sum(map(len, places.values()))} bytes, "
          f"{len(process_lines)} lines of ps; the vault's bodies stand in the dump as hex")


def look_for_crashes():
    for name, process in running.items():
        if process.poll() is not None: problem("ended", f"{name} ended with {process.returncode}")
    for path in (home / "serve.log", home / "simulator.log"):
        for found in re.findall(r".*(?:Fatal error|Crash|BUG|AddressSanitizer|panic).*", path.read_text(errors="replace")):
            problem("crash", f"{path.name}: {found[:300]}")


# MARK: the play

last_status = ""


def play():
    global last_status
    end = time.monotonic() + wanted.minutes * 60
    next_trade = next_sample = next_report = 0
    next_expiry = time.monotonic() + 240
    control("POST", "faults", fault_rules())
    while time.monotonic() < end:
        now = time.monotonic()
        look_at_truth()
        look_at_desk()
        judge_books()
        if now >= next_trade:
            next_trade = now + chance.uniform(2, 8)
            trade()
        if now >= next_sample:
            next_sample = now + 10
            sample()
            look_for_crashes()
            if any(kind in told for kind in ("ended", "crash")): return
        if now >= next_expiry:
            next_expiry = now + 240
            sign_in(chance.choice(list(PEOPLE)))
        if now >= next_report:
            next_report = now + 60
            print(f"{time.strftime('%H:%M:%S')} {job_time().astimezone(IST):%H:%M:%S} IST: books judged "
                  f"{judged['books']}, memory {samples[-1].get('muhurat')} {samples[-1].get('simulator')}", flush=True)
        time.sleep(1)


def stop():
    for name in ("muhurat", "simulator"):
        running[name].end(within=60)
        if running[name].returncode != 0: problem("ended", f"{name}, told to leave, ended {running[name].returncode}")


begun = time.monotonic()
try:
    start_simulator()
    write_configuration()
    write_jobs()
    start_desk()
    play()
    last_status = page("/status", {"Authorization": "Bearer " + OPERATOR})
    state = settle()
    on_record(state)
    look_for_crashes()
    stop()
    look_for_secrets()
    level()
    print(f"positions: {judged['books']} books judged, {judged['lines']} lines, {judged['open']} of them open; the "
          f"oldest book was {largest_age.total_seconds():.0f} s old")
    print("in the end: " + ", ".join(f"{n} {what}" for what, n in compared.items()) + " compared")
    print("orders: " + ", ".join(f"{n} {what}" for what, n in placed.items()))
    print(f"sign-ins by exit code: {dict(sign_ins)}; answers in the vault: "
          + rows("select count(*) as n from desk.vault")[0]["n"].__str__())
    print("runs: " + ", ".join(f"{r['job']} {r['state']} {r['n']}" for r in rows(
        "select job, state, count(*) as n from jobs.run group by 1, 2 order by 1, 3 desc")))
except Exception as error:
    problem("the soak itself", "".join(traceback.format_exception(error))[-3000:])

for text in problems: print(f"problem: {text}")
print(f"{(time.monotonic() - begun) / 60:.1f} minutes, seed {wanted.seed}, rate {wanted.rate}: "
      + ("nothing wrong" if not problems else ", ".join(f"{n} x {kind}" for kind, n in told.items())))
sys.exit(1 if problems else 0)
