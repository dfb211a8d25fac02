"""What somebody keeps to themselves: others receive a time, in every answer there is (behaviour 11)."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.desk import MONDAY, TODAY, Desk

SECRETS = ["内々の面談", "北の小部屋", "まだ誰にも言わない"]


@pytest.fixture
def hidden(owner: Desk) -> str:
    """The id of an appointment only its owner knows."""
    owner.add(
        SECRETS[0],
        starts_time="20:00",
        ends_time="21:00",
        place=SECRETS[1],
        content=SECRETS[2],
        item_visibility="self",
        details_visibility="self",
    )
    owner.week()
    entry = owner.chip(SECRETS[0], day=TODAY).get_attribute("data-entry")
    assert entry
    return entry


def test_the_outsider_reads_busy_and_nothing_else_in_any_answer(
    hidden: str, owner: Desk, open_desk: OpenDesk
) -> None:
    row = owner.page.locator('td[data-person^="org:"]').first.get_attribute("data-person") or ""
    section, person = row.removeprefix("org:"), owner.people["owner"]
    outsider = open_desk("outsider")
    paths = [
        f"/schedule/organisation/week?organisation={section}&day={MONDAY}",
        f"/schedule/organisation/day?organisation={section}&day={TODAY}",
        f"/schedule/person/day?people={person}&day={TODAY}",
        f"/schedule/person/week?people={person}&day={MONDAY}",
        f"/schedule/person/month?people={person}&day={TODAY}",
        f"/schedule/entries/{hidden}",
        f"/schedule/entries/{hidden}/card",
        f"/schedule/entries/{hidden}/edit",
        f"/schedule/entries/{hidden}/copy",
        f"/directory/people/{person}/",
        *(f"/search/?q={words}" for words in SECRETS),
        "/",
    ]
    for path in paths:
        text = outsider.text_of(path)
        # The page repeats the words one searches for; nothing else may.
        found = [words for words in SECRETS if words in text.replace(f'value="{words}"', "")]
        assert found == [], path
        assert hidden not in text.replace(path, ""), path
    outsider.go(paths[0])
    busy = outsider.page.locator(f'td[data-person="{person}"][data-day="{TODAY}"] .chip-busy')
    assert "20:00" in " ".join(busy.all_text_contents())


def test_the_answer_is_that_for_an_appointment_that_never_was(hidden: str, open_desk: OpenDesk) -> None:
    outsider = open_desk("outsider")
    unknown = "00000000-0000-4000-8000-000000000000"
    answers = [
        outsider.context.request.get(f"{outsider.origin}/schedule/entries/{pk}/card")
        for pk in (hidden, unknown)
    ]
    assert [answer.status for answer in answers] == [404, 404]
    first, second = (
        _tokens_aside(answer.text()).replace(pk, "")
        for answer, pk in zip(answers, (hidden, unknown), strict=True)
    )
    assert first == second


def _tokens_aside(text: str) -> str:
    return re.sub(r"[A-Za-z0-9]{64}", "", text)


def test_what_is_busy_only_cannot_be_opened_by_any_key(hidden: str, open_desk: OpenDesk) -> None:
    colleague = open_desk("colleague")
    colleague.week()
    cell = colleague.cell("owner", TODAY)
    expect(cell.locator(".chip-busy").first).to_be_visible()
    assert cell.locator("button.chip-busy").count() == 0


def test_a_private_appointment_says_who_can_see_it(hidden: str, owner: Desk) -> None:
    owner.go(f"/schedule/entries/{hidden}")
    readers = owner.page.locator("aside li")
    assert set(readers.all_text_contents()) == {"佐藤 花子"}
