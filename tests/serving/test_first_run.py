"""`mikage serve`: ready when it says so, whole again after every death, gone after Ctrl-C."""

import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from mikage.config.processes import answers
from mikage.kernel.database import Server
from mikage.kernel.durability import check
from tests.serving.first_run import STOP_SECONDS, look_around, those_of
from tests.serving.processes import Process, alive, free_port, wait_until

pytestmark = pytest.mark.serving

MIKAGE = [sys.executable, "-m", "mikage.config.command"]
READY_SECONDS = 180


class Service:
    """An installation of its own, and the way to start it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"

    def start(self, *options: str, **environment: str) -> Process:
        given = {
            "MIKAGE_HOME": str(self.home),
            "PORT": str(self.port),
            "DATABASE_URL": "",
            "MIKAGE_DEMO_SIZE": "tests",
            **environment,
        }
        return Process([*MIKAGE, "serve", *options], given)

    def answers(self) -> bool:
        return answers(f"{self.origin}/login")

    def part(self, running: Process, name: str) -> psutil.Process:
        """The process that runs `mikage <name>`."""
        return next(child for child in running.children() if child.cmdline()[-1] == name)

    def postmaster(self) -> psutil.Process:
        return psutil.Process(int((Server(self.home).data / "postmaster.pid").read_text().splitlines()[0]))


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    home = Path(tempfile.mkdtemp(prefix="mikage-serve-"))
    home.chmod(0o755)
    yield Service(home)
    for process in those_of(home):
        process.kill()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def running(service: Service) -> Iterator[Process]:
    with service.start() as process:
        process.wait_for(f"ready {service.origin}", READY_SECONDS)
        yield process


def test_a_person_of_the_demonstration_signs_in_and_sees_the_week(service: Service, running: Process) -> None:
    look_around(service.origin, service.home)


def test_only_this_machine_is_answered(service: Service, running: Process) -> None:
    listening = [
        connection.laddr.ip
        for process in those_of(service.home)
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert listening == ["127.0.0.1"]


@pytest.mark.parametrize("name", ["web", "worker"])
def test_a_part_that_dies_is_started_again(service: Service, running: Process, name: str) -> None:
    dead = service.part(running, name)
    dead.kill()
    wait_until(lambda: not dead.is_running() or dead.status() == psutil.STATUS_ZOMBIE, 10, "it lives on")
    wait_until(
        lambda: any(child.cmdline()[-1:] == [name] for child in alive(running.children())),
        20,
        "not restarted",
    )
    wait_until(service.answers, 30, "no page after the restart")


def test_a_database_that_dies_is_started_again_with_its_data(service: Service, running: Process) -> None:
    dead = service.postmaster()
    dead.kill()
    wait_until(lambda: not check(Server(service.home).dsn), 30, "the database stays dead")
    assert service.postmaster().pid != dead.pid
    wait_until(service.answers, 30, "no page after the restart")
    look_around(service.origin, service.home)


@pytest.mark.requirement("TR-J11")
def test_a_second_service_on_the_same_home_explains_itself(service: Service, running: Process) -> None:
    with service.start(PORT=str(free_port())) as second:
        assert second.popen.wait(60) == 1
        assert str(running.popen.pid) in second.output
        assert "Traceback" not in second.output
    assert service.answers()


def test_an_address_without_tls_is_refused_in_words(service: Service, running: Process) -> None:
    with service.start(MIKAGE_ORIGIN="http://groupware.example.lg.jp") as process:
        assert process.popen.wait(60) == 1
        assert "https://" in process.output
        assert "Traceback" not in process.output


def test_the_parts_end_when_the_supervisor_is_killed(service: Service, running: Process) -> None:
    parts = [service.part(running, "web"), service.part(running, "worker")]
    running.popen.send_signal(signal.SIGKILL)
    running.popen.wait(10)
    wait_until(lambda: not alive(parts), 30, "the parts live on")
    assert Server(service.home).is_running()


def test_ctrl_c_ends_everything_and_the_next_start_is_quick_and_keeps_the_data(service: Service) -> None:
    began = time.monotonic()
    # The database of the killed service above still runs; it is taken over.
    with service.start() as process:
        process.wait_for(f"ready {service.origin}", 60)
        assert time.monotonic() - began < 30
        look_around(service.origin, service.home)
        family = [psutil.Process(process.popen.pid), *process.children()]
        assert len(family) == 3
        process.interrupt()
        time.sleep(0.3)
        # Impatience changes nothing.
        process.interrupt()
        assert process.popen.wait(STOP_SECONDS) == 0
        assert "Traceback" not in process.output
    assert not alive(family)
    assert not those_of(service.home)


def test_a_taken_port_is_named(service: Service, port: int) -> None:
    with Process([sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"], {}) as other:
        wait_until(
            lambda: answers(f"http://127.0.0.1:{port}/README.md") or other.popen.poll(), 20, "no server"
        )
        with service.start(PORT=str(port)) as process:
            assert process.popen.wait(60) == 1
            assert str(port) in process.output
            assert "Traceback" not in process.output


@pytest.mark.requirement("TR-J11")
def test_a_stop_in_the_middle_of_the_first_run_leaves_nothing_and_the_next_run_completes(port: int) -> None:
    home = Path(tempfile.mkdtemp(prefix="mikage-cut-"))
    home.chmod(0o755)
    try:
        service = Service(home)
        with service.start() as process:
            wait_until((home / "demo-unfinished").exists, 60, "the demonstration is not begun")
            process.end(signal.SIGTERM)
        assert not those_of(home)
        with service.start() as process:
            process.wait_for(f"ready {service.origin}", READY_SECONDS)
            look_around(service.origin, home)
    finally:
        shutil.rmtree(home, ignore_errors=True)
