"""Fills an empty database with the demonstration city, and says how far it is."""

import importlib
import json
import sys
import time
from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mikage.kernel import clock

STEPS = {
    "directory": gettext_lazy("organisations and people"),
    "accounts": gettext_lazy("accounts"),
    "appointments": gettext_lazy("appointments"),
}


class Command(BaseCommand):
    help = _("Fill an empty database with the demonstration city.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", choices=["tests", "run", "full"], default="run")
        parser.add_argument("--seed", type=int, default=1, help=_("Another number, another city."))
        parser.add_argument("--json", action="store_true", help=_("Report as one line of JSON."))

    def handle(self, *args: object, **options: object) -> None:
        # The city stands beside the package and is not part of an installation: looked for only here.
        try:
            city = importlib.import_module("demo.city")
        except ModuleNotFoundError as error:
            raise CommandError(
                _("The demonstration city comes with a checkout, not with the package.")
            ) from error
        self.is_quiet = bool(options["json"])
        started = time.monotonic()
        try:
            built = city.build(
                options["size"],
                seed=options["seed"],
                today=clock.today(),
                home=settings.HOME,
                progress=self._tell,
            )
        except city.NotEmpty as error:
            raise CommandError(_("People are registered here already, so nothing was changed.")) from error
        seconds = round(time.monotonic() - started, 1)
        if self.is_quiet:
            self.stdout.write(json.dumps(built.report() | {"seconds": seconds}, ensure_ascii=False))
            return
        self._say(
            _("%(people)s people, %(organisations)s organisations, %(entries)s appointments (%(seconds)s s)")
            % {
                "people": f"{built.people:,}",
                "organisations": f"{built.organisations:,}",
                "entries": f"{built.appointments:,}",
                "seconds": seconds,
            }
        )
        self._say(_("Accounts to sign in with: %(path)s") % {"path": built.sheet})

    def _tell(self, step: str, done: int, total: int) -> None:
        if self.is_quiet:
            return
        line = f"  {STEPS[step]}: {done:,} / {total:,}"
        # On a terminal one line that counts; in a log one line for each step that is done.
        if sys.stdout.isatty():
            self.stdout.write(f"\r{line}", ending="\n" if done == total else "")
            self.stdout.flush()
        elif done == total:
            self._say(line)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
