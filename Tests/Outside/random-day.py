#!/usr/bin/env python3
"""A trading day in some minutes, with everything that can happen to a daemon happening to two of them.

Daemons are killed, frozen, stopped and started again; PostgreSQL crashes; jobs are paused, resumed, edited, taken
away and put back; slots are run by hand and by timers. Then the slots that were due are reckoned here, from the
dates of the edits alone, and compared with the ledger: each has exactly one decision, each decided `run` its run,
each success its effect, once. Of fifty slots `muhurat why` is asked and must say what the tables say.

usage: random-day.py PATH-OF-MUHURAT [--seed N] [--speed N] [--from HH:MM] [--to HH:MM] [--keep]
"""
import argparse, datetime as dt, json, pathlib, random, re, signal, subprocess, sys, time

from postgres import PostgreSQL
import programs

arguments = argparse.ArgumentParser()
arguments.add_argument("muhurat")
arguments.add_argument("--seed", type=int, default=1)
arguments.add_argument("--speed", type=int, default=120)
arguments.add_argument("--from", dest="begin", default="09:05")
arguments.add_argument("--to", dest="end", default="15:40")
arguments.add_argument("--keep", action="store_true", help="leave the folder and print where it is")
wanted = arguments.parse_args()
chance = random.Random(wanted.seed)

IST = dt.timezone(dt.timedelta(hours=5, minutes=30))
DAY = "2026-07-09"
BEGIN = dt.datetime.fromisoformat(f"{DAY}T{wanted.begin}:00+05:30")
END = dt.datetime.fromisoformat(f"{DAY}T{wanted.end}:00+05:30")
OPEN, CLOSE = (dt.datetime.fromisoformat(f"{DAY}T{t}:00+05:30") for t in ("09:15", "15:30"))

problems = []
home = programs.folder("random-day.", kept=lambda: wanted.keep or problems)
source = pathlib.Path(__file__).resolve().parents[2]
muhurat = str(pathlib.Path(wanted.muhurat).resolve())
for name in ("jobs", "credentials", "runtime"):
    (home / name).mkdir(mode=0o700)


def problem(text):
    problems.append(text)
    print(f"problem: {text}", flush=True)


server = PostgreSQL(home / "postgres")
rows = server.rows


# MARK: jobs, each version with the slots it promises

def instants(first, last, step):
    """The grid counted from the Unix epoch, first < slot <= last."""
    seconds = step.total_seconds()
    number = int(first.timestamp() // seconds) + 1
    while number * seconds <= last.timestamp():
        yield dt.datetime.fromtimestamp(number * seconds, IST)
        number += 1


def every(seconds):
    def slots(first, last):
        return list(instants(first, last, dt.timedelta(seconds=seconds)))
    return f"{{ every: {seconds}s, during: {{ market: nse-cash, phases: [continuous] }} }}", slots


def minutely(step):
    def slots(first, last):
        return [t for t in instants(first, last, dt.timedelta(minutes=1))
                if t.minute % step == 0 and 9 <= t.hour <= 15]
    return f'{{ cron: "*/{step} 9-15 * * mon-fri", timezone: Asia/Kolkata }}', slots


def at(text, moment):
    def slots(first, last):
        return [moment] if first < moment <= last else []
    return text, slots


SQL = "insert into effects select current_setting('muhurat.job'), current_setting('muhurat.run')::bigint;\n"
(home / "jobs/effect.sql").write_text(SQL)
script = "sql: effect.sql\ntimeout: 10s\nretry: { attempts: 3, backoff: 1s..2s }\n"
program = 'command: [/bin/sh, -c, "sleep 2"]\ntimeout: 10s\n'
JOBS = {
    "fast": (script + "misfire: latest\nexpires_after: 5m\n", [every(30), every(60), every(45)]),
    "each": (script + "misfire: all\nexpires_after: 3h\n", [every(300), every(600)]),
    "cron": (script + "misfire: skip\nexpires_after: 10m\n", [minutely(7), minutely(10)]),
    "asks": (script + "misfire: ask\nexpires_after: 1h\n", [every(240), every(420)]),
    "slow": (program + "misfire: latest\noverlap: queue-one\nexpires_after: 20m\n", [every(180), every(240)]),
    "skips": (program + "misfire: latest\noverlap: skip\nexpires_after: 20m\nidempotent: true\n", [every(120)]),
    "once": (script + "misfire: latest\nexpires_after: 3h\n", [
        at('{ at: "10:30", timezone: Asia/Kolkata }', OPEN + dt.timedelta(minutes=75)),
        at('{ at: "11:00", timezone: Asia/Kolkata }', OPEN + dt.timedelta(minutes=105))]),
    "near-close": (script + "misfire: latest\nexpires_after: 1h\n", [
        at("{ at: close-15m, during: { market: nse-cash } }", CLOSE - dt.timedelta(minutes=15))]),
}
versions = {}


def write(job):
    body, schedules = JOBS[job]
    text, slots = chance.choice(schedules)
    label = f"version {len(versions)}"
    versions[label] = slots
    (home / f"jobs/{job}.yaml").write_text(f"description: {label}\n{body}schedule: {text}\n")


# MARK: daemons

environment = programs.surroundings(home, server)
(home / "muhurat.yaml").write_text(
    f"mode: paper\ncalendars: {source}/config/calendars\ncredentials: {home}/credentials\n"
    f"runtime: {home}/runtime\nreports: {{ directory: {home}/reports }}\n")
daemons = [None, None]
done = {}


def note(what):
    done[what] = done.get(what, 0) + 1


def start(number):
    daemons[number] = programs.start(
        [muhurat, "serve", "--listen", "off"], home / f"serve-{number}.log", env=environment)


def command(*words, within=40):
    """What an operator types. It may find the database away; then it says so and nothing was done."""
    answer = subprocess.run([muhurat, *words], env=environment, capture_output=True, text=True, timeout=within)
    note(f"{words[0]} ended {answer.returncode}")
    if answer.returncode not in (0, 1, 65, 69, 75, 76):
        problem(f"muhurat {' '.join(words)} ended {answer.returncode}: {answer.stderr[-400:]}")
    return answer


def kill():
    number = chance.randrange(2)
    daemons[number].send_signal(signal.SIGKILL)
    daemons[number].wait()
    time.sleep(chance.choice([0, 1, 6]))
    start(number)


def leave():
    number = chance.randrange(2)
    daemons[number].send_signal(signal.SIGTERM)
    if daemons[number].wait(timeout=90) != 0:
        problem(f"a daemon that was told to leave ended {daemons[number].returncode}")
    start(number)


def freeze():
    daemon = chance.choice(daemons)
    daemon.send_signal(signal.SIGSTOP)
    time.sleep(chance.choice([2, 8, 15]))
    daemon.send_signal(signal.SIGCONT)


def freeze_both():
    for daemon in daemons: daemon.send_signal(signal.SIGSTOP)
    time.sleep(chance.choice([3, 14]))
    for daemon in daemons: daemon.send_signal(signal.SIGCONT)


def crash_server():
    server.crash()
    time.sleep(chance.choice([0, 3]))
    server.start()


def hears_hangups(daemon):
    """Before a program has come to its first line, a hang-up ends it, whatever it is going to say about it."""
    if daemon.poll() is not None: return True
    status = pathlib.Path(f"/proc/{daemon.pid}/status").read_text()
    return int(re.search(r"SigCgt:\s+(\w+)", status)[1], 16) & 1


def reload():
    for daemon in daemons:
        programs.until("a daemon hears SIGHUP", lambda: hears_hangups(daemon), within=30, every=0.01)
        daemon.send_signal(signal.SIGHUP)


def edit():
    write(chance.choice(list(JOBS)))
    reload()


def take_away():
    job = chance.choice(["each", "cron", "skips"])
    (home / f"jobs/{job}.yaml").unlink(missing_ok=True)
    reload()
    time.sleep(chance.choice([1, 5]))
    write(job)
    reload()


def spoil():
    """An edit with an error keeps the old plan."""
    job = chance.choice(list(JOBS))
    path = home / f"jobs/{job}.yaml"
    if not path.exists(): return
    kept = path.read_text()
    path.write_text(kept + "shedule: nonsense\n")
    reload()
    time.sleep(2)
    path.write_text(kept)
    reload()


def pause():
    command("pause", chance.choice(list(JOBS)), "--reason", "a drill", "--until", chance.choice(["10m", "40m", "2h"]))


def resume():
    paused = rows("select name from jobs.job where paused_at is not null")
    if paused:
        command("resume", chance.choice(paused)["name"], "--reason", "drill over",
                "--paused", chance.choice(["skip", "latest", "all"]))


def approve():
    listed = command("approve", "--json")
    plans = json.loads(listed.stdout) if listed.returncode == 0 else []
    if plans:
        command("approve", plans[0]["plan"], "--reason", "drill", *chance.choice([[], [], ["--decline"]]))


def by_hand():
    command("run", chance.choice(["fast", "each", "slow", "once"]), "--reason", "drill")


def timer():
    command("run", chance.choice(["fast", "each", "cron", "asks"]), "--due")


def second_slot():
    old = rows("select job, due_at from jobs.slot where decision in ('missed', 'held') and job <> 'slow'"
               " order by random() limit 1")
    if old: command("run", old[0]["job"], "--slot", old[0]["due_at"], "--reason", "drill")


DEEDS = [kill, kill, leave, freeze, freeze_both, crash_server, edit, edit, take_away, spoil, pause, pause, resume,
         resume, approve, approve, by_hand, timer, timer, second_slot]


# MARK: the day

def now():
    return dt.datetime.fromisoformat(rows("select jobs.job_time() as now")[0]["now"])


def play():
    for job in JOBS: write(job)
    start(0)
    start(1)
    while now() < END:
        deed = chance.choice(DEEDS)
        note(deed.__name__)
        deed()
        time.sleep(chance.uniform(0, 2))
        for number, daemon in enumerate(daemons):
            if daemon.poll() is not None:
                problem(f"daemon {number} ended by itself with {daemon.returncode}")
                start(number)
    # Time stands still until everything that was due is decided and what was begun has ended.
    server.execute("update jobs.clock set not_after = jobs.job_time()")
    stood = now()
    try: programs.until("every run ended and every slot decided", lambda: not unended() and not undecided(stood), 120)
    except TimeoutError as error: problem(f"{error}; {unended()} runs, and slots of {undecided(stood)}")
    return stood


def unended():
    return rows("select count(*) as runs from jobs.run where state in ('running', 'cancelling')"
                " or (state = 'ready' and ready_at <= jobs.job_time())")[0]["runs"]


# MARK: the reckoning

def moment(text):
    return dt.datetime.fromisoformat(text).astimezone(IST)


def promised(stood):
    """Each job's slots, by the times at which its versions were loaded."""
    spans = rows("select f.job, f.since, r.definition->>'description' as version,"
                 " lead(f.since) over (partition by f.job order by f.since) as until"
                 " from jobs.in_force f left join jobs.job_revision r on r.job = f.job and r.revision = f.revision"
                 " order by f.job, f.since")
    due = {job: [] for job in JOBS}
    for span in spans:
        if span["version"] is None: continue
        until = moment(span["until"]) if span["until"] else stood
        due[span["job"]] += versions[span["version"]](moment(span["since"]), until)
    return due


def undecided(stood):
    through = {r["job"]: moment(r["decided_through"]) for r in rows("select job, decided_through from jobs.watermark")}
    # What is closed is told as one row when the market opens again.
    return [job for job, slots in promised(stood).items() if any(through[job] < t < CLOSE for t in slots)]


def check(stood):
    due = promised(stood)
    ledger = rows("select job, due_at, coalesce(through, due_at) as through, slots, decision, reason from jobs.slot"
                  " order by job, due_at")
    total = 0
    for job, slots in due.items():
        mine = [r for r in ledger if r["job"] == job]
        covered = 0
        for row in mine:
            inside = [t for t in slots if moment(row["due_at"]) <= t <= moment(row["through"])]
            covered += len(inside)
            if len(inside) != row["slots"]:
                problem(f"{job} {row['due_at']}: a row of {row['slots']} slots covers {len(inside)}: {row}")
        for one, next in zip(mine, mine[1:]):
            if moment(one["through"]) >= moment(next["due_at"]):
                problem(f"{job}: decided twice from {next['due_at']}")
        missing = [t for t in slots if t < CLOSE and not any(moment(r["due_at"]) <= t <= moment(r["through"]) for r in mine)]
        if missing: problem(f"{job}: {len(missing)} slots without a decision, the first {missing[0]}")
        total += len([t for t in slots if t < CLOSE])
        outside = [r for r in mine if r["decision"] == "closed"
                   and OPEN <= moment(r["due_at"]) < CLOSE and job not in ("once", "cron")]
        if outside: problem(f"{job}: closed while the market was open: {outside[0]}")
    for row in rows("select s.job, s.due_at from jobs.slot s where s.decision = 'run' and (select count(*) from"
                    " jobs.run r where r.job = s.job and r.due_at = s.due_at) <> 1"):
        problem(f"{row['job']} {row['due_at']}: decided run, and has not exactly one run")
    for row in rows("select r.id, r.job, r.state, count(e.run) as effects from jobs.run r left join effects e on"
                    " e.run = r.id where r.job not in ('slow', 'skips') group by r.id"
                    " having count(e.run) <> (r.state = 'succeeded')::int"):
        problem(f"run {row['id']} of {row['job']} {row['state']} with {row['effects']} effects")
    for row in rows("select name from jobs.lock where run is not null"):
        problem(f"lock {row['name']} is still held")
    print(f"{total} slots were due; decisions: " + ", ".join(
        f"{r['decision']} {r['n']}" for r in rows(
            "select decision, sum(slots) as n from jobs.slot group by 1 order by 2 desc")))
    print("runs: " + ", ".join(f"{r['trigger']} {r['state']} {r['n']}" for r in rows(
        "select trigger, state, count(*) as n from jobs.run group by 1, 2 order by 3 desc")))


RAN = {"succeeded": "ran", "failed": "ran and failed", "unknown": "unknown", "expired": "expired",
       "superseded": "superseded", "cancelled": "cancelled", "gated": "gated", "skipped": "skipped"}


def explain():
    """As many slots of each decision as there are, fifty in all."""
    picked = rows(
        "select * from (select s.job, s.due_at, s.decision, s.reason, r.state, r.reason as ended, r.trigger,"
        " row_number() over (partition by s.decision, r.state order by md5(s.job || s.due_at)) as nth"
        " from jobs.slot s left join jobs.run r on r.job = s.job and r.due_at = s.due_at) x order by nth limit 50")
    with open(home / "why.txt", "w") as told:
        for slot in picked:
            answer = subprocess.run([muhurat, "why", slot["job"], slot["due_at"], "--json"], env=environment,
                                    capture_output=True, text=True)
            sentence = json.loads(answer.stdout)["sentence"] if answer.returncode == 0 else answer.stderr
            told.write(f"{slot['decision']}/{slot['state']}: {sentence}\n    reason: {slot['reason']}"
                       f" | {slot['ended']}\n")
            words = [slot["ended"] or RAN[slot["state"]]] if slot["state"] not in (None, "succeeded") else (
                ["ran"] if slot["state"] else [slot["reason"]])
            for word in words:
                if word not in sentence:
                    problem(f"why {slot['job']} {slot['due_at']} ({slot['decision']}, {slot['state']}) does"
                                    f" not say \"{word}\": {sentence}")
    print(f"why was asked of {len(picked)} slots")


subprocess.run([muhurat, "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
server.execute("create table effects (job text, run bigint)")
server.execute(f"insert into jobs.clock (origin, started_at, speed) values ('{BEGIN.isoformat()}', clock_timestamp(),"
               f" {wanted.speed})")
stood = play()
check(stood)
explain()
print("done to it: " + ", ".join(f"{n} {what}" for what, n in sorted(done.items())))
for daemon in daemons: daemon.send_signal(signal.SIGTERM)
for daemon in daemons: daemon.wait(timeout=90)

print(f"seed {wanted.seed}: {'as promised' if not problems else f'{len(problems)} problems'}")
sys.exit(1 if problems else 0)
