"""Law 2: who is answered what, on every address, for every kind of thing; the table is committed.

``access_matrix.csv`` is read like a regulation, also at the yearly inventory of rights. Write it anew with
``pytest tests/laws/test_access_matrix.py --write-matrix`` and read every line of the difference.
"""

import csv
from collections.abc import Iterable
from pathlib import Path

import pytest
import time_machine
from django.db import transaction

from mikage.identity import policies
from mikage.kernel import clock
from tests.laws.house import Address, addresses
from tests.laws.visits import TODAY, VISITORS, Town, town

pytestmark = pytest.mark.django_db(databases=["default", "journal"])
TABLE = Path(__file__).with_name("access_matrix.csv")
COLUMNS = ["address", "method", "object", *VISITORS]
Row = tuple[str, ...]


def status(place: Town, role: str, method: str, url: str) -> str:
    """What the visitor is answered; whatever they changed is taken back."""
    before = transaction.savepoint()
    response = getattr(place.browser(role), method)(url)
    transaction.savepoint_rollback(before)
    # Rights that a change granted or took must not be remembered for the next visitor.
    policies._rights_of.cache_clear()
    return str(response.status_code)


def matrix(place: Town, found: Iterable[Address]) -> list[Row]:
    return [
        (address.name, method.upper(), thing, *(status(place, role, method, url) for role in VISITORS))
        for address in found
        for thing, url in place.objects(address)
        for method in ("get", "post")
    ]


def committed() -> list[Row]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        heading, *rows = csv.reader(file)
    assert heading == COLUMNS
    return [tuple(row) for row in rows]


def differences(rows: Iterable[Row], kept: Iterable[Row]) -> list[str]:
    """Addresses without a row, rows without an address, and answers that are others than written."""
    here = {row[:3]: row[3:] for row in rows}
    there = {row[:3]: row[3:] for row in kept}
    return [
        *(f"no row for {' '.join(key)}" for key in here if key not in there),
        *(f"no address for {' '.join(key)}" for key in there if key not in here),
        *(
            f"{' '.join(key)}: {role} is answered {now}, written {before}"
            for key in here
            if key in there
            for role, now, before in zip(VISITORS, here[key], there[key], strict=True)
            if now != before
        ),
    ]


@pytest.mark.requirement("A-04")
def test_everybody_is_answered_what_the_table_says(request: pytest.FixtureRequest) -> None:
    with time_machine.travel(clock.at(TODAY, 10), tick=False):
        rows = matrix(town(), addresses())
    if request.config.getoption("--write-matrix", default=False):
        with TABLE.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])
    assert differences(rows, committed()) == []


def test_nothing_in_the_table_is_a_defect() -> None:
    assert [row[:3] for row in committed() if any(answer.startswith("5") for answer in row[3:])] == []


@pytest.mark.requirement("T-17")
def test_what_one_may_not_see_is_answered_as_what_never_was() -> None:
    rows = {row[:3]: dict(zip(VISITORS, row[3:], strict=True)) for row in committed()}
    for (address, method, thing), answers in rows.items():
        if thing == "for the owner alone":
            for role in VISITORS:
                if role != "owner":
                    assert answers[role] == rows[address, method, "unknown"][role], (address, method, role)


def test_an_address_without_a_row_is_found() -> None:
    rows = [("memos:inbox", "GET", "", *["200"] * len(VISITORS))]
    assert differences(rows, []) == ["no row for memos:inbox GET "]


def test_an_answer_that_changed_is_found() -> None:
    kept = [("memos:inbox", "GET", "", *["404"] * len(VISITORS))]
    now = [("memos:inbox", "GET", "", "200", *["404"] * (len(VISITORS) - 1))]
    assert differences(now, kept) == ["memos:inbox GET : anonymous is answered 200, written 404"]
