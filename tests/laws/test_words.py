"""Law 5, words: the Japanese catalogue is whole, templates obey the content policy, none is idle."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.conf import settings

import mikage

PACKAGE = Path(mikage.__file__).parent
CATALOGUE = Path(settings.LOCALE_PATHS[0]) / "ja" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
FORBIDDEN_IN_TEMPLATES = [
    (re.compile(r"\sstyle\s*=", re.IGNORECASE), "style attribute"),
    (re.compile(r"<style\b", re.IGNORECASE), "style element"),
    (re.compile(r"\son[a-z]+\s*=", re.IGNORECASE), "event attribute"),
    (re.compile(r"\bhx-on\b|hx-vals=.js:", re.IGNORECASE), "script in an hx attribute"),
    (re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE), "inline script"),
    (re.compile(r"\|\s*safe\b|mark_safe", re.IGNORECASE), "unescaped text"),
]
MESSAGE_FUNCTIONS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}


def templates() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.html") if "tests" not in path.parts)


def forbidden(text: str) -> list[str]:
    """What the content policy would block, or what shows text as if it were markup."""
    return [words for pattern, words in FORBIDDEN_IN_TEMPLATES if pattern.search(text)]


def composed(source: str) -> Iterator[int]:
    """Lines where a message is put together before it is translated: its parts are in no catalogue."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in MESSAGE_FUNCTIONS and node.args and not isinstance(node.args[0], ast.Constant):
            yield node.lineno


def test_every_message_has_a_japanese_sentence() -> None:
    catalogue = polib.pofile(str(CATALOGUE))
    assert [e.msgid for e in catalogue if e.fuzzy or e.obsolete or not e.translated()] == []


def test_a_translation_has_the_placeholders_of_its_message() -> None:
    wrong = []
    for entry in polib.pofile(str(CATALOGUE)):
        said = entry.msgstr + "".join(entry.msgstr_plural.values())
        if set(PLACEHOLDER.findall(entry.msgid)) - {"count"} - set(PLACEHOLDER.findall(said)):
            wrong.append(entry.msgid)
        if set(PLACEHOLDER.findall(said)) - set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural)):
            wrong.append(entry.msgid)
    assert wrong == []


def test_no_japanese_sentence_is_english() -> None:
    """Latin words stand only where the office itself writes them: names of programs, examples, keys."""
    japanese = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
    plain = [
        e.msgid
        for e in polib.pofile(str(CATALOGUE))
        if re.search(r"[A-Za-z]{3}", PLACEHOLDER.sub("", e.msgid))
    ]
    said = {e.msgid: e.msgstr or "".join(e.msgstr_plural.values()) for e in polib.pofile(str(CATALOGUE))}
    assert [each for each in plain if not japanese.search(said[each])] == []


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_template_holds_nothing_the_content_policy_forbids(path: Path) -> None:
    assert forbidden(path.read_text(encoding="utf-8")) == []


def test_every_template_is_used() -> None:
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for path in PACKAGE.rglob("*")
        if path.suffix in {".py", ".html"} and "tests" not in path.parts
    )
    named = [str(path).rpartition("/templates/")[2] for path in templates()]
    # Django finds these by their name.
    found_by_name = {"400.html", "403.html", "404.html", "500.html", "503.html"}
    assert [name for name in named if f'"{name}"' not in sources and name not in found_by_name] == []


def test_no_message_is_put_together_before_it_is_translated() -> None:
    found = [
        (str(path.relative_to(PACKAGE)), line)
        for path in PACKAGE.rglob("*.py")
        if "tests" not in path.parts
        for line in composed(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_law_finds_a_planted_style_script_and_composed_message() -> None:
    assert forbidden('<p style="x">') == ["style attribute"]
    assert forbidden('<a onclick="x">') == ["event attribute"]
    assert forbidden("<script>x</script>") == ["inline script"]
    assert list(composed('_(f"Hello {name}")')) == [1]
