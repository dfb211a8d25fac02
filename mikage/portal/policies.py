"""Which ways lead from the top page into the city's other systems: those the operator wrote down (POR-5)."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from mikage.access.actor import Actor

FILE_NAME = "links.json"
SCHEMES = {"http", "https"}


@dataclass(frozen=True, slots=True)
class Link:
    """One other system: what it is called, where it is, and a word about it."""

    name: str
    url: str
    about: str = ""


def visible_links(actor: Actor) -> list[Link]:
    """Everybody who sees the top page sees the same links; each system guards its own door (POR-5).

    They stand in ``links.json`` in the home of the installation: a list of objects with ``name``, ``url``
    and ``about``. A change is seen at the next page. Raises ValueError for a file that says something else.
    """
    if not actor.may("portal.use"):
        return []
    path = settings.HOME / FILE_NAME
    try:
        changed_at = path.stat().st_mtime_ns
    except FileNotFoundError:
        return []
    return _read(path, changed_at)


@lru_cache(maxsize=1)
def _read(path: Path, changed_at: int) -> list[Link]:
    """Read once for each state of the file."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(rows, list):
        raise ValueError("links.json is a list")
    return [_link(row) for row in rows]


def _link(row: object) -> Link:
    if not isinstance(row, dict):
        raise ValueError("each link is an object")
    link = Link(str(row["name"]), str(row["url"]), str(row.get("about", "")))
    # An address that is no web page would be a script in our own page.
    if urlsplit(link.url).scheme not in SCHEMES:
        raise ValueError("a link leads to a web page")
    return link
