"""The database itself keeps what was recorded, whoever asks and however (A-05, compliance 4.3 finding 3)."""

import pytest
from django.db import DatabaseError, connection, transaction

from mikage.access.actor import Actor
from mikage.journal import journal
from mikage.journal.models import Access, Record

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-05")]

TABLES = ["journal_record", "journal_access"]
ATTACKS = [
    "UPDATE {table} SET person_label = ''",
    "UPDATE {table} SET person_label = '' WHERE false OR id > 0",
    "DELETE FROM {table}",
    "TRUNCATE {table}",
    "TRUNCATE {table} CASCADE",
    "WITH gone AS (DELETE FROM {table} RETURNING 1) SELECT count(*) FROM gone",
    "INSERT INTO {table} SELECT * FROM {table} ON CONFLICT (id) DO UPDATE SET person_label = ''",
    "MERGE INTO {table} AS kept USING {table} AS other ON kept.id = other.id WHEN MATCHED THEN DELETE",
]


@pytest.fixture(autouse=True)
def _one_row_of_each() -> None:
    actor = Actor.of(person_id=1, name="佐藤 花子")
    Record.objects.create(**journal.who(actor), action="journal.request.answered", outcome="done")
    Access.objects.create(
        **journal.who(actor), action="journal.request.answered", method="GET", status=200, microseconds=1
    )


@pytest.mark.parametrize("role", ["origin", "replica", "local"])
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_record_is_neither_changed_nor_removed(table: str, attack: str, role: str) -> None:
    with connection.cursor() as cursor:
        # "replica" switches ordinary triggers off; these fire always.
        cursor.execute(f"SET LOCAL session_replication_role = {role}")
        with pytest.raises(DatabaseError, match="the journal only grows"), transaction.atomic():
            cursor.execute(attack.format(table=table))
        cursor.execute(f"SELECT person_label FROM {table}")
        assert cursor.fetchall() == [("佐藤 花子",)]


@pytest.mark.parametrize("model", [Record, Access])
def test_the_models_cannot_do_it_either(model: type[Record] | type[Access]) -> None:
    row = model.objects.get()
    row.person_label = "誰でもない"
    for attempt in (row.save, row.delete, model.objects.all().delete):
        with pytest.raises(DatabaseError, match="the journal only grows"), transaction.atomic():
            attempt()
    assert model.objects.get().person_label == "佐藤 花子"
