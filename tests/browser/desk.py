"""Somebody at a terminal: a browser in which one of the cast is signed in, and what they do with it."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response, expect

ROOT = Path(__file__).parents[2]
MONDAY, TODAY, TOMORROW = "2026-11-23", "2026-11-25", "2026-11-26"
FRIDAY, SATURDAY = "2026-11-27", "2026-11-28"
WIDE, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@lru_cache(maxsize=1)
def _axe() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def faults_of(page: Page) -> list[str]:
    """What axe finds on the page as it stands, each with the first place where it is so."""
    # Evaluated from outside of the page, so that its own content policy stays as it is.
    page.evaluate(_axe())
    found: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
        RULES,
    )
    return [f"{each['id']}: {each['nodes'][0]['html'][:300]}" for each in found["violations"]]


@dataclass
class Desk:
    """A page of somebody who is signed in."""

    origin: str
    page: Page
    context: BrowserContext
    people: dict[str, int]

    def go(self, path: str) -> Response:
        """Open an address of ours; the stream is up when the page is."""
        answer = self.page.goto(f"{self.origin}{path}")
        assert answer is not None
        return answer

    def text_of(self, path: str) -> str:
        """The bytes of an answer, as this person gets them."""
        answer = self.context.request.get(f"{self.origin}{path}")
        return answer.text()

    def add(self, title: str, **fields: str) -> None:
        """Add an appointment by the form, as typed: today from one to two unless told."""
        self.go("/schedule/add")
        values = {"starts_on": TODAY, "starts_time": "13:00", "ends_on": "", "ends_time": "14:00"}
        fill(self.page, {"title": title, **values, **fields})
        self.save()

    def save(self) -> None:
        """Send the form of an appointment, and wait for the board."""
        with self.page.expect_navigation():
            self.page.locator("main form.fields .btn-main").click()

    def cell(self, role: str, day: str = TODAY) -> Locator:
        """The cell of somebody's day on the board of the week."""
        person = self.people[role]
        return self.page.locator(f'td[role=gridcell][data-person="{person}"][data-day="{day}"]').first

    def chip(self, title: str, *, role: str = "owner", day: str = "") -> Locator:
        """An appointment in somebody's row of the board, by its words."""
        row = f'td[role=gridcell][data-person="{self.people[role]}"]'
        where = f'{row}[data-day="{day}"]' if day else row
        return self.page.locator(f"{where} .chip", has_text=title).first

    def week(self, query: str = "") -> None:
        """The week of the own section, or of another."""
        self.go(f"/schedule/organisation/week?day={MONDAY}{query}")
        expect(self.page.locator("#board")).to_be_visible()
        self.listening()

    def listening(self) -> None:
        """The scripts of the page are at work."""
        self.page.wait_for_function("customElements.get('schedule-board') !== undefined")

    def keeps_focus(self) -> None:
        """Something has the focus; after a swap it must never be lost (behaviour 8)."""
        expect(self.page.locator("body")).not_to_be_focused()


def fill(page: Page, fields: dict[str, str]) -> None:
    """Type into fields and choose radio buttons, by name."""
    for name, value in fields.items():
        radio = page.locator(f'input[type=radio][name="{name}"][value="{value}"]')
        if radio.count():
            radio.check()
        else:
            page.locator(f'[name="{name}"]').first.fill(value)


def sign_in(page: Page, origin: str, account: dict[str, str]) -> None:
    """Through the door, as everybody."""
    if not re.search(r"/login", page.url):
        page.goto(f"{origin}/login")
    page.fill("input[name=username]", account["login"])
    page.fill("input[name=password]", account["password"])
    with page.expect_navigation():
        page.locator("form .btn-main").click()


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """A browser as it stands in a Japanese town hall, its clock set to that of the office."""
    values: dict[str, Any] = {
        "viewport": WIDE,
        "locale": "ja-JP",
        "timezone_id": "Asia/Tokyo",
        "reduced_motion": "reduce",
    }
    return browser.new_context(**values | options)
