"""The embedded server: started once, stopped by the last, whole after every kind of end."""

import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from mikage.kernel.database import Server, Unusable
from mikage.kernel.durability import broken_promises, check

NOBODY = 65534


@pytest.fixture
def home() -> Iterator[Path]:
    # Not pytest's own folder: that one is closed to the database user.
    place = Path(tempfile.mkdtemp(prefix="mikage-test-"))
    place.chmod(0o755)
    yield place
    Server(place).stop()
    shutil.rmtree(place)


def remember(dsn: str, word: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (word text)")
        connection.execute("INSERT INTO note VALUES (%s)", [word])


def remembered(dsn: str) -> list[str]:
    with psycopg.connect(dsn) as connection:
        return [row[0] for row in connection.execute("SELECT word FROM note ORDER BY word")]


def postmaster(home: Path) -> psutil.Process:
    return psutil.Process(int((Server(home).data / "postmaster.pid").read_text().splitlines()[0]))


def kill(process: psutil.Process) -> None:
    """Like a power cut for the program: nobody gets to say anything."""
    process.suspend()
    for child in process.children():
        child.kill()
    process.kill()
    process.wait(10)


def test_a_second_start_is_quick_and_finds_the_data(home: Path) -> None:
    server = Server(home)
    remember(server.ensure_running(), "神戸")
    server.stop()
    assert not server.is_running()
    began = time.monotonic()
    assert remembered(server.ensure_running()) == ["神戸"]
    assert time.monotonic() - began < 5


def test_the_server_is_closed_to_the_network_and_to_other_users(home: Path) -> None:
    server = Server(home)
    server.ensure_running()
    assert not [c for c in postmaster(home).net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert server.data.stat().st_mode & 0o077 == 0
    assert server.sockets.stat().st_mode & 0o077 == 0


@pytest.mark.requirement("TR-J11")
def test_a_killed_server_starts_again_with_everything_that_was_confirmed(home: Path) -> None:
    server = Server(home)
    remember(server.ensure_running(), "confirmed")
    kill(postmaster(home))
    assert (server.data / "postmaster.pid").exists()
    assert not server.is_running()
    assert remembered(server.ensure_running()) == ["confirmed"]


@pytest.mark.requirement("TR-J11")
def test_a_pid_file_that_names_another_program_does_not_stop_the_start(home: Path) -> None:
    server = Server(home)
    server.ensure_running()
    server.stop()
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n")
    assert not server.is_running()
    server.ensure_running()


@pytest.mark.requirement("TR-J11")
def test_a_first_run_that_was_cut_off_begins_anew(home: Path) -> None:
    unfinished = home / "database.unfinished"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18")
    Server(home).ensure_running()
    assert not unfinished.exists()


@pytest.mark.requirement("TR-J11")
def test_many_starts_at_once_make_one_server_and_the_last_to_leave_stops_it(home: Path) -> None:
    found: list[str] = []
    all_in = threading.Barrier(4)

    def work() -> None:
        with Server(home).in_use() as dsn:
            found.append(dsn)
            all_in.wait(60)
            assert Server(home).is_running()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 4
    assert len(set(found)) == 1
    assert not Server(home).is_running()


def test_who_leaves_while_another_still_works_stops_nothing(home: Path) -> None:
    with Server(home).in_use():
        with Server(home).in_use():
            pass
        assert Server(home).is_running()
    assert not Server(home).is_running()


def test_ctrl_c_in_the_terminal_does_not_reach_the_server(home: Path) -> None:
    Server(home).ensure_running()
    assert os.getsid(postmaster(home).pid) != os.getsid(0)


def test_a_long_path_gets_a_short_socket(home: Path) -> None:
    deep = home / ("課" * 30) / ("x" * 60)
    server = Server(deep)
    server.ensure_running()
    assert len(os.fsencode(server.sockets)) < 80
    server.stop()
    shutil.rmtree(server.sockets)


def test_a_data_directory_of_another_version_is_refused_in_words(home: Path) -> None:
    server = Server(home)
    server.ensure_running()
    server.stop()
    (server.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(Unusable, match="17"):
        server.ensure_running()
    (server.data / "PG_VERSION").write_text("18\n")


def as_an_ordinary_user(work: Callable[[], None]) -> int:
    """Run in a process that is not root, and give its exit code."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_an_ordinary_user_runs_a_server_of_their_own(home: Path) -> None:
    place = home / "theirs"
    place.mkdir()
    if os.geteuid() == 0:
        os.chown(place, NOBODY, NOBODY)

    def work() -> None:
        with Server(place).in_use() as dsn:
            remember(dsn, "mine")
            assert remembered(dsn) == ["mine"]

    assert as_an_ordinary_user(work) == 0
    assert not Server(place).is_running()


def test_a_place_the_database_user_cannot_enter_is_named_in_the_sentence(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    place = closed / "var"
    if os.geteuid() == 0:
        with pytest.raises(Unusable) as caught:
            Server(place).ensure_running()
    else:
        # For an ordinary user nothing is closed that is their own; a directory of somebody else is.
        foreign = Server(place)
        foreign.data.mkdir(parents=True)
        monkeypatch.setattr(os, "geteuid", lambda: NOBODY)
        with pytest.raises(Unusable) as caught:
            foreign.ensure_running()
    assert str(place) in str(caught.value)


@pytest.mark.requirement("TR-J2")
def test_a_file_in_the_data_directory_cannot_weaken_what_the_database_promises(home: Path) -> None:
    server = Server(home)
    dsn = server.ensure_running()
    with psycopg.connect(dsn, autocommit=True) as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {name} = off")
    server.stop()
    server.ensure_running()
    assert check(dsn) == []


@pytest.mark.requirement("TR-J2")
def test_a_weaker_database_is_described_in_sentences(home: Path) -> None:
    dsn = Server(home).ensure_running()
    with psycopg.connect(dsn, autocommit=True) as connection:
        assert broken_promises(connection) == []
        connection.execute("SET synchronous_commit = off")
        assert len(broken_promises(connection)) == 1
        connection.execute(
            "CREATE DATABASE plain TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C' LOCALE 'C'"
        )
        connection.execute(
            "CREATE DATABASE narrow TEMPLATE template0 ENCODING 'EUC_JP' LOCALE 'C' LOCALE_PROVIDER libc"
        )
    assert len(check(dsn.replace("/mikage?", "/plain?"))) == 1
    assert len(check(dsn.replace("/mikage?", "/narrow?"))) >= 1
    Server(home).stop()
    assert len(check(dsn)) == 1


def test_the_end_of_the_starter_leaves_a_server_the_next_one_takes_over(home: Path) -> None:
    child = os.fork()
    if child == 0:
        with Server(home).in_use():
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert Server(home).is_running()
    with Server(home).in_use() as dsn:
        remember(dsn, "taken over")
    assert not Server(home).is_running()
