"""The floors hold: no import goes up, sideways or around a policy, and each contract finds a planted one."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.laws.house import ROOT

KEPT, BROKEN = 0, 1
# What is planted, in which file, and a word of what must be said.
PLANTED = [
    ("sideways", "search/views.py", "from mikage.portal import policies", "Floors"),
    ("upwards", "directory/policies/people.py", "from mikage.schedule import policies", "Floors"),
    ("to a service", "schedule/policies/entries.py", "from mikage.schedule import services", "Rooms"),
    ("to a model", "schedule/views/boards.py", "from mikage.schedule import models", "Views"),
    (
        "to accounts, inside a function",
        "schedule/services/entries.py",
        "def planted() -> None:\n    from mikage.identity import policies",
        "accounts",
    ),
    ("to foreign views", "search/findings.py", "from mikage.directory import views", "Front doors"),
    ("a room that stands nowhere", "memos/__init__.py", "", "memos"),
]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the sources, without what has nothing to do with imports."""
    shutil.copytree(
        ROOT / "mikage",
        tmp_path / "mikage",
        ignore=shutil.ignore_patterns("__pycache__", "static", "templates", "locale"),
    )
    shutil.copy2(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(place: Path) -> "subprocess.CompletedProcess[str]":
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-cache", "--no-logo"],
        cwd=place,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def told(said: str) -> list[str]:
    """The contracts that are broken, or what kept them from being asked."""
    lines = [line for line in said.splitlines() if line.strip()]
    return [line for line in lines if line.rstrip().endswith("BROKEN")] or lines


def test_every_contract_is_kept(house: Path) -> None:
    run = lint(house)
    assert run.returncode == KEPT, run.stdout


@pytest.mark.parametrize(("way", "file", "line", "contract"), PLANTED, ids=[each[0] for each in PLANTED])
def test_an_import_on_a_forbidden_way_is_found(
    house: Path, way: str, file: str, line: str, contract: str
) -> None:
    path = house / "mikage" / file
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as source:
        source.write(f"\n\n{line}\n")
    run = lint(house)
    assert run.returncode == BROKEN, run.stdout + run.stderr
    assert contract in "\n".join(told(run.stdout))
