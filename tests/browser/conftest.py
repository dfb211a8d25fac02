"""A running office with the little city in it, and desks at which the cast sit."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from psycopg import sql

from tests.browser.desk import Desk, new_context, sign_in
from tests.browser.office import OPENED_AT
from tests.serving.processes import Process, free_port

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
OpenDesk = Callable[..., Desk]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a real browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class Office:
    """The running office: where it is, whose accounts there are, and the clock on its wall."""

    origin: str
    process: Process
    accounts: dict[str, dict[str, str]]
    people: dict[str, int]
    at: datetime
    set_at: float = field(default_factory=time.monotonic)
    states: dict[str, str] = field(default_factory=dict)

    def now(self) -> datetime:
        """What the clock on the wall shows: it goes on ticking."""
        return self.at + timedelta(seconds=time.monotonic() - self.set_at)

    def let_pass(self, span: timedelta) -> None:
        """Set the clock on; it never goes back."""
        self.at = self.now() + span
        self.set_at = time.monotonic()
        self.process.say(f"clock {self.at.isoformat()}")
        self.process.wait_for("set", 10)


@pytest.fixture(scope="session")
def database() -> Iterator[str]:
    """An empty database beside that of the other tests."""
    name = f"mikage_browser_{os.getpid()}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        connection.execute(drop)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        address = os.environ["DATABASE_URL"].replace("/mikage?", f"/{name}?")
        assert name in address
        yield address
        connection.execute(drop)


@pytest.fixture(scope="session")
def office(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Pages and streams in one process, as a first run serves them."""
    home, port = tmp_path_factory.mktemp("office"), free_port()
    environment = {"DATABASE_URL": database, "MIKAGE_HOME": str(home), "PORT": str(port)}
    command = [sys.executable, "-m", "tests.browser.office"]
    with Process(command, environment, is_talked_to=True) as process:
        process.wait_for("ready", 120)
        rows = json.loads((home / "demo-accounts.json").read_text(encoding="utf-8"))
        with psycopg.connect(database) as connection:
            numbers = connection.execute(
                "SELECT account.login, account.person_id FROM identity_account AS account"
            ).fetchall()
        ids: dict[str, int] = dict(numbers)
        yield Office(
            origin=f"http://127.0.0.1:{port}",
            process=process,
            accounts={row["role"]: row for row in rows},
            people={row["role"]: ids[row["login"]] for row in rows},
            at=datetime.fromisoformat(OPENED_AT),
        )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; nothing is downloaded."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about: defects of a script, and what the content policy refused."""
    return []


@pytest.fixture
def open_desk(office: Office, browser: Browser, complaints: list[str]) -> Iterator[OpenDesk]:
    """Open a desk for one of the cast. A fresh one signs in anew and shares its session with nobody."""
    with ExitStack() as opened:

        def listen(page: Page) -> None:
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda message: _note(message, complaints))

        def desk(role: str = "owner", *, is_fresh: bool = False, **options: object) -> Desk:
            state = None if is_fresh else office.states.get(role)
            context = new_context(browser, storage_state=json.loads(state) if state else None, **options)
            opened.callback(context.close)
            context.clock.install(time=office.now())
            context.on("page", listen)
            page = context.new_page()
            page.goto(f"{office.origin}/")
            if "/login" in page.url:
                sign_in(page, office.origin, office.accounts[role])
                if not is_fresh:
                    office.states[role] = json.dumps(context.storage_state())
            return Desk(office.origin, page, context, office.people)

        yield desk
    assert complaints == []


def _note(message: ConsoleMessage, complaints: list[str]) -> None:
    # An answer that is no success is a matter of the test; it is not a defect of the page.
    if message.type == "error" and "Failed to load resource" not in message.text:
        complaints.append(message.text)


@pytest.fixture
def owner(open_desk: OpenDesk) -> Desk:
    """佐藤 at her desk."""
    return open_desk("owner")
