"""Writes sessions.txt: the trading days of the Indian exchanges as two published calendars have them.

    python3 -m venv /tmp/oracles && /tmp/oracles/bin/pip install exchange_calendars==4.13.2 pandas_market_calendars==5.5.0
    /tmp/oracles/bin/python Tests/Oracles/make-sessions.py > Tests/Oracles/sessions.txt

A line is a calendar, a month, the hours (in the exchange's own time) and the days of the month that have them.
"""

import collections
import importlib.metadata

import exchange_calendars
import pandas
import pandas_market_calendars

START, END, ZONE = "2024-01-01", "2026-12-31", "Asia/Kolkata"


def days(schedule, opens, closes):
    for date, row in schedule.iterrows():
        span = "-".join(f"{row[column].tz_convert(ZONE):%H:%M}" for column in (opens, closes))
        yield date, span


def tell(name, schedule):
    months = collections.defaultdict(list)
    for date, span in schedule:
        months[f"{date:%Y-%m}", span].append(date.day)
    for (month, span), dates in sorted(months.items()):
        print(name, month, span, *dates)


versions = ", ".join(
    f"{name} {importlib.metadata.version(name)}" for name in ("exchange_calendars", "pandas_market_calendars"))
print(f"# {versions}")
# Asked for earlier and later dates too, because the first and last of a calendar are its bounds.
bombay = exchange_calendars.get_calendar("XBOM", start="2023-12-01", end=END).schedule.loc[START:END]
tell("XBOM", days(bombay, "open", "close"))
national = pandas_market_calendars.get_calendar("NSE").schedule(pandas.Timestamp(START), pandas.Timestamp(END))
tell("NSE", days(national, "market_open", "market_close"))
