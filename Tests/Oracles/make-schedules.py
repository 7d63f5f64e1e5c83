"""Writes schedules.txt: random cron expressions, zones and instants, and the slots that two other
implementations give for them: croniter and `systemd-analyze calendar`.

    python3 -m venv /tmp/oracles && /tmp/oracles/bin/pip install croniter==7.0.0
    /tmp/oracles/bin/python Tests/Oracles/make-schedules.py > Tests/Oracles/schedules.txt

A line has five fields, separated by '|': the expression, the zone, the start in UTC, croniter's next
slots in minutes after that start's minute, and systemd's, '=' where they are the same. What is left out,
because the implementations are known to differ, stands in Tests/JobsTests/OtherCronsTests.swift.
"""

import argparse
import collections
import concurrent.futures
import datetime
import heapq
import importlib.metadata
import os
import random
import re
import subprocess
import sys
import zoneinfo

import croniter

UTC = datetime.timezone.utc
RANGES = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)]
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
DAYS = "sun mon tue wed thu fri sat".split()
ZONES = [
    "Africa/Casablanca", "America/New_York", "America/St_Johns", "Asia/Kathmandu", "Asia/Kolkata",
    "Asia/Tokyo", "Australia/Lord_Howe", "Europe/London", "Pacific/Chatham", "UTC",
]
WATCHED = [
    "Africa/Casablanca", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Europe/London",
]
Case = collections.namedtuple("Case", "fields zone start count")


def number(field, value, draw):
    if field == 3 and draw.random() < 0.2:
        return MONTHS[value - 1]
    if field == 4 and draw.random() < 0.4:
        return DAYS[value]
    if field == 4 and value == 0 and draw.random() < 0.3:
        return "7"
    return str(value)


def part(field, draw):
    low, high = RANGES[field]
    kind = draw.randrange(4)
    first = draw.randint(low, high - 1)
    last = draw.randint(first + 1, high)
    if kind == 0:
        return number(field, draw.randint(low, high), draw)
    if kind == 1:
        return f"{first}-{last}"
    if kind == 2:
        return f"{first}-{last}/{draw.randint(1, 5)}"
    # `3/2` of a weekday counts to Sunday here and to Saturday there.
    return f"{first}/{draw.randint(1, high - low)}" if field != 4 else number(field, first, draw)


def any_field(field, draw, stars=0.3):
    if draw.random() < stars:
        return "*"
    if draw.random() < 0.25:
        return f"*/{draw.randint(1, RANGES[field][1])}"
    return ",".join(part(field, draw) for _ in range(draw.randint(1, 3)))


def special(fields, draw):
    """Puts an L or a # into the day fields."""
    if draw.random() < 0.4:
        fields[2] = draw.choice(["L", "l", f"{draw.randint(1, 28)},L", f"{draw.randint(20, 30)}-L",
                                 f"L,{draw.randint(1, 20)}", f"{draw.randint(10, 29)}-L/2"])
        if draw.random() < 0.5:
            fields[4] = "*"
        return
    fields[2] = draw.choice(["*", "*", "*", "*/2", "*/3"])
    days = []
    for _ in range(draw.randint(1, 2)):
        first, last = sorted(draw.sample(range(7), 2))
        days.append(draw.choice([
            f"{DAYS[draw.randrange(7)]}#{draw.randint(1, 5)}", f"{draw.randrange(8)}#{draw.randint(1, 5)}",
            f"{DAYS[first]}-{DAYS[last]}#{draw.randint(1, 4)}", f"L{draw.randrange(8)}",
            f"l{draw.randrange(7)}"]))
    fields[4] = ",".join(days)


def cases(draw, plain, specials, nights):
    start = datetime.datetime(2024, 1, 1, tzinfo=UTC)
    def when():
        return start + datetime.timedelta(seconds=draw.randrange(4 * 366 * 86_400 // 30) * 30)
    for index in range(plain + specials):
        fields = [any_field(field, draw) for field in range(5)]
        if index >= plain:
            special(fields, draw)
        yield Case(fields, draw.choice(ZONES), when(), 3)
    for _ in range(nights):
        zone = draw.choice(WATCHED)
        hour = draw.choice(["*", "1", "2", "1,2", "0-3", "1-3/2", "*/2", "2,14", str(draw.randrange(24))])
        minute = draw.choice(["*", "*/5", "*/7", "0", "15", "30", "45", "0,30", "15,45", "10-50/20",
                              str(draw.randrange(60))])
        weekday = draw.choice(["*", "*", "*", "*", "sun", "sat,sun,mon", "L0", "sun#2"])
        at = draw.choice(changes(zone)) + datetime.timedelta(minutes=draw.randrange(-3 * 1_440, 720))
        yield Case([minute, hour, "*", "*", weekday], zone, at, 5)


def changes(name, known={}):
    """The hours of 2024 to 2027 in which a zone's offset changes; Mondays where it never does."""
    if name not in known:
        zone = zoneinfo.ZoneInfo(name)
        hours = [datetime.datetime(2024, 1, 1, tzinfo=UTC) + datetime.timedelta(hours=n) for n in range(4 * 8_766)]
        found = [b for a, b in zip(hours, hours[1:])
                 if a.astimezone(zone).utcoffset() != b.astimezone(zone).utcoffset()]
        known[name] = found or hours[::24 * 7]
    return known[name]


def by_croniter(case):
    zone = zoneinfo.ZoneInfo(case.zone)
    # With `implement_cron_bug` a day field that begins with a star restricts, as in Vixie's cron.
    walk = croniter.croniter(" ".join(case.fields), case.start.astimezone(zone), implement_cron_bug=True)
    return [datetime.datetime.fromtimestamp(walk.get_next(float), UTC) for _ in range(case.count)]


def numbers(field, text):
    text = text.lower()
    for index, word in enumerate(MONTHS if field == 3 else DAYS if field == 4 else []):
        text = text.replace(word, str(index + (field == 3)))
    low, high = RANGES[field]
    found = set()
    for piece in text.split(","):
        span, _, step = piece.partition("/")
        first, _, last = span.partition("-")
        if span == "*":
            first, last = low, high
        elif last == "l":
            last = high
        elif not last:
            last = high if step else first
        found |= set(range(int(first), int(last) + 1, int(step or 1)))
    return sorted({n % 7 for n in found} if field == 4 else found)


def for_systemd(case):
    """The same dates as systemd's OnCalendar says them; their union where one cannot say it."""
    minute, hour, day, month, weekday = case.fields
    clock = ",".join(map(str, numbers(1, hour))) + ":" + ",".join(map(str, numbers(0, minute)))
    months = ",".join(map(str, numbers(3, month)))
    pieces = day.lower().split(",")
    plain = ",".join(piece for piece in pieces if piece != "l")
    days = numbers(2, plain) if plain else []
    dates = ["-" + ",".join(map(str, days))] if days else []
    if "l" in pieces:
        dates.append("~1")
    names = []
    for piece in weekday.lower().split(","):
        if "#" in piece:
            span, _, place = piece.partition("#")
            week = [n for n in range(7 * int(place) - 6, min(7 * int(place), 31) + 1) if n in days]
            if week:
                names.append((numbers(4, span), ["-" + ",".join(map(str, week))]))
        elif piece.startswith("l"):
            if day != "*":
                return None
            names.append((numbers(4, piece[1:]), ["~7/1"]))
    either = not day.startswith("*") and not weekday.startswith("*")
    if not names:
        wanted = numbers(4, weekday)
        names = [(range(7), dates), (wanted, ["-*"])] if either else [(wanted, dates)]
    return [f"{','.join(DAYS[n].title() for n in wanted)} *-{months}{date} {clock}:00 {case.zone}"
            for wanted, dates in names for date in dates]


def by_systemd(case):
    lines = for_systemd(case)
    if lines is None:
        return None
    slots = []
    for line in lines:
        answer = subprocess.run(
            ["systemd-analyze", "calendar", f"--iterations={case.count}",
             f"--base-time={case.start:%Y-%m-%d %H:%M:%S} UTC", line],
            capture_output=True, text=True, env={**os.environ, "TZ": "UTC"})
        if answer.returncode:
            raise SystemExit(f"systemd refuses {line!r}: {answer.stderr}")
        found = re.findall(r"(?:Next elapse|Iter(?:ation|\.) #\d+): \w+ (\S+ \S+) UTC", answer.stdout)
        slots.append([datetime.datetime.fromisoformat(text).replace(tzinfo=UTC) for text in found])
    merged = []
    for slot in heapq.merge(*slots):
        if slot not in merged:
            merged.append(slot)
    return merged[:case.count]


def shown(case, slots):
    minute = case.start.replace(second=0)
    return " ".join(str(int((slot - minute).total_seconds()) // 60) for slot in slots)


def line(case):
    try:
        ours = by_croniter(case)
    except (croniter.CroniterBadDateError, AssertionError):
        return None
    systemd = by_systemd(case)
    theirs = "-" if systemd is None else "=" if systemd == ours else shown(case, systemd)
    return "|".join([" ".join(case.fields), case.zone, f"{case.start:%Y-%m-%dT%H:%M:%SZ}",
                     shown(case, ours), theirs])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--plain", type=int, default=2400)
    parser.add_argument("--specials", type=int, default=900)
    parser.add_argument("--nights", type=int, default=1200)
    arguments = parser.parse_args()
    draw = random.Random(arguments.seed)
    wanted = list(cases(draw, arguments.plain, arguments.specials, arguments.nights))
    version = subprocess.run(["systemd-analyze", "--version"], capture_output=True, text=True).stdout.split("(")[0].strip()
    print(f"# seed {arguments.seed}; croniter {importlib.metadata.version('croniter')}; {version}")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        lines = [text for text in pool.map(line, wanted) if text]
    print("\n".join(lines))
    print(f"{len(lines)} of {len(wanted)} cases written", file=sys.stderr)


main()
