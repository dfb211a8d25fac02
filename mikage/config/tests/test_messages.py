"""The catalogues are compiled without gettext, and a hole in them is found."""

import gettext
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from mikage.config.management.commands import messages

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Week"
msgstr "週"
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "ja" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(CATALOGUE, encoding="utf-8")
    with override_settings(LOCALE_PATHS=[tmp_path]):
        yield path


def test_a_compiled_catalogue_is_read_by_gettext(catalogue: Path) -> None:
    messages.compile_catalogues()
    with catalogue.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Week") == "週"


def test_a_whole_catalogue_has_no_holes(catalogue: Path) -> None:
    assert list(messages.holes()) == []


@pytest.mark.parametrize(
    "hole",
    ['msgid "Day"\nmsgstr ""\n', '#, fuzzy\nmsgid "Day"\nmsgstr "週"\n', '#~ msgid "Day"\n#~ msgstr "日"\n'],
    ids=["untranslated", "guessed", "unused"],
)
def test_a_hole_is_found(catalogue: Path, hole: str) -> None:
    catalogue.write_text(f"{CATALOGUE}\n{hole}", encoding="utf-8")
    assert len(list(messages.holes())) == 1
