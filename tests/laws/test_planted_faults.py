"""Law 12: faults planted in a copy of the house turn its tests red, every one of them (TR-L2)."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings

from tests.laws.faults import FAULTS, Fault
from tests.laws.house import ROOT

AT_ONCE = 2
PARTS = ["conftest.py", "pyproject.toml"]
TREES = ["mikage", "tests"]
SECONDS = 240
ALL_GREEN, SOME_RED = 0, 1


class House:
    """A copy of the house with a database of its own."""

    def __init__(self, place: Path, name: str) -> None:
        self.place, self.database = place, f"faults_{os.getpid()}_{name}"
        for tree in TREES:
            # Times stay as they were: what Python compiled of the original is good for the copy.
            shutil.copytree(ROOT / tree, place / tree)
        for part in PARTS:
            shutil.copy2(ROOT / part, place / part)

    def run(self, tests: Iterable[str], *switches: str) -> "subprocess.CompletedProcess[str]":
        """The tests in a process of their own; the database is kept from run to run."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
        return subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-x",
                "-p",
                "no:cacheprovider",
                "--tb=line",
                *switches,
                *tests,
            ],
            cwd=self.place,
            env=environment | {"DATABASE_URL": _address(self.database), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    @contextmanager
    def with_fault(self, fault: Fault) -> Iterator[None]:
        path = self.place / fault.file
        right = path.read_text(encoding="utf-8")
        path.write_text(right.replace(fault.right, fault.wrong), encoding="utf-8")
        yield
        path.write_text(right, encoding="utf-8")


def _address(database: str) -> str:
    return urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path=f"/{database}"))


def _remove(house: House) -> None:
    with psycopg.connect(_address("postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "test_{house.database}" WITH (FORCE)')


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[House]]:
    """Two copies in which every test that is named for a fault is green as long as there is none."""
    made = [House(tmp_path_factory.mktemp("house"), str(number)) for number in range(AT_ONCE)]
    named = sorted({test for fault in FAULTS for test in fault.noticed_by})
    # Each copy makes its database; one of them runs everything.
    with ThreadPoolExecutor(AT_ONCE) as threads:
        runs = list(threads.map(lambda pair: pair[0].run(pair[1], "--create-db", "--reuse-db"),
                                zip(made, [named, named[:1]], strict=True)))  # fmt: skip
    for run in runs:
        assert run.returncode == ALL_GREEN, run.stdout[-4_000:] + run.stderr[-2_000:]
    yield made
    for house in made:
        _remove(house)


def survivors(houses: Iterable[House], faults: Iterable[Fault]) -> list[str]:
    """Faults that no test noticed, or that kept the tests from running at all."""
    free: SimpleQueue[House] = SimpleQueue()
    for house in houses:
        free.put(house)

    def plant(fault: Fault) -> str:
        house = free.get()
        try:
            with house.with_fault(fault):
                run = house.run(fault.noticed_by, "--reuse-db")
        finally:
            free.put(house)
        if run.returncode == SOME_RED:
            return ""
        said = "nobody noticed" if run.returncode == ALL_GREEN else f"could not run: {run.stdout[-600:]}"
        return f"{fault.name}: {said}"

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return [line for line in threads.map(plant, faults) if line]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_line_a_fault_is_planted_in_stands_there_once(fault: Fault) -> None:
    assert (ROOT / fault.file).read_text(encoding="utf-8").count(fault.right) == 1
    assert fault.right != fault.wrong


def test_at_least_twenty_faults_are_planted() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 20


@pytest.mark.requirement("TR-L2")
def test_every_planted_fault_is_noticed(houses: list[House]) -> None:
    assert "\n".join(survivors(houses, FAULTS)) == ""


def test_a_fault_that_nobody_notices_is_found(houses: list[House]) -> None:
    """A change that means nothing must be told as a survivor, or the law would be blind."""
    idle = FAULTS[0]._replace(
        name="nothing", right="There is no third kind.", wrong="There is no third kind!"
    )
    assert survivors(houses, [idle]) == ["nothing: nobody noticed"]
