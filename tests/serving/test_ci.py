"""The gate turns red when any part of it does (TR-L1)."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def gate(stages: Path, **stage_bodies: str) -> subprocess.CompletedProcess[str]:
    stages.mkdir(exist_ok=True)
    for name, body in stage_bodies.items():
        script = stages / name
        script.write_text(f"#!/usr/bin/env bash\nset -euo pipefail\n{body}\n")
        script.chmod(0o755)
    environment = {**os.environ, "MIKAGE_CI_STAGES": str(stages), "MIKAGE_CI_STAGE_SECONDS": "3"}
    return subprocess.run(
        [ROOT / ".ci" / "run"], env=environment, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.requirement("TR-L1")
def test_the_gate_is_green_when_every_stage_is(tmp_path: Path) -> None:
    outcome = gate(tmp_path, a="true", b="echo fine")
    assert outcome.returncode == 0
    assert outcome.stdout.splitlines()[-1].startswith("GREEN: 2 stages")


@pytest.mark.requirement("TR-L1")
@pytest.mark.parametrize("place", ["a", "b", "c"])
@pytest.mark.parametrize(
    "fault", ["false", "exit 7", "true | false | true", "kill -9 $$", "sleep 30", "no-such-program"]
)
def test_one_failing_stage_turns_the_gate_red(tmp_path: Path, place: str, fault: str) -> None:
    stages = {"a": "true", "b": "true", "c": "true", place: fault}
    outcome = gate(tmp_path, **stages)
    assert outcome.returncode == 1
    assert outcome.stdout.splitlines()[-1] == "RED: 1 of 3 stages failed"


@pytest.mark.requirement("TR-L1")
def test_a_gate_without_stages_is_red(tmp_path: Path) -> None:
    assert gate(tmp_path / "empty").returncode == 1


@pytest.mark.requirement("TR-L1")
def test_a_stage_that_cannot_be_run_turns_the_gate_red(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("true")
    assert gate(tmp_path, a="true").returncode == 1


@pytest.mark.requirement("TR-L1")
def test_the_stages_of_the_gate_are_check_test_and_a_first_run() -> None:
    stages = {path.name: path.read_text() for path in (ROOT / ".ci" / "stages").iterdir()}
    assert sorted(stages) == ["10-check", "20-test", "30-run", "40-debian-postgresql"]
    assert all(
        "set -euo pipefail" in body and "|| true" not in body.split("pytest")[-1] for body in stages.values()
    )
    assert stages["10-check"].splitlines()[-1] == "make check"
    assert stages["20-test"].splitlines()[-1] == "make test"


@pytest.mark.requirement("TR-L1")
def test_a_failing_step_of_make_check_fails_the_whole(tmp_path: Path) -> None:
    """Each line of the target stands for itself; none is followed by something that forgives."""
    lines = (ROOT / "Makefile").read_text().split("\ncheck:")[1].split("\n\n")[0].splitlines()[1:]
    assert len(lines) == 7
    assert not [line for line in lines if "|| true" in line or line.lstrip("\t@").startswith("-")]
