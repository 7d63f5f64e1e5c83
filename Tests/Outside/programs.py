"""Programs and folders of the drivers that test from outside, none of which outlives its driver."""
import atexit, os, pathlib, re, shutil, signal, subprocess, tempfile, threading, time


def folder(prefix, kept=lambda: False):
    """A folder that is gone when the driver ends, also by SIGINT or SIGTERM, unless it is `kept` to be looked into."""
    for number in (signal.SIGINT, signal.SIGTERM): signal.signal(number, leave)
    made = pathlib.Path(tempfile.mkdtemp(prefix=prefix))

    def part():
        if kept(): print(f"left in {made}")
        else: until(f"{made} is gone", gone, within=10)

    def gone():
        # What a program that was ended had started in turn may still write there for a moment.
        shutil.rmtree(made, ignore_errors=True)
        return not made.exists()
    # What is registered last is called first: programs started later end before their folder goes.
    atexit.register(part)
    return made


def leave(number, frame):
    """Unwinds at the first signal; what tidies up is not disturbed by a second."""
    for ours in (signal.SIGINT, signal.SIGTERM): signal.signal(ours, lambda *_: None)
    raise SystemExit(128 + number)


def surroundings(home, database):
    """The environment of a muhurat at home in `home`: nothing leads it to another desk, its temporary files stay there."""
    ours = {k: v for k, v in os.environ.items()
            if not k.startswith(("PG", "MUHURAT", "DATABASE")) and not k.lower().endswith("_proxy")}
    return ours | {"DATABASE_URL": database.url, "MUHURAT_CONFIG": str(home / "muhurat.yaml"),
                   "MUHURAT_JOBS": str(home / "jobs"), "TMPDIR": str(home)}


class Program(subprocess.Popen):
    """A child whose words go to the end of a file. The kernel lets it go if its driver is killed."""

    def __init__(self, command, log, says=None, farewell=signal.SIGTERM, becoming=(), **more):
        self.name, self.log, self.farewell = pathlib.Path(command[0]).name, pathlib.Path(log), farewell
        self.wanted, self.found, self.told = says, None, threading.Event()
        words = ["setpriv", *becoming, "--pdeathsig", farewell.name[3:], "--", *map(str, command)]
        with open(log, "ab") as kept:
            super().__init__(words, **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE if says else kept,
                                       "stderr": subprocess.STDOUT if says else kept} | more)
        if says: threading.Thread(target=self._copy, daemon=True).start()

    def _copy(self):
        with open(self.log, "ab", buffering=0) as log:
            for line in self.stdout:
                log.write(line)
                if not self.told.is_set():
                    self.found = re.search(self.wanted, line.decode(errors="replace"))
                    if self.found: self.told.set()
        self.told.set()

    def has_said(self, within=30):
        """Waits for the line that it `says` when it is ready, and answers the match."""
        ended = self.told.wait(within)
        if self.found: return self.found
        raise self.failure(f"{'ended' if ended else f'ran {within} s'} and did not say \"{self.wanted}\"")

    def failure(self, how):
        return RuntimeError(f"{self.name} {how}:\n{self.log.read_text(errors='replace')[-2000:]}")

    def end(self, within=20):
        if self.poll() is not None: return
        self.send_signal(self.farewell)
        self.send_signal(signal.SIGCONT)
        try: self.wait(timeout=within)
        except subprocess.TimeoutExpired: self.kill()
        self.wait()


def start(command, log, says=None, within=30, **more):
    """A program that ends with the driver; with `says`, not before it has said such a line."""
    program = Program(command, log, says, **more)
    atexit.register(program.end)
    if says: program.has_said(within)
    return program


def until(what, condition, within, every=0.2):
    """Looks again and again, for what can only be looked at; whatever can be waited for is waited for."""
    end = time.monotonic() + within
    while not (found := condition()):
        if time.monotonic() > end: raise TimeoutError(f"{what}: not within {within} s")
        time.sleep(every)
    return found
