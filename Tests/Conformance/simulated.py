"""What both clients share: the simulator as a child program, its clock, and a check that says what it saw."""

import json
import pathlib
import subprocess
import sys
import urllib.request

KEY = "TESTAPIKEY0001"
SECRET = "SIMULATED-SECRET-KEY-FOR-TESTS!!"
CUSTOMER = 1000001
MORNING = "2026-07-09T11:00:00+05:30"


class Simulator:
    def __init__(self, *options):
        program = pathlib.Path(__file__).parents[2] / ".build/debug/sharekhan-simulator"
        self.child = subprocess.Popen(
            [program, "--api-key", KEY, "--clock", MORNING, "--speed", "0", "--heartbeat", "0.5",
             "--exit-with-parent", *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.child.stdout.readline()
        self.port = int(line.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.terminate()
        assert self.child.wait(10) == 0, "the simulator did not stop in peace"

    def control(self, path, value):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/simulator/{path}", json.dumps(value).encode(), method="POST")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as answer:
            return json.load(answer)

    def move(self, clock):
        """Sets the clock of 2026-07-09 to HH:MM:SS; it stands still there."""
        self.control("clock", {"now": f"2026-07-09T{clock}+05:30", "speed": 0})


class Checks:
    def __init__(self):
        self.passed = 0
        self.failed = []

    def __call__(self, sentence, holds, seen=""):
        if holds:
            self.passed += 1
        else:
            self.failed.append(sentence)
            print(f"  not so: {sentence}\n    saw: {str(seen)[:600]}", file=sys.stderr)

    def same(self, sentence, seen, wanted):
        self(sentence, seen == wanted, f"{seen!r}, wanted {wanted!r}")

    def conclude(self, who):
        print(f"{who}: {self.passed} of {self.passed + len(self.failed)} checks hold")
        raise SystemExit(1 if self.failed or not self.passed else 0)
