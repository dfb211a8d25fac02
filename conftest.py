"""The database of the tests, and what holds for every test.

Tests run on the PostgreSQL a first run uses, with the settings a first run uses. ``DATABASE_URL`` names
another one; ``MIKAGE_HOME`` keeps several runs beside one another apart.
"""

import atexit
import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from django.conf import settings
from django.db import connection, connections

from mikage.kernel.database import Server, Unusable

PLANTED = {"schedule_category"}
_held = contextlib.ExitStack()
atexit.register(_held.close)


def _find_a_database() -> None:
    """The first process starts the server; the workers of a parallel run inherit its address."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "mikage.config.settings"
    home = Path(os.environ.setdefault("MIKAGE_HOME", str(Path(__file__).parent / "var" / "test")))
    if "DATABASE_URL" not in os.environ:
        try:
            os.environ["DATABASE_URL"] = _held.enter_context(Server(home).in_use())
        except Unusable as error:
            django.setup()
            raise SystemExit(str(error)) from error
    django.setup()
    # The layer that serves static files looks for the place where they are collected.
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


# Before any test module is read: they import models.
_find_a_database()


@pytest.fixture(scope="session", autouse=True)
def _the_journal_is_emptied_between_tests() -> None:
    """The triggers that keep the journal from being emptied step aside for the flush alone."""
    operations = type(connection.ops)
    flush = operations.sql_flush

    def sql_flush(self: Any, style: Any, tables: list[str], **kwargs: Any) -> list[str]:
        # What the migrations planted belongs to the product, not to a test.
        statements = flush(self, style, [table for table in tables if table not in PLANTED], **kwargs)
        guards = [
            f"ALTER TABLE {table} %s TRIGGER {table}_is_not_emptied"
            for table in ("journal_record", "journal_access")
        ]
        return [
            *(guard % "DISABLE" for guard in guards),
            *statements,
            *(guard % "ENABLE ALWAYS" for guard in guards),
        ]

    pytest.MonkeyPatch().setattr(operations, "sql_flush", sql_flush)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The journal's own connection is closed too, or the database of the tests could not be removed."""
    yield
    connections.close_all()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--requirements", metavar="FILE", help="write the table requirement, tests, outcome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a test shows travels with its report, also from the workers of a parallel run."""
    for item in items:
        item.user_properties += [("requirement", mark.args[0]) for mark in item.iter_markers("requirement")]


_shown: dict[str, dict[str, set[str]]] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when != "call" and report.passed:
        return
    name = report.nodeid.split("[")[0]
    for kind, value in report.user_properties:
        if kind == "requirement":
            _shown.setdefault(str(value), {}).setdefault(name, set()).add(report.outcome)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """One row for each requirement: the tests that show it, and whether all of them passed."""
    target = session.config.getoption("--requirements")
    if not target or hasattr(session.config, "workerinput"):
        return
    lines = [
        "# Requirements and the tests that show them",
        "",
        "Written by `make requirements`. The ids are those of the requirements and design notes.",
        "",
        "| id | tests | outcome |",
        "|---|---|---|",
    ]
    for requirement, tests in sorted(_shown.items()):
        outcomes = set().union(*tests.values())
        names = "<br>".join(f"`{name}`" for name in sorted(tests))
        lines.append(f"| {requirement} | {names} | {'passed' if outcomes == {'passed'} else 'failed'} |")
    Path(target).write_text("\n".join(lines) + "\n", encoding="utf-8")
