"""Taking the directory over from files on the machine, for an operator or a nightly job."""

import argparse
import json
import sys
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from mikage.access.actor import SYSTEM
from mikage.directory import services
from mikage.directory.policies.imports import Plan
from mikage.directory.policies.runs import Uploaded, preview, read_files
from mikage.kernel import clock, dates
from mikage.kernel.operations import Refused


class Command(BaseCommand):
    """Says what the files would change; with --apply, changes it."""

    help = "Import organisations, people and posts from CSV files (docs/directory.md lists the columns)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--organisations", type=Path, metavar="FILE")
        parser.add_argument("--people", type=Path, metavar="FILE")
        parser.add_argument("--posts", type=Path, metavar="FILE")
        parser.add_argument(
            "--on", default="", metavar="DAY", help="the day from which the files hold (today)"
        )
        parser.add_argument(
            "--apply", action="store_true", help="make the changes; without it they are only shown"
        )
        parser.add_argument("--json", action="store_true", help="answer as one JSON object")

    def handle(self, *args: object, **options: object) -> None:
        uploaded = Uploaded(
            organisations=_bytes(options["organisations"]),
            people=_bytes(options["people"]),
            posts=_bytes(options["posts"]),
        )
        if not uploaded.given():
            raise CommandError("Name at least one file: --organisations, --people, --posts.")
        on = _day(str(options["on"]))
        is_json, is_applied = bool(options["json"]), bool(options["apply"])
        plan = preview(uploaded, on)
        if is_applied and not plan.errors:
            plan = self._apply(uploaded, on, is_quiet=is_json)
        self._answer(plan, is_json=is_json, is_applied=is_applied and not plan.errors)
        if plan.errors:
            sys.exit(1)

    def _apply(self, uploaded: Uploaded, on: date, *, is_quiet: bool) -> Plan:
        files = read_files(uploaded)

        def tell(done: int, total: int) -> None:
            if not is_quiet:
                self.stdout.write(f"\r{done} / {total}", ending="\n" if done == total else "")
                self.stdout.flush()

        try:
            return services.import_directory(
                SYSTEM,
                organisations=files.organisations,
                people=files.people,
                posts=files.posts,
                on=on,
                progress=tell,
            )
        except services.NotImportable as refusal:
            return refusal.plan
        except Refused as refusal:
            raise CommandError(str(refusal.message)) from refusal

    def _answer(self, plan: Plan, *, is_json: bool, is_applied: bool) -> None:
        if is_json:
            errors = [
                {
                    "file": error.file_name,
                    "line": error.line,
                    "column": error.column,
                    "message": str(error.message),
                }
                for error in plan.errors
            ]
            answer = {
                "on": plan.on.isoformat(),
                "applied": is_applied,
                "counts": plan.counts(),
                "errors": errors,
            }
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        for error in plan.errors:
            self.stderr.write(f"{error.file_name}:{error.line}: {error.column} {error.message}")
        for name, count in plan.counts().items():
            if count:
                self.stdout.write(f"{name.replace('_', ' ')}: {count}")
        if not plan.errors:
            self.stdout.write(
                "Applied." if is_applied else "Nothing was changed. Add --apply to make these changes."
            )


def _bytes(path: object) -> bytes | None:
    if not isinstance(path, Path):
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error


def _day(text: str) -> date:
    try:
        return dates.parse_day(text, clock.today()) if text else clock.today()
    except ValueError as error:
        raise CommandError(str(error)) from error
