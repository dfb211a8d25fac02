"""The catalogues: collected from the sources, compiled without further tools, checked for holes."""

import os
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import polib
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

LANGUAGE = "ja"


class Command(BaseCommand):
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.description = _("Collect, compile or check the messages of the catalogues.")
        choice = parser.add_mutually_exclusive_group(required=True)
        choice.add_argument("--collect", action="store_true", help=_("Read the sources into the catalogue."))
        choice.add_argument(
            "--compile", action="store_true", help=_("Make the catalogues readable at run time.")
        )
        choice.add_argument(
            "--check", action="store_true", help=_("Fail on holes and on messages not collected.")
        )

    def handle(self, *args: object, **options: object) -> None:
        if options["compile"]:
            compile_catalogues()
        elif options["collect"]:
            collect()
            compile_catalogues()
        else:
            findings = [*holes(), *strangers()]
            if findings:
                raise CommandError("\n".join(findings))


def catalogues() -> list[Path]:
    return sorted(path for place in settings.LOCALE_PATHS for path in Path(place).rglob("*.po"))


def compile_catalogues() -> None:
    """Write the binary form beside each catalogue, whole or not at all."""
    for path in catalogues():
        target = path.with_suffix(".mo")
        unfinished = target.with_suffix(f".{os.getpid()}")
        polib.pofile(str(path)).save_as_mofile(str(unfinished))
        unfinished.replace(target)


def collect() -> None:
    """Bring the Japanese catalogue up to the sources; what is used no more goes."""
    with chdir(Path(settings.LOCALE_PATHS[0]).parent):
        call_command(
            "makemessages",
            locale=[LANGUAGE],
            no_obsolete=True,
            add_location="file",
            ignore_patterns=["*/tests/*"],
            verbosity=0,
        )


def holes() -> Iterator[str]:
    """Every message has a Japanese sentence that somebody has looked at."""
    for path in catalogues():
        for entry in polib.pofile(str(path)):
            if entry.obsolete:
                yield f"{path.name}: no longer used: {entry.msgid!r}"
            elif entry.fuzzy:
                yield f"{path.name}: only guessed: {entry.msgid!r}"
            elif not entry.translated():
                yield f"{path.name}: not translated: {entry.msgid!r}"


def strangers() -> Iterator[str]:
    """What a fresh collection would add to the catalogue; the catalogue itself stays as it is."""
    path = Path(settings.LOCALE_PATHS[0]) / LANGUAGE / "LC_MESSAGES" / "django.po"
    before = path.read_bytes()
    try:
        collect()
        after = _messages(path)
    finally:
        path.write_bytes(before)
    known = _messages(path)
    for context, message in sorted(after - known):
        yield f"{path.name}: not collected: {context + ': ' if context else ''}{message!r}"
    for context, message in sorted(known - after):
        yield f"{path.name}: no longer used: {context + ': ' if context else ''}{message!r}"


def _messages(path: Path) -> set[tuple[str, str]]:
    return {(entry.msgctxt or "", entry.msgid) for entry in polib.pofile(str(path))}
