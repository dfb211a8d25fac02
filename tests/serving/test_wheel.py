"""The wheel is whole: what the pages, the browser and the operator need is inside."""

import os
import zipfile
from pathlib import Path

import pytest
from flit_core import buildapi

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    place = tmp_path_factory.mktemp("wheel")
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        wheel = place / buildapi.build_wheel(str(place))
    finally:
        os.chdir(before)
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize(
    "name",
    [
        "mikage/kernel/templates/base.html",
        "mikage/kernel/static/mikage/app.css",
        "mikage/kernel/static/mikage/app.js",
        "mikage/locale/ja/LC_MESSAGES/django.mo",
        "mikage/config/management/commands/serve.py",
    ],
)
def test_the_wheel_holds_what_a_service_needs(names: set[str], name: str) -> None:
    assert name in names


def test_every_template_and_migration_of_the_checkout_is_in_the_wheel(names: set[str]) -> None:
    files = [*(ROOT / "mikage").rglob("templates/**/*.html"), *(ROOT / "mikage").rglob("migrations/*.py")]
    assert files
    assert not [path for path in files if str(path.relative_to(ROOT)) not in names]


def test_the_wheel_brings_the_command_and_the_licence(names: set[str]) -> None:
    assert any(name.endswith("entry_points.txt") for name in names)
    assert any(name.endswith("LICENSE") for name in names)
