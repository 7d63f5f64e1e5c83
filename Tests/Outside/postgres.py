"""A PostgreSQL of a driver's own."""
import atexit, decimal, json, os, pathlib, shutil, signal, subprocess

from programs import Program, start

SERVER_USER = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"]


class PostgreSQL:
    """Lives in `folder`, reached by a socket there, and logs beside it. It is stopped when the driver ends.

    It refuses to run as root, so as root it becomes nobody.
    """

    def __init__(self, folder, fsync="off"):
        self.folder, self.log, self.fsync = folder, folder.with_suffix(".log"), fsync
        self.url = f"postgresql://desk@/postgres?host={folder}"
        self.server = None
        self.becoming = SERVER_USER if os.getuid() == 0 else []
        installed = list(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not installed: raise RuntimeError("no /usr/lib/postgresql/*/bin/initdb; `make dependencies` installs it")
        self.programs = max(installed, key=lambda path: int(path.parts[4])).parent
        folder.mkdir()
        if self.becoming:
            folder.parent.chmod(0o711)
            shutil.chown(folder, "nobody")
        initdb = start([self.programs / "initdb", "-D", folder / "data", "-U", "desk", "--auth=trust", "--encoding=UTF8",
                        "--locale=C", "--no-sync"], self.log, becoming=self.becoming)
        if initdb.wait() != 0: raise initdb.failure(f"ended {initdb.returncode}")
        # Here and not at each start: it is to be stopped after all that was started to use it.
        atexit.register(self.stop)
        self.start()

    def start(self):
        self.server = Program(
            [self.programs / "postgres", "-D", self.folder / "data", "-k", self.folder, "-c", "listen_addresses=",
             "-c", f"fsync={self.fsync}"], self.log, says="ready to accept connections", farewell=signal.SIGINT,
            becoming=self.becoming)
        self.server.has_said()

    def crash(self):
        """Ends at once, as in a power cut."""
        self.server.send_signal(signal.SIGQUIT)
        self.server.wait()

    def stop(self):
        if self.server: self.server.end()

    def execute(self, sql):
        """Answers what was asked for as text."""
        done = subprocess.run([self.programs / "psql", "-qAtX", "-v", "ON_ERROR_STOP=1", self.url, "-c", sql],
                              capture_output=True, text=True)
        if done.returncode != 0: raise RuntimeError(f"{sql}: {done.stderr}")
        return done.stdout

    def rows(self, sql):
        """Answers as JSON objects."""
        return json.loads(self.execute(f"select coalesce(json_agg(x), '[]') from ({sql}) x"), parse_float=decimal.Decimal)

    def dump(self):
        return subprocess.run([self.programs / "pg_dump", self.url], capture_output=True, check=True).stdout.decode(
            errors="replace")
