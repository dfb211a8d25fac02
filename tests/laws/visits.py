"""Visits to every address: a town with something of every kind, and every member of the cast at a browser."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.test import Client
from django.urls import reverse

from mikage.access.actor import SYSTEM
from mikage.access.models import FunctionRule
from mikage.directory import services as directory
from mikage.directory.tests.factories import ROLES, Cast, cast_people
from mikage.identity.models import LoginSession
from mikage.identity.tests.factories import EVERYDAY, actor_of, allow, open_login_session
from mikage.kernel import clock
from mikage.schedule import services as schedule
from mikage.schedule.choices import Visibility
from mikage.schedule.models import Entry
from mikage.schedule.policies import Draft
from tests.laws.calls import uploaded
from tests.laws.house import Address

# What each member of the cast may use beside what everybody may.
FUNCTIONS = {
    "handler": ["administration.use", "directory.keep"],
    "maintenance": ["administration.use", "administration.accounts", "administration.rules"],
}
VISITORS = ("anonymous", *ROLES)
UNKNOWN = {"int": 987_654_321, "uuid": uuid.UUID(int=9)}
TODAY = date(2026, 11, 25)


@dataclass
class Town:
    """A town in which there is something behind every address, and the key of every browser."""

    cast: Cast
    keys: dict[str, str]
    sessions: dict[str, LoginSession]
    entries: dict[str, Entry]
    rule: FunctionRule
    run_id: int

    def browser(self, role: str) -> Client:
        client = Client()
        if role != "anonymous":
            client.cookies[settings.SESSION_COOKIE_NAME] = self.keys[role]
        return client

    def objects(self, address: Address) -> Iterator[tuple[str, str]]:
        """Every kind of thing the address may name, with the URL for it."""
        if not address.holes:
            yield "", reverse(address.name)
            return
        (name, kind), *_others = address.holes
        for words, value in [*self._known(address.name, kind).items(), ("unknown", UNKNOWN[kind])]:
            yield words, reverse(address.name, kwargs={name: value})

    def _known(self, name: str, kind: str) -> dict[str, object]:
        room, _colon, view = name.partition(":")
        if room == "schedule" and kind == "uuid":
            return {words: entry.pk for words, entry in self.entries.items()}
        if room == "identity":
            return {f"session of the {role}": self.sessions[role].public_id for role in ("owner", "outsider")}
        if view == "person":
            return {"person": self.cast.owner.pk}
        if "account" in view or view in {"issue_code", "release_lock", "end_sessions"}:
            return {"account of the owner": self.sessions["owner"].account_id}
        if "rule" in view:
            return {"rule": self.rule.pk}
        if "import" in view:
            return {"prepared import": self.run_id}
        return {"section of the owner": self.cast.city.section.pk}


def town() -> Town:
    cast = cast_people()
    sessions, keys = {}, {}
    for role, person in cast.people().items():
        allow(person, [*EVERYDAY, *FUNCTIONS.get(role, [])])
        sessions[role], keys[role] = open_login_session(person)
    return Town(
        cast=cast,
        keys=keys,
        sessions=sessions,
        entries=_entries(cast),
        rule=FunctionRule.objects.create(function="search.use", audience=[f"person:{cast.auditor.pk}"]),
        run_id=directory.prepare_import(SYSTEM, files=uploaded(), on=TODAY).pk,
    )


def _entries(cast: Cast) -> dict[str, Entry]:
    """The owner's appointments, from the most open one to the one that is gone."""
    made = {
        "open to everyone": _entry(cast, Visibility.EVERYONE, Visibility.EVERYONE),
        "details for the section": _entry(cast, Visibility.EVERYONE, Visibility.ORGANISATION),
        "with the outsider": _entry(
            cast,
            Visibility.PARTICIPANTS,
            Visibility.PARTICIPANTS,
            participants=(cast.owner.pk, cast.outsider.pk),
        ),
        "shared with the auditor": _entry(
            cast, Visibility.PARTICIPANTS, Visibility.PARTICIPANTS, shared_with=(f"person:{cast.auditor.pk}",)
        ),
        "for the owner alone": _entry(cast, Visibility.SELF, Visibility.SELF),
        "deleted": _entry(cast, Visibility.EVERYONE, Visibility.EVERYONE),
    }
    gone = made["deleted"]
    schedule.delete_entry(actor_of(cast.owner), entry=gone, version=gone.version)
    # The minute in which whoever deleted it may take it back is over.
    Entry.objects.filter(pk=gone.pk).update(deleted_at=clock.now() - timedelta(minutes=5))
    return made


def _entry(cast: Cast, item: str, details: str, **more: object) -> Entry:
    values: dict[str, object] = {
        "starts_at": clock.at(TODAY, 13),
        "ends_at": clock.at(TODAY, 14),
        "title": "打合せ",
        "place": "会議室",
        "item_visibility": item,
        "details_visibility": details,
        "participants": (cast.owner.pk,),
    }
    return schedule.add_entry(actor_of(cast.owner), draft=Draft(**values | more))  # type: ignore[arg-type]
