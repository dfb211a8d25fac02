"""A first run from the checkout as it is: start, sign in, see the week, Ctrl-C, nothing left.

Run as a program by the gate; ends with an error as soon as something is not as promised.
"""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.serving.processes import Process, alive, free_port
from tests.serving.visitor import demo_accounts, sign_in, visitor

READY_SECONDS = 420
STOP_SECONDS = 40


def those_of(home: Path) -> list[psutil.Process]:
    """Every process of the machine that works on this home."""
    found = []
    for process in psutil.process_iter():
        try:
            works_here = str(home) in " ".join(process.cmdline())
            if works_here or process.environ().get("MIKAGE_HOME") == str(home):
                found.append(process)
        except psutil.Error:
            continue
    return [process for process in alive(found) if process.pid != os.getpid()]


def look_around(origin: str, home: Path) -> None:
    """Sign in with the first account of the demonstration and open the organisation's week."""
    account = demo_accounts(home)[0]
    with visitor(origin) as client:
        sign_in(client, account["login"], account["password"])
        week = client.get("/schedule/organisation/week", follow_redirects=True)
        assert week.status_code == 200, f"the week of the organisation answers {week.status_code}"
        assert "</html>" in week.text


def run_once(command: list[str], home: Path, port: int) -> float:
    """One start and one Ctrl-C; gives the seconds until the service was ready."""
    origin = f"http://127.0.0.1:{port}"
    began = time.monotonic()
    environment = {"MIKAGE_HOME": str(home), "PORT": str(port), "DATABASE_URL": ""}
    with Process(command, environment) as service:
        service.wait_for(f"ready {origin}", READY_SECONDS)
        seconds = time.monotonic() - began
        look_around(origin, home)
        family = [psutil.Process(service.popen.pid), *service.children(), *those_of(home)]
        service.interrupt()
        service.popen.wait(STOP_SECONDS)
    left = [*alive(family), *those_of(home)]
    assert not left, f"still running: {left}"
    return seconds


def main() -> int:
    home = Path(tempfile.mkdtemp(prefix="mikage-first-run-"))
    home.chmod(0o755)
    try:
        for name in ("first", "second"):
            seconds = run_once(["make", "run"], home, free_port())
            sys.stdout.write(f"{name} start: ready after {seconds:.1f} s, signed in, stopped, nothing left\n")
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
