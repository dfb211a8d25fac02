"""The organisation week of fifty people and the top page: CPU beside Django's empty view, waits, weight."""

import asyncio
import gzip
import platform
from typing import Any
from urllib.parse import urljoin

from bs4 import BeautifulSoup
from django.db import connections
from django.test import Client as InProcess
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import board, measure, people
from mikage.directory.models import Person

ROUNDS = 6
RATIO, WEIGHT_KB, REQUESTS, RECORD_SHARE = 10.0, 60.0, 10, 0.10


def main() -> None:
    """Measure the hot pages and the price of an access record."""
    organisation, member = board.organisation_of_fifty()
    (cookie,) = people.sign_in([member])
    paths = {
        "organisation_week": f"{reverse('schedule:organisation_week')}?organisation={organisation.pk}",
        "portal": reverse("portal:home"),
    }
    command = [
        "granian",
        "--interface",
        "wsgi",
        "--workers",
        "1",
        "--blocking-threads",
        "4",
        "--no-access-log",
    ]
    command += [
        "--log-level",
        "warning",
        "--host",
        measure.TERMINAL,
        "--port",
        "{port}",
        "bench.application:application",
    ]
    figures: dict[str, Any] = {"people_in_city": Person.objects.count(), "processors": platform.machine()}
    goals: dict[str, measure.Goal] = {}
    with measure.serving(*command) as server:
        empty = measure.Case("empty", "/_empty", number=600)
        recorded = measure.Case("recorded", "/_recorded", number=600)
        for name, path in paths.items():
            figures[name], found = _measured(server, (empty, recorded), name, path, cookie)
            goals |= found
    measure.publish("pages", figures, goals)


def _measured(
    server: measure.Running, plain: tuple[measure.Case, measure.Case], name: str, path: str, cookie: str
) -> tuple[dict[str, Any], dict[str, measure.Goal]]:
    page = measure.Case(name, path, cookie)
    empty, recorded = plain
    for clients in (1, 16):
        measure.in_turns(server, [empty, recorded, page], rounds=ROUNDS, clients=clients)
    ratio = page.median_cpu_ms / empty.median_cpu_ms
    # Seen on the cheapest view: beside a whole page the difference would drown in the noise of the machine.
    record_ms = recorded.median_cpu_ms - empty.median_cpu_ms
    share = record_ms / page.median_cpu_ms
    weight = asyncio.run(_weight(server.port, path, cookie))
    figures = {
        "cpu_ms": round(page.median_cpu_ms, 2),
        "cpu_ms_least_and_most": [round(min(page.cpu_ms), 2), round(max(page.cpu_ms), 2)],
        "empty_view_cpu_ms": round(empty.median_cpu_ms, 3),
        "access_record_cpu_ms": round(record_ms, 3),
        "cpu_ratio_to_empty_view": round(ratio, 1),
        "access_record_share_of_cpu": round(share, 3),
        "p95_ms_1_client": round(page.p95_ms(1), 1),
        "p95_ms_16_clients": round(page.p95_ms(16), 1),
        "empty_view_p95_ms_1_client": round(empty.p95_ms(1), 2),
        "queries": _queries(path, cookie),
        **weight,
    }
    return figures, {
        f"{name}_cpu_ratio": measure.Goal.at_most(ratio, RATIO),
        f"{name}_access_record_share": measure.Goal.at_most(share, RECORD_SHARE),
        f"{name}_weight_kb": measure.Goal.at_most(weight["cold_kb_compressed"], WEIGHT_KB),
        f"{name}_requests": measure.Goal.at_most(weight["cold_requests"], REQUESTS),
    }


def _queries(path: str, cookie: str) -> int:
    """Statements of one request, those of the journal included; the second request, when all is warm."""
    browser = InProcess(SERVER_NAME=measure.TERMINAL, HTTP_COOKIE=cookie)
    if browser.get(path).status_code != 200:
        raise SystemExit(f"{path} is not answered in process")
    with (
        CaptureQueriesContext(connections["default"]) as own,
        CaptureQueriesContext(connections["journal"]) as record,
    ):
        browser.get(path)
    return len(own) + len(record)


async def _weight(port: int, path: str, cookie: str) -> dict[str, Any]:
    """What a browser with an empty cache fetches for the page, as it comes through the proxy.

    Static files are stored compressed; the page itself is compressed by nginx (deploy/nginx.conf).
    """
    client = measure.Client(port, cookie)
    page = await client.get(path, Accept_Encoding="gzip")
    sizes = {path: len(gzip.compress(page.body, 6)) + page.bytes_on_wire - len(page.body)}
    for address in sorted(_parts(page.body.decode(), path)):
        part = await client.get(address, Accept_Encoding="gzip, br")
        if part.status == 200:
            sizes[address] = part.bytes_on_wire
    client.close()
    return {
        "cold_requests": len(sizes),
        "cold_kb_compressed": round(sum(sizes.values()) / 1_024, 1),
        "html_kb": round(len(page.body) / 1_024, 1),
        "html_kb_compressed": round(sizes[path] / 1_024, 1),
    }


def _parts(html: str, path: str) -> set[str]:
    """Addresses of what the page makes a browser load: styles, scripts, icons, pictures."""
    soup = BeautifulSoup(html, "html.parser")
    found = [
        link.get("href") for link in soup.select("link[rel=stylesheet], link[rel=icon], link[rel=manifest]")
    ]
    found += [each.get("src") for each in soup.select("script[src], img[src]")]
    found += [use.get("href") for use in soup.select("use[href]")]
    return {
        urljoin(path, str(each)).partition("#")[0] for each in found if each and not str(each).startswith("#")
    }
