"""Subject keys: one short string for every "who" (all, a person, an organisation, a post, a group)."""

import re
from collections.abc import Iterable
from typing import NamedTuple

ALL = "all"
_KEY = re.compile(r"all|(?:person|org|under|group):[1-9]\d{0,17}|post:[a-z0-9][a-z0-9-]{0,30}", re.ASCII)


class Key(NamedTuple):
    """A key taken apart: its kind and what it names (an id, or the code of a post)."""

    kind: str
    value: str


def person(person_id: int) -> str:
    """This person."""
    return f"person:{person_id}"


def org(organisation_id: int) -> str:
    """Members of exactly this organisation."""
    return f"org:{organisation_id}"


def under(organisation_id: int) -> str:
    """Members of this organisation and of everything below it."""
    return f"under:{organisation_id}"


def post(code: str) -> str:
    """Whoever holds this post today."""
    return f"post:{code}"


def group(group_id: int) -> str:
    """Members of this group."""
    return f"group:{group_id}"


def is_key(text: str) -> bool:
    """Whether the text is a well-formed key; ids are never built from names (TR-D13)."""
    return _KEY.fullmatch(text) is not None


def parse(key: str) -> Key:
    """Kind and value of a key. Raises ValueError for anything else."""
    if not is_key(key):
        raise ValueError(f"not a subject key: {key!r}")
    kind, _colon, value = key.partition(":")
    return Key(kind, value)


def canonical(keys: Iterable[str]) -> list[str]:
    """Sorted and without doubles; an audience that says "all" says nothing else. Raises ValueError."""
    found = sorted(set(keys))
    for key in found:
        parse(key)
    return [ALL] if ALL in found else found
