"""Both ways to serve keep the same promises: headers, files, events at once, no copies on the way."""

import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import psycopg
import pytest
from bs4 import BeautifulSoup

from tests.serving.arrangements import (
    GREEDY_CACHE,
    Arrangement,
    behind_nginx,
    environment,
    nginx,
    one_process,
    prepare,
)
from tests.serving.processes import Process, free_port, wait_until
from tests.serving.visitor import demo_accounts, visitor

pytestmark = pytest.mark.serving


@pytest.fixture(scope="module")
def home(database: str) -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="mikage-arrangement-"))
    place.chmod(0o755)
    prepare(place, database)
    yield place
    shutil.rmtree(place)


@pytest.fixture(scope="module", params=[one_process, behind_nginx], ids=["one-process", "behind-nginx"])
def arrangement(request: pytest.FixtureRequest, home: Path, database: str) -> Iterator[Arrangement]:
    with request.param(home, database) as found:
        yield found


def own_files(page: httpx.Response) -> list[str]:
    soup = BeautifulSoup(page.text, "html.parser")
    links = [str(link["href"]) for link in soup.select("link[rel=stylesheet]")]
    return links + [str(script["src"]) for script in soup.select("script[src]")]


def test_the_sign_in_page_carries_strict_headers(arrangement: Arrangement) -> None:
    with arrangement.visitor() as client:
        headers = client.get("/login").headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "no-store" in headers["cache-control"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "uvicorn" not in headers.get("server", "")
    assert not any(digit in headers.get("server", "") for digit in "0123456789")
    assert ("strict-transport-security" in headers) is arrangement.origin.startswith("https")


def test_what_the_page_loads_is_served_with_a_long_life(arrangement: Arrangement) -> None:
    with arrangement.visitor() as client:
        files = own_files(client.get("/login"))
        assert files
        for path in files:
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert "immutable" in answer.headers["cache-control"], path
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers.get("content-encoding") in {"gzip", "br"}, path


def test_the_session_cookie_is_bound_to_its_host(arrangement: Arrangement) -> None:
    with arrangement.signed_in(demo_accounts(arrangement.home)[0]) as client:
        cookies = {cookie.name: cookie for cookie in client.cookies.jar}
    session = next(cookie for name, cookie in cookies.items() if "csrf" not in name)
    if arrangement.origin.startswith("https"):
        assert session.name.startswith("__Host-")
        assert session.secure
    assert session.path == "/"
    assert not session.domain_specified


def person_of(database: str, login: str) -> int:
    with psycopg.connect(database) as connection:
        row = connection.execute(
            "SELECT person_id FROM identity_account WHERE login = %s", [login]
        ).fetchone()
    assert row is not None
    return int(row[0])


def has_more_than(arrived: list[float], number: int) -> bool:
    return len(arrived) > number


def test_an_event_arrives_within_a_second_although_compression_is_accepted(
    arrangement: Arrangement, home: Path, database: str
) -> None:
    account = demo_accounts(home)[0]
    person = person_of(database, account["login"])
    arrived: list[float] = []
    is_open = threading.Event()

    def listen(client: httpx.Client) -> None:
        with client.stream("GET", "/ev", timeout=30) as stream:
            assert stream.status_code == 200
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert stream.headers.get("content-encoding", "identity") == "identity"
            is_open.set()
            for line in stream.iter_lines():
                if line.startswith("data:") and '"schedule"' in line:
                    arrived.append(time.time())
                    if len(arrived) == 3:
                        return

    with (
        arrangement.signed_in(account) as client,
        Process(
            [sys.executable, "-m", "tests.serving.pinger"], environment(home, database), is_talked_to=True
        ) as pinger,
    ):
        pinger.wait_for("listening", 40)
        listener = threading.Thread(target=listen, args=(client,), daemon=True)
        listener.start()
        assert is_open.wait(20)
        time.sleep(0.5)
        for number in range(3):
            pinger.say(str(person))
            sent = float(pinger.wait_for("pinged", 10).split()[1])
            wait_until(partial(has_more_than, arrived, number), 5, "the event does not arrive")
            assert arrived[number] - sent < 1
        listener.join(10)


def test_the_answers_of_a_signed_in_person_may_be_kept_by_nobody(arrangement: Arrangement) -> None:
    with arrangement.signed_in(demo_accounts(arrangement.home)[0]) as client:
        for path in (
            "/",
            "/schedule/organisation/week",
            "/directory/",
            "/search/",
            "/no-such-page",
            "/ev?cursor=x",
        ):
            headers = client.get(path).headers
            assert {"private", "no-store"} <= {
                word.strip() for word in headers["cache-control"].split(",")
            }, path
            assert "cookie" in headers["vary"].lower(), path


@pytest.mark.requirement("TR-D3")
def test_a_greedy_cache_in_front_hands_nothing_of_one_person_to_another(home: Path, database: str) -> None:
    first, second = demo_accounts(home)[:2]
    port = free_port()
    with (
        one_process(home, database) as behind,
        tempfile.TemporaryDirectory(prefix="mikage-greedy-") as folder,
    ):
        place = Path(folder)
        place.chmod(0o755)
        (place / "cache").mkdir()
        (place / "cache").chmod(0o777)
        cache = GREEDY_CACHE.format(place=place, port=port, behind=behind.origin.rsplit(":", 1)[1])
        with nginx(place, cache), visitor(f"http://127.0.0.1:{port}") as stranger:
            wait_until(lambda: _is_up(stranger), 20, "no cache")
            files = own_files(stranger.get("/login"))
            with behind.signed_in(first) as one, behind.signed_in(second) as other:
                paths = [
                    "/",
                    "/schedule/organisation/week",
                    "/directory/",
                    "/search/",
                    "/administration/",
                    "/settings",
                    "/login",
                ]
                for path in paths:
                    mine = _through(stranger, path, one)
                    theirs = _through(stranger, path, other)
                    nobodys = _through(stranger, path, None)
                    for answer in (mine, theirs, nobodys):
                        assert answer.headers["x-greedy"] in {"MISS", "BYPASS", "EXPIRED", ""}, path
                    assert theirs.content == other.get(path).content or theirs.text != mine.text, path
                    assert first["login"] not in nobodys.text
            # The cache does keep what may be kept: without this the test above would show nothing.
            stranger.get(files[0])
            assert stranger.get(files[0]).headers["x-greedy"] == "HIT"


def _through(cache: httpx.Client, path: str, person: httpx.Client | None) -> httpx.Response:
    """Ask through the cache with the cookies of this person."""
    cookie = "; ".join(f"{c.name}={c.value}" for c in person.cookies.jar) if person else ""
    request = httpx.Request("GET", cache.base_url.join(path), headers={"Cookie": cookie} if cookie else {})
    return cache.send(request)


def _is_up(client: httpx.Client) -> bool:
    try:
        return client.get("/login").status_code == 200
    except httpx.TransportError:
        return False
