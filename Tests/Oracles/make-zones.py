"""Writes zones.txt: what the wall shows around every change of clocks, by zdump and by Python's zoneinfo.

    python3 Tests/Oracles/make-zones.py > Tests/Oracles/zones.txt

A line is a zone, a moment in UTC, and the wall at it: date, time, offset in seconds, name. The two
sources must agree, or nothing is written.
"""

import datetime
import re
import subprocess
import zoneinfo

UTC = datetime.timezone.utc
ZONES = [
    "Africa/Casablanca", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Europe/London",
]
LINE = re.compile(r"\S+\s+\w+ (\w+ +\d+ \S+ \d+) UT = \w+ (\w+ +\d+ \S+ \d+) (\S+) isdst=\d gmtoff=(-?\d+)")


def read(text):
    return datetime.datetime.strptime(text, "%b %d %H:%M:%S %Y")


def moments(zone):
    answer = subprocess.run(["zdump", "-v", "-c", "2024,2028", zone], capture_output=True, text=True, check=True)
    for moment, wall, name, offset in LINE.findall(answer.stdout):
        if 2024 <= read(moment).year < 2028:
            yield read(moment).replace(tzinfo=UTC), read(wall), int(offset), name


def quiet(zone):
    """Where clocks never change: the same days as everywhere else."""
    for month in range(1, 13):
        moment = datetime.datetime(2026, month, 1, tzinfo=UTC)
        local = moment.astimezone(zoneinfo.ZoneInfo(zone))
        yield moment, local.replace(tzinfo=None), int(local.utcoffset().total_seconds()), local.tzname()


with open("/usr/share/zoneinfo/tzdata.zi") as file:
    print("# tzdata", file.readline().split()[-1])
for zone in ZONES:
    for moment, wall, offset, name in list(moments(zone)) or quiet(zone):
        local = moment.astimezone(zoneinfo.ZoneInfo(zone))
        assert (local.replace(tzinfo=None), local.utcoffset().total_seconds(), local.tzname()) == (wall, offset, name)
        print(zone, f"{moment:%Y-%m-%dT%H:%M:%SZ}", f"{wall:%Y-%m-%d %H:%M:%S}", offset, name)
