"""Programs started by a test: their output is read, and nothing of them outlives the test."""

import os
import queue
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(what: Callable[[], object], seconds: float, saying: str) -> None:
    limit = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < limit, saying
        time.sleep(0.05)


class Process:
    """A program in a session of its own, as a terminal would start it."""

    def __init__(
        self, command: Sequence[str | Path], environment: Mapping[str, str], *, is_talked_to: bool = False
    ) -> None:
        self.popen = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.PIPE if is_talked_to else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            env={**os.environ, **environment},
            start_new_session=True,
        )
        self.lines: list[str] = []
        self._coming: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end(signal.SIGTERM)

    def _read(self) -> None:
        assert self.popen.stdout
        for line in self.popen.stdout:
            self.lines.append(line.rstrip())
            self._coming.put(line.rstrip())
        self.popen.stdout.close()
        self._coming.put(None)

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def wait_for(self, word: str, seconds: float) -> str:
        """The first line that holds the word."""
        limit = time.monotonic() + seconds
        while True:
            try:
                line = self._coming.get(timeout=max(0.0, limit - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no {word!r} within {seconds} s:\n{self.output}") from None
            assert line is not None, f"ended without {word!r}:\n{self.output}"
            if word in line:
                return line

    def say(self, line: str) -> None:
        assert self.popen.stdin
        self.popen.stdin.write(f"{line}\n")
        self.popen.stdin.flush()

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.popen.pid).children(recursive=True)

    def interrupt(self) -> None:
        """Ctrl-C: the terminal tells every process of the foreground."""
        os.killpg(self.popen.pid, signal.SIGINT)

    def end(self, number: signal.Signals, seconds: float = 40) -> int:
        if self.popen.poll() is None:
            self.popen.send_signal(number)
        try:
            code = self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.popen.pid, signal.SIGKILL)
            self.popen.wait()
            raise
        finally:
            if self.popen.stdin:
                self.popen.stdin.close()
        self._reader.join(10)
        return code


def alive(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    """Those that still run; what has ended and was not yet collected counts as ended."""
    return [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
