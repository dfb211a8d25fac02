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
    """The triggers that keep the journal from being emptied step aside for the flush, and for nothing else."""
    operations = type(connection.ops)
    flush = operations.sql_flush

    def sql_flush(self: Any, *args: Any, **kwargs: Any) -> list[str]:
        statements = flush(self, *args, **kwargs)
        guards = [
            f"ALTER TABLE {table} %s TRIGGER {table}_is_not_emptied"
            for table in ("journal_record", "journal_access")
        ]
        return [
            *(guard % "DISABLE" for guard in guards),
            *statements,
            *(guard % "ENABLE ALWAYS" for guard in guards),
        ]

    operations.sql_flush = sql_flush  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The journal's own connection is closed too, or the database of the tests could not be removed."""
    yield
    connections.close_all()
