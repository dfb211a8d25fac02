"""Takes the pictures of the handbook: the five views and the top page, on a desk and on a phone.

``python -m demo.screenshots`` builds the small city in a database of its own, on a fixed Wednesday, so that
the same program gives the same pictures.
"""

import contextlib
import importlib
import json
import os
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import django
import psycopg
import time_machine
import uvicorn
from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from psycopg import sql

from mikage.kernel import clock
from mikage.kernel.database import Server

TAKEN_AT = "2026-11-25T10:10:00+09:00"
PORT = 8765
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
IMAGES = Path(__file__).parents[1] / "docs" / "images"
SCREENS = {1366: 768, 390: 844}
PAGES = {
    "portal": "/",
    "organisation-day": "/schedule/organisation/day",
    "organisation-week": "/schedule/organisation/week",
    "person-day": "/schedule/person/day",
    "person-week": "/schedule/person/week",
    "person-month": "/schedule/person/month",
}
LINKS = [
    {"name": "財務会計システム", "url": "https://zaimu.example/", "about": "予算・契約・支払"},
    {"name": "人事給与システム", "url": "https://jinji.example/", "about": "休暇・旅費・年末調整"},
    {"name": "例規集", "url": "https://reiki.example/"},
]


def main() -> None:
    home = Path(tempfile.mkdtemp(prefix="mikage-pictures-"))
    home.chmod(0o755)
    with contextlib.ExitStack() as held:
        os.environ["MIKAGE_HOME"], os.environ["PORT"] = str(home), str(PORT)
        os.environ["DJANGO_SETTINGS_MODULE"] = "mikage.config.settings"
        os.environ["DATABASE_URL"] = held.enter_context(_database(home))
        held.enter_context(time_machine.travel(TAKEN_AT, tick=True))
        django.setup()
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        city = importlib.import_module("demo.city").build("run", today=clock.today(), home=settings.HOME)
        (home / "links.json").write_text(json.dumps(LINKS), encoding="utf-8")
        server = uvicorn.Server(
            uvicorn.Config("mikage.config.asgi:application", port=PORT, log_level="warning")
        )
        serving = threading.Thread(target=server.run)
        serving.start()
        try:
            _take_all(city.accounts[0].login, city.accounts[0].password)
        finally:
            server.should_exit = True
            serving.join()


@contextlib.contextmanager
def _database(home: Path) -> Iterator[str]:
    """A database that is gone afterwards: of the server one has, or of one started for this."""
    given = os.environ.get("DATABASE_URL", "")
    if not given:
        with Server(home).in_use() as address:
            yield address
        return
    name = f"mikage_pictures_{os.getpid()}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield given.replace("/mikage?", f"/{name}?")
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _take_all(login: str, password: str) -> None:
    _wait_until_it_answers()
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for width, height in SCREENS.items():
            context = _signed_in(browser, width, height, login, password)
            for name, path in PAGES.items():
                _take(context, path, IMAGES / f"{name}-{width}.png")
            if width == max(SCREENS):
                _take_card(context, IMAGES / f"card-{width}.png")
            context.close()
        browser.close()


def _wait_until_it_answers() -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _attempt in range(100):
        with contextlib.suppress(OSError):
            opener.open(f"http://127.0.0.1:{PORT}/login", timeout=5).close()
            return
        time.sleep(0.2)
    sys.exit("the office does not answer")


def _signed_in(browser: Browser, width: int, height: int, login: str, password: str) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="ja-JP",
        timezone_id="Asia/Tokyo",
        reduced_motion="reduce",
    )
    context.clock.install(time=clock.now())
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{PORT}/login")
    page.fill("input[name=username]", login)
    page.fill("input[name=password]", password)
    with page.expect_navigation():
        page.locator("form .btn-main").click()
    page.close()
    return context


def _take(context: BrowserContext, path: str, image: Path) -> None:
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{PORT}{path}")
    page.wait_for_timeout(300)
    page.screenshot(path=image)
    page.close()


def _take_card(context: BrowserContext, image: Path) -> None:
    """The week with the card of an appointment open beside it."""
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{PORT}/schedule/organisation/week")
    page.locator(".chip", has_text="素案レビュー").first.click()
    page.locator("#card .entry-card").wait_for()
    page.wait_for_timeout(200)
    page.screenshot(path=image)
    page.close()


if __name__ == "__main__":
    main()
