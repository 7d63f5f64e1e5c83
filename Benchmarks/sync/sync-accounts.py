"""How much a sync of many accounts costs, beside the usual Python loop over the same simulator, and beside the floor.

Starts a PostgreSQL of its own and the simulator, both children of this program; adds the accounts, signs them in, trades
until each has its positions, and then measures in turn a slot of `sync-positions` run by `muhurat serve`, and a cycle of
`python_loop.py`, which makes the same requests and keeps the same rows, and one of `floor.c`, which does the least that
such a sync can cost. `Benchmarks/sync/run` gives it its packages and builds the floor.

usage: Benchmarks/sync/run FOLDER-OF-PROGRAMS [--accounts N] [--positions N] [--repeats N] [--every SECONDS] [--keep]
"""
import argparse, asyncio, datetime as dt, http.client, json, os, pathlib, signal, socket, statistics, subprocess, sys, time

import aiohttp, asyncpg

source = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(source / "Tests/Outside"))  # the PostgreSQL and the programs of all that drives from outside
from postgres import PostgreSQL
from programs import folder, start, surroundings, until

arguments = argparse.ArgumentParser()
arguments.add_argument("programs", help="where muhurat and sharekhan-simulator are, built for release")
arguments.add_argument("--accounts", type=int, default=1000)
arguments.add_argument("--positions", type=int, default=20)
arguments.add_argument("--repeats", type=int, default=3)
arguments.add_argument("--every", type=int, default=120, help="seconds from slot to slot; the loop's turn fits between")
arguments.add_argument("--reads", type=int, default=1000, help="requests a second that the broker allows")
arguments.add_argument("--concurrency", type=int, default=32)
arguments.add_argument("--connections", type=int, default=8)
arguments.add_argument("--fsync", choices=["on", "off"], default="on")
arguments.add_argument("--only", choices=["muhurat", "python", "floor"])
arguments.add_argument("--keep", action="store_true", help="leave the folder and print where it is")
arguments.add_argument("--pause", action="store_true", help="print the daemon's number before each slot, to attach to")
wanted = arguments.parse_args()

KEY, SECRET, DAY = "SIMULATED-API-KEY-0001", "SIMULATED-SECRET-KEY-FOR-TESTS!!", "2026-07-09"
# After the last of the customers' own trades and before the close, so that books stand and prices move.
BEGIN = f"{DAY}T15:02:00+05:30"
IST = dt.timezone(dt.timedelta(hours=5, minutes=30))
programs = pathlib.Path(wanted.programs).resolve()
home = folder("bench-sync.", kept=lambda: wanted.keep)
for name in ("jobs", "credentials", "runtime"): (home / name).mkdir(mode=0o700)
accounts = [{"id": f"a{n:04}", "customer": str(1_000_001 + n)} for n in range(wanted.accounts)]
TICKS = os.sysconf("SC_CLK_TCK")


# MARK: processes

def stat(pid):
    """Ticks of a process, those of its children that ended included, and its parent."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0, 0
    return sum(int(n) for n in fields[11:15]), int(fields[1])


def cpu(pid):
    """CPU seconds of a process and all below it."""
    known = {int(p.name): stat(p.name) for p in pathlib.Path("/proc").iterdir() if p.name.isdigit()}
    total, line = 0, [pid]
    while line:
        one = line.pop()
        total += known.get(one, (0, 0))[0]
        line += [child for child, (_, parent) in known.items() if parent == one]
    return total / TICKS


def memory(pid, word):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(word): return int(line.split()[1]) / 1024
    return 0.0


def load():
    return os.getloadavg()[0]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


postgres = PostgreSQL(home / "postgres", wanted.fsync)
server = postgres.server
status_port = free_port()
environment = surroundings(home, postgres)
JOB = f"""unit: sync-positions
schedule: {{ every: {wanted.every}s }}
for_each: account
lock: "account/{{item}}"
timeout: {wanted.every - 5}s
retry: {{ attempts: 2, backoff: 1s..5s, on: [transient] }}
overlap: skip
misfire: skip
expires_after: {wanted.every - 5}s
needs: {{ signed_in: true }}
"""


# MARK: the desk before the measurement

async def in_parallel(things, work, at_once=24):
    line = iter(things)

    async def hand():
        for thing in line: await work(thing)
    await asyncio.gather(*(hand() for _ in range(at_once)))


async def sign_in(web, broker):
    face = f"http://127.0.0.1:{status_port}/api"
    bearer = {"Authorization": "Bearer an-operators-token-of-the-benchmark"}

    async def one(account):
        async with web.post(f"{face}/users/create", headers=bearer,
                            json={"id": account["id"], "customer_id": account["customer"]}) as answer:
            assert answer.status == 201, await answer.text()
        page = f"{broker}/auth/login.html?api_key={KEY}&state=12345&version_id=1005&customer={account['customer']}"
        async with web.get(page, allow_redirects=False) as answer:
            redirect = answer.headers["Location"]
        async with web.post(f"{face}/system/initialize-complete-flow", headers=bearer,
                            json={"user_id": account["id"], "redirect_url": redirect}) as answer:
            assert answer.status == 202, await answer.text()
        kept = json.loads((home / f"runtime/{account['id']}.sign-in").read_text())
        account["token"] = kept["token"]
    await in_parallel(accounts, one)


async def trade(web, broker):
    """Buys one of each share in which an account has no position yet, until it has as many as wanted."""
    async with web.get(f"{broker}/services/master/NC") as answer:
        shares = [r for r in (await answer.json())["data"] if r["instType"] == "EQ"]

    async def one(account):
        headers = {"api-key": KEY, "access-token": account["token"], "Content-type": "application/json"}
        async with web.get(f"{broker}/services/trades/{account['customer']}", headers=headers) as answer:
            held = [(r["scripCode"], r["productType"]) for r in (await answer.json())["data"] or []]
        lines = [(s, p) for p in ("BIGTRADE", "INVESTMENT") for s in shares if (str(s["scripCode"]), p) not in held]
        for share, product in lines[:max(0, wanted.positions - len(held))]:
            order = {"customerId": int(account["customer"]), "scripCode": share["scripCode"],
                     "tradingSymbol": share["tradingSymbol"], "exchange": "NC", "transactionType": "B", "quantity": 1,
                     "disclosedQty": 0, "price": "0", "triggerPrice": "0", "rmsCode": "ANY", "afterHour": "N",
                     "orderType": "NORMAL", "channelUser": f"SIM{account['customer']}", "validity": "GFD",
                     "requestType": "NEW", "productType": product}
            async with web.post(f"{broker}/services/orders", headers=headers, json=order) as answer:
                body = await answer.json()
                assert answer.status == 200 and body["data"]["orderId"] != "0", body
    await in_parallel(accounts, one)


def write_configuration(broker):
    for account in accounts:
        for name, value in (("api-key", KEY), ("secret-key", SECRET)):
            (home / f"credentials/sharekhan.{account['id']}.{name}").write_text(value)
    (home / "credentials/operator-token").write_text("an-operators-token-of-the-benchmark")
    (home / "muhurat.yaml").write_text(
        f"mode: paper\ncalendars: {source}/config/calendars\ncredentials: {home}/credentials\n"
        f"runtime: {home}/runtime\nreports: {{ directory: {home}/reports }}\n"
        f"database: {{ connections: {wanted.connections} }}\nrunner: {{ concurrency: {wanted.concurrency} }}\n"
        f"status: {{ listen: \"127.0.0.1:{status_port}\" }}\n"
        f"broker: {{ url: {broker}, reads_per_second: {wanted.reads}, feed: off }}\n")


def page_answers(daemon):
    if daemon.poll() is not None: raise RuntimeError(daemon.log.read_text())
    page = http.client.HTTPConnection("127.0.0.1", status_port, timeout=10)
    try:
        page.request("GET", "/livez")
        return page.getresponse().status == 200
    except ConnectionError:
        return False
    finally:
        page.close()


async def fill(broker):
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(60)) as web:
        await sign_in(web, broker)
        await trade(web, broker)


def start_daemon(broker):
    """The daemon with its accounts signed in and trading done; from then on it has the job."""
    write_configuration(broker)
    (home / "jobs/idle.yaml").write_text('sql: idle.sql\ntimeout: 10s\nschedule: { at: "23:30", timezone: Asia/Kolkata }\n')
    (home / "jobs/idle.sql").write_text("select 1;\n")
    daemon = start([programs / "muhurat", "serve"], home / "serve.log", env=environment)
    until("the page answers", lambda: page_answers(daemon), within=30)
    began = time.monotonic()
    asyncio.run(fill(broker))
    print(f"{len(accounts)} accounts added, signed in and traded in {time.monotonic() - began:.0f} s", flush=True)
    (home / "accounts.json").write_text(json.dumps(accounts))
    postgres.execute("create schema loop")
    for table in ("vault", "snapshot", "broker_order", "fill", "position", "holding", "funds"):
        postgres.execute(f"create table loop.{table} (like desk.{table} including all)")
    postgres.execute("create schema floor")
    for table in ("vault", "snapshot", "position"):
        postgres.execute(f"create table floor.{table} (like desk.{table} including all)")
    (home / "jobs/sync-positions.yaml").write_text(JOB)
    daemon.send_signal(signal.SIGHUP)
    return daemon


# MARK: a slot of ours, a cycle of theirs

def ours(ask, daemon):
    """Waits for the next slot; all its runs must succeed."""
    last = ask("select coalesce(max(due_at), '-infinity') as slot, jobs.job_time() as now from jobs.run"
               " where job = 'sync-positions'")
    time.sleep(max(0, wanted.every - last["now"].timestamp() % wanted.every - 1))
    if wanted.pause: print(f"a slot comes; serve is {daemon.pid}", flush=True)
    spent, served = cpu(daemon.pid), cpu(server.pid)
    question = ("select due_at, count(*) filter (where finished_at is not null) as ended,"
                " count(*) filter (where state = 'succeeded') as good, max(finished_at) as last, count(*) as runs"
                " from jobs.run where job = 'sync-positions' and due_at > $1 group by due_at order by due_at limit 1")

    def ended():
        slot = ask(question, last["slot"])
        return slot if slot and slot["runs"] == slot["ended"] else None
    slot = until("all runs of a slot ended", ended, within=2 * wanted.every, every=0.5)
    spent, served = cpu(daemon.pid) - spent, cpu(server.pid) - served
    if slot["good"] != len(accounts):
        bad = postgres.rows(f"select state, reason, count(*) from jobs.run where due_at = '{slot['due_at']}' group by 1, 2")
        print(f"NOT ALL WELL: {bad}")
    clock = ask("select origin, started_at from jobs.clock")
    due = clock["started_at"] + (slot["due_at"] - clock["origin"])
    return {"who": "muhurat", "accounts": slot["good"], "seconds": (slot["last"] - due).total_seconds(), "cpu": spent, "postgres": served,
            "rss": memory(daemon.pid, "VmRSS"), "peak_mb": memory(daemon.pid, "VmHWM"), "load": load()}


def cycle(who, loop):
    """Of the Python loop or the floor, which both take a line for a cycle."""
    served = cpu(server.pid)
    loop.stdin.write("\n")
    loop.stdin.flush()
    answer = loop.stdout.readline()
    if not answer: raise SystemExit(f"{who} ended: " + (home / f"{who}.log").read_text()[-2000:])
    figures = json.loads(answer)
    return figures | {"who": who, "accounts": len(accounts), "postgres": cpu(server.pid) - served,
                      "rss": memory(loop.pid, "VmRSS"), "load": load()}


def tell(figures, label):
    n = figures["accounts"]
    print(f"{label:<9}{figures['who']:<9}{figures['seconds']:>8.2f} s{n / figures['seconds']:>9.0f} /s"
          f"{figures['cpu'] * 1000 / n:>9.2f} s/1000{figures['postgres'] * 1000 / n:>9.2f} s/1000"
          f"{figures['rss']:>8.0f} MB{figures['peak_mb']:>7.0f} MB   load {figures['load']:.1f}"
          + ("" if n == len(accounts) else f"  only {n:.0f} accounts in time")
          + ("  (busy machine)" if figures["load"] > 2 else ""), flush=True)


def start_simulator():
    real = dt.datetime.now(IST)
    simulator = start([programs / "sharekhan-simulator", "--accounts", wanted.accounts, "--clock",
                       f"{BEGIN}@{real.isoformat()}"], home / "simulator.log", says=r"listening on \S+:(\d+)")
    port = simulator.has_said()[1]
    return f"http://127.0.0.1:{port}/skapi", real


def start_loop(broker):
    settings = {"day": DAY, "concurrency": wanted.concurrency, "connections": wanted.connections, "api_key": KEY,
                "base": broker, "accounts": str(home / "accounts.json"), "dsn": postgres.url}
    return start([sys.executable, pathlib.Path(__file__).with_name("python_loop.py"), json.dumps(settings)],
                 home / "python.log", text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def start_floor(broker):
    (home / "accounts.tsv").write_text("".join(f"{a['id']}\t{a['customer']}\t{a['token']}\n" for a in accounts))
    return start([source / ".build/bench-sync/floor", broker, KEY, home / "accounts.tsv", postgres.url, DAY,
                  wanted.concurrency, wanted.connections],
                 home / "floor.log", text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def measure(turns):
    """Each in turn. The first turn brings every fill of the day and is no ordinary one; it is told apart."""
    told = {who: [] for who in turns}
    for number in range(wanted.repeats + 1):
        for turn in turns.values():
            one = turn()
            tell(one, f"turn {number}" if number else "first")
            if number: told[one["who"]].append(one)
    print("medians:")
    medians = {who: {key: statistics.median(t[key] for t in turns) for key in turns[0] if key != "who"} | {"who": who}
               for who, turns in told.items() if turns}
    for one in medians.values(): tell(one, "")
    counts = postgres.rows(
        "select (select count(*) from desk.position where closed_at is null) as ours,"
        " (select count(*) from loop.position where closed_at is null) as theirs,"
        " (select count(*) from desk.fill) as our_fills, (select count(*) from loop.fill) as their_fills")[0]
    print("rows kept: " + ", ".join(f"{k} {v}" for k, v in counts.items()))
    for who, other in (("muhurat", "python"), ("floor", "python"), ("floor", "muhurat")):
        if who in medians and other in medians: tell_ratio(medians[who], medians[other])
    peaks = [t["peak_mb"] for t in told.get("muhurat", [])]
    if peaks: print("peak memory of serve after each turn: " + ", ".join(f"{p:.0f} MB" for p in peaks))


def tell_ratio(a, b):
    def ratio(*parts): return sum(b[p] for p in parts) / b["accounts"] / (sum(a[p] for p in parts) / a["accounts"])
    print(f"accounts per CPU second of the client: {a['who']} {ratio('cpu'):.2f} times {b['who']};"
          f" with PostgreSQL's CPU {ratio('cpu', 'postgres'):.2f} times")


def main():
    broker, real = start_simulator()
    (home / "muhurat.yaml").write_text(f"mode: paper\ncalendars: {source}/config/calendars\n")
    subprocess.run([programs / "muhurat", "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL,
                   stdin=subprocess.DEVNULL)
    postgres.execute(f"insert into jobs.clock (origin, started_at, speed) values ('{BEGIN}', '{real.isoformat()}', 1)")
    daemon = start_daemon(broker)
    # A connection that stays: a new one for each question would be among what PostgreSQL spends on the slot.
    wait = asyncio.new_event_loop().run_until_complete
    db = wait(asyncpg.connect(postgres.url))
    loop, floor = start_loop(broker), start_floor(broker)
    turns = {"muhurat": lambda: ours(lambda *question: wait(db.fetchrow(*question)), daemon),
             "python": lambda: cycle("python", loop), "floor": lambda: cycle("floor", floor)}
    measure({who: turn for who, turn in turns.items() if wanted.only in (None, who)})
    wait(db.close())


print(f"load {load():.1f}; {wanted.accounts} accounts, {wanted.positions} positions each; at once"
      f" {wanted.concurrency}, connections {wanted.connections}, fsync {wanted.fsync}"
      + ("  WARNING: the machine is busy, times say little" if load() > 2 else ""), flush=True)
print("                 wall    accounts  CPU of client  PostgreSQL's   memory   peak")
main()
