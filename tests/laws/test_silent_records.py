"""The journal keeps who asked for what, and not a word of what was asked, typed or shown (A-05, T-17)."""

import pytest
import time_machine
from django.db import connections

from mikage.kernel import clock
from tests.laws.house import addresses
from tests.laws.visits import TODAY, Town, town

pytestmark = pytest.mark.django_db(databases=["default", "journal"])
# Plain letters: they look the same in an address, in a form and in a table.
WORD = "tsurumidaireform"
FIELDS = [
    "q",
    "title",
    "content",
    "place",
    "login",
    "password",
    "code",
    "name",
    "jump",
    "day",
    "who",
    "function",
]


def everything_recorded() -> str:
    """Every column of every record, as one text; the journal's own connection knows what was not undone."""
    rows: list[str] = []
    for alias in ("default", "journal"):
        for table in ("journal_record", "journal_access"):
            with connections[alias].cursor() as cursor:
                cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} AS t")
                rows += [row[0] for row in cursor.fetchall()]
    return "\n".join(rows)


def ask_everything(place: Town) -> int:
    """Ask each address with the word in every field; returns how often."""
    asked = 0
    for address in addresses():
        for _thing, url in place.objects(address):
            client = place.browser("owner")
            client.get(url, dict.fromkeys(FIELDS, WORD))
            client.post(url, dict.fromkeys(FIELDS, WORD))
            asked += 2
    return asked


@pytest.mark.requirement("A-05")
def test_no_record_holds_a_word_of_what_was_asked_or_typed() -> None:
    with time_machine.travel(clock.at(TODAY, 10), tick=False):
        place = town()
        asked = ask_everything(place)
    recorded = everything_recorded()
    assert recorded.count("journal.request.answered") == asked
    assert WORD not in recorded
    assert "打合せ" not in recorded
    assert "会議室" not in recorded
