"""How much a sync of many accounts costs, beside the usual Python loop over the same simulator.

Starts a PostgreSQL of its own and the simulator, both children of this program; adds the accounts, signs them in, trades
until each has its positions, and then measures in turn a slot of `sync-positions` run by `muhurat serve`, and a cycle of
`python_loop.py`, which makes the same requests and keeps the same rows. `Benchmarks/sync/run` gives it its packages.

usage: Benchmarks/sync/run FOLDER-OF-PROGRAMS [--accounts N] [--positions N] [--repeats N] [--every SECONDS] [--keep]
"""
import argparse, asyncio, contextlib, datetime as dt, json, os, pathlib, shutil, signal, socket, statistics, subprocess
import sys, tempfile, time

import aiohttp, asyncpg

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
arguments.add_argument("--only", choices=["ours", "theirs"])
arguments.add_argument("--keep", action="store_true", help="leave the folder and print where it is")
arguments.add_argument("--pause", action="store_true", help="print the daemon's number before each slot, to attach to")
wanted = arguments.parse_args()

KEY, SECRET, DAY = "SIMULATED-API-KEY-0001", "SIMULATED-SECRET-KEY-FOR-TESTS!!", "2026-07-09"
# After the last of the customers' own trades and before the close, so that books stand and prices move.
BEGIN = f"{DAY}T15:02:00+05:30"
IST = dt.timezone(dt.timedelta(hours=5, minutes=30))
source = pathlib.Path(__file__).resolve().parents[2]
programs = pathlib.Path(wanted.programs).resolve()
postgres = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))[-1].parent
home = pathlib.Path(tempfile.mkdtemp(prefix="bench-sync."))
for name in ("jobs", "credentials", "runtime", "postgres"): (home / name).mkdir(mode=0o700)
accounts = [{"id": f"a{n:04}", "customer": str(1_000_001 + n)} for n in range(wanted.accounts)]
children = []
TICKS = os.sysconf("SC_CLK_TCK")


# MARK: processes

def start(command, log, **rest):
    child = subprocess.Popen([str(word) for word in command], stderr=open(home / log, "a"), **rest)
    children.append(child)
    return child


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


def as_nobody(command):
    return command if os.getuid() != 0 else ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command]


def start_postgres():
    home.chmod(0o755)
    (home / "postgres").chmod(0o755)
    if os.getuid() == 0: shutil.chown(home / "postgres", "nobody")
    subprocess.run(as_nobody([str(postgres / "initdb"), "-D", str(home / "postgres/data"), "-U", "desk", "--auth=trust",
                              "--no-sync"]), check=True, stdout=subprocess.DEVNULL)
    server = start(as_nobody([postgres / "postgres", "-D", home / "postgres/data", "-k", home / "postgres", "-c",
                              "listen_addresses=", "-c", f"fsync={wanted.fsync}"]), "postgres.log",
                   stdout=subprocess.DEVNULL)
    while subprocess.run([postgres / "pg_isready", "-q", "-h", home / "postgres"]).returncode: time.sleep(0.1)
    return server


URL = f"postgresql://desk@/postgres?host={home}/postgres"
status_port = free_port()
environment = {k: v for k, v in os.environ.items()
               if not k.startswith(("PG", "MUHURAT", "DATABASE")) and not k.lower().endswith("_proxy")}
environment |= {"DATABASE_URL": URL, "MUHURAT_CONFIG": str(home / "muhurat.yaml"), "MUHURAT_JOBS": str(home / "jobs")}
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


async def start_daemon(db, broker):
    """The daemon with its accounts signed in and trading done; from then on it has the job."""
    write_configuration(broker)
    (home / "jobs/idle.yaml").write_text('sql: idle.sql\ntimeout: 10s\nschedule: { at: "23:30", timezone: Asia/Kolkata }\n')
    (home / "jobs/idle.sql").write_text("select 1;\n")
    daemon = start([programs / "muhurat", "serve"], "serve.log", env=environment, stdout=subprocess.DEVNULL)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(60)) as web:
        for _ in range(300):
            with contextlib.suppress(aiohttp.ClientError):
                async with web.get(f"http://127.0.0.1:{status_port}/livez") as answer:
                    if answer.status == 200: break
            if daemon.poll() is not None: raise SystemExit((home / "serve.log").read_text())
            await asyncio.sleep(0.1)
        began = time.monotonic()
        await sign_in(web, broker)
        await trade(web, broker)
    print(f"{len(accounts)} accounts added, signed in and traded in {time.monotonic() - began:.0f} s", flush=True)
    (home / "accounts.json").write_text(json.dumps(accounts))
    await db.execute("create schema loop")
    for table in ("vault", "snapshot", "broker_order", "fill", "position", "holding", "funds"):
        await db.execute(f"create table loop.{table} (like desk.{table} including all)")
    (home / "jobs/sync-positions.yaml").write_text(JOB)
    daemon.send_signal(signal.SIGHUP)
    return daemon


# MARK: a slot of ours, a cycle of theirs

async def ours(db, daemon, server):
    """Waits for the next slot; all its runs must succeed."""
    before = await db.fetchval("select coalesce(max(due_at), '-infinity') from jobs.run where job = 'sync-positions'")
    now = await db.fetchval("select jobs.job_time()")
    left = wanted.every - now.timestamp() % wanted.every
    await asyncio.sleep(max(0, left - 1))
    if wanted.pause: print(f"a slot comes; serve is {daemon.pid}", flush=True)
    spent, served = cpu(daemon.pid), cpu(server.pid)
    question = ("select due_at, count(*) filter (where finished_at is not null) as ended,"
                " count(*) filter (where state = 'succeeded') as good, max(finished_at) as last, count(*) as runs"
                " from jobs.run where job = 'sync-positions' and due_at > $1 group by due_at order by due_at limit 1")
    for _ in range(4 * wanted.every):
        await asyncio.sleep(0.5)
        slot = await db.fetchrow(question, before)
        if slot and slot["runs"] == slot["ended"]: break
    else:
        raise SystemExit(f"a slot did not end: {slot}")
    spent, served = cpu(daemon.pid) - spent, cpu(server.pid) - served
    if slot["good"] != len(accounts):
        bad = await db.fetch("select state, reason, count(*) from jobs.run where due_at = $1 group by 1, 2", slot["due_at"])
        print(f"NOT ALL WELL: {[tuple(r) for r in bad]}")
    clock = await db.fetchrow("select origin, started_at from jobs.clock")
    due = clock["started_at"] + (slot["due_at"] - clock["origin"])
    return {"who": "muhurat", "accounts": slot["good"], "seconds": (slot["last"] - due).total_seconds(), "cpu": spent, "postgres": served,
            "rss": memory(daemon.pid, "VmRSS"), "peak_mb": memory(daemon.pid, "VmHWM"), "load": load()}


def theirs(loop, server):
    served = cpu(server.pid)
    loop.stdin.write("\n")
    loop.stdin.flush()
    answer = loop.stdout.readline()
    if not answer: raise SystemExit("the Python loop ended: " + (home / "loop.log").read_text()[-2000:])
    figures = json.loads(answer)
    return figures | {"who": "python", "accounts": len(accounts), "postgres": cpu(server.pid) - served, "rss": memory(loop.pid, "VmRSS"),
                      "load": load()}


def tell(figures, label):
    n = figures["accounts"]
    print(f"{label:<9}{figures['who']:<9}{figures['seconds']:>8.2f} s{n / figures['seconds']:>9.0f} /s"
          f"{figures['cpu'] * 1000 / n:>9.2f} s/1000{figures['postgres'] * 1000 / n:>9.2f} s/1000"
          f"{figures['rss']:>8.0f} MB{figures['peak_mb']:>7.0f} MB   load {figures['load']:.1f}"
          + ("" if n == len(accounts) else f"  only {n:.0f} accounts in time")
          + ("  (busy machine)" if figures["load"] > 2 else ""), flush=True)


async def start_simulator():
    real = dt.datetime.now(IST)
    simulator = start([programs / "sharekhan-simulator", "--accounts", wanted.accounts, "--clock",
                       f"{BEGIN}@{real.isoformat()}", "--exit-with-parent"], "simulator.log", text=True,
                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    port = simulator.stdout.readline().rpartition(":")[2].strip()
    return f"http://127.0.0.1:{port}/skapi", real


def start_loop(broker):
    settings = {"day": DAY, "concurrency": wanted.concurrency, "connections": wanted.connections, "api_key": KEY,
                "base": broker, "accounts": str(home / "accounts.json"), "dsn": URL}
    return start([sys.executable, pathlib.Path(__file__).with_name("python_loop.py"), json.dumps(settings)], "loop.log",
                 text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


async def measure(db, daemon, server, loop):
    """The first turn of each brings every fill of the day and is no ordinary one; it is told apart."""
    told = {"muhurat": [], "python": []}
    for turn in range(wanted.repeats + 1):
        figures = []
        if wanted.only != "theirs": figures.append(await ours(db, daemon, server))
        if wanted.only != "ours": figures.append(theirs(loop, server))
        for one in figures:
            tell(one, f"turn {turn}" if turn else "first")
            if turn: told[one["who"]].append(one)
    print("medians:")
    medians = {who: {key: statistics.median(t[key] for t in turns) for key in turns[0] if key != "who"} | {"who": who}
               for who, turns in told.items() if turns}
    for one in medians.values(): tell(one, "")
    counts = await db.fetchrow("select (select count(*) from desk.position where closed_at is null) as ours,"
                               " (select count(*) from loop.position where closed_at is null) as theirs,"
                               " (select count(*) from desk.fill) as our_fills, (select count(*) from loop.fill) as their_fills")
    print("rows kept: " + ", ".join(f"{k} {v}" for k, v in counts.items()))
    if len(medians) == 2:
        a, b = medians["muhurat"], medians["python"]
        def rate(one, *parts): return one["accounts"] / sum(one[p] for p in parts)
        both = "cpu", "postgres"
        print(f"accounts per CPU second of the client: {rate(a, 'cpu') / rate(b, 'cpu'):.2f} times the Python loop's;"
              f" with PostgreSQL's CPU {rate(a, *both) / rate(b, *both):.2f} times")
    peaks = [t["peak_mb"] for t in told["muhurat"]]
    if peaks: print("peak memory of serve after each turn: " + ", ".join(f"{p:.0f} MB" for p in peaks))


async def main():
    server = start_postgres()
    broker, real = await start_simulator()
    (home / "muhurat.yaml").write_text(f"mode: paper\ncalendars: {source}/config/calendars\n")
    subprocess.run([programs / "muhurat", "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL,
                   stdin=subprocess.DEVNULL)
    db = await asyncpg.connect(URL)
    await db.execute("insert into jobs.clock (origin, started_at, speed) values ($1, $2, 1)",
                     dt.datetime.fromisoformat(BEGIN), real)
    daemon = await start_daemon(db, broker)
    loop = start_loop(broker)
    await measure(db, daemon, server, loop)
    await db.close()


try:
    print(f"load {load():.1f}; {wanted.accounts} accounts, {wanted.positions} positions each; at once"
          f" {wanted.concurrency}, connections {wanted.connections}, fsync {wanted.fsync}"
          + ("  WARNING: the machine is busy, times say little" if load() > 2 else ""), flush=True)
    print("                 wall    accounts  CPU of client  PostgreSQL's   memory   peak")
    asyncio.run(main())
finally:
    # The server, which was started first, last.
    for child in reversed(children):
        child.send_signal(signal.SIGINT if child is children[0] else signal.SIGTERM)
        try:
            child.wait(timeout=20)
        except subprocess.TimeoutExpired:
            child.kill()
    if wanted.keep: print(f"kept: {home}")
    else: shutil.rmtree(home, ignore_errors=True)
