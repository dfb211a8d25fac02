"""Whether this installation may serve: the program, the database's promises, migrations, jobs."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import check
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from mikage.kernel import durability

LATE_JOBS = """
    SELECT count(*) FROM procrastinate_jobs j
    WHERE j.status = 'doing' AND now() - interval '1 hour' > (
        SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'started'
    )
"""
FAILED_JOBS = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'"


class Command(check.Command):
    """Django's own checks, and what an operator wants to know besides."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.description = _(
            "Check the program, the database and the jobs; ends with an error when one is unsound."
        )
        super().add_arguments(parser)
        parser.add_argument(
            "--before-start",
            action="store_true",
            help=_("Only what must be sound before the service may start; a failed job is not."),
        )
        parser.add_argument("--json", action="store_true", help=_("Answer for machines."))

    def handle(self, *app_labels: Any, **options: Any) -> None:
        findings = may_not_start() or ([] if options["before_start"] else jobs_in_trouble())
        if options["json"]:
            self.stdout.write(json.dumps({"sound": not findings, "findings": findings}, ensure_ascii=False))
        else:
            super().handle(*app_labels, **options)
            for finding in findings:
                self.stdout.write(finding)
        if findings:
            raise CommandError(_("The installation is not sound."))
        if not options["json"]:
            self.stdout.write(_("The installation is sound."))


def may_not_start() -> list[str]:
    """Why nothing may be served from this database, as sentences; empty when it may (TR-J2)."""
    broken = [str(sentence) for sentence in durability.check(settings.DATABASE_URL)]
    if broken:
        return broken
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return [_("The tables are older than the program: run mikage migrate.")]
    return []


def jobs_in_trouble() -> list[str]:
    """Jobs that a person should look at, as sentences."""
    findings = []
    if late := _count(LATE_JOBS):
        findings.append(_("%(count)s jobs have been running for more than an hour.") % {"count": late})
    if failed := _count(FAILED_JOBS):
        findings.append(_("%(count)s jobs have failed.") % {"count": failed})
    return findings


def _count(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return int(row[0]) if row else 0
