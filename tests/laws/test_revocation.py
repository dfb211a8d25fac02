"""Law 9, revocation sweep: however a right is lost, every path to the thing is closed at the next request.

The streams of the same ways, closed within five seconds, stand in ``tests/live/test_rights.py``.
"""

import uuid
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from mikage.access import services as access
from mikage.access.actor import SYSTEM
from mikage.directory import services as directory
from mikage.directory.models import Post
from mikage.directory.tests.factories import Cast, cast_people
from mikage.identity import services as identity
from mikage.identity.models import Account, LoginSession
from mikage.identity.tests.factories import EVERYDAY, actor_of, open_login_session
from mikage.kernel import clock
from mikage.kernel.operations import Refused
from mikage.schedule import services as schedule
from mikage.schedule.models import Entry
from mikage.schedule.tests.factories import draft, make_entry
from tests.laws.house import Address, addresses
from tests.laws.test_two_worlds import ONE_TIME
from tests.laws.visits import TODAY

pytestmark = [pytest.mark.django_db(databases=["default", "journal"]), pytest.mark.requirement("TR-D1")]
TITLE, PLACE = "鶴見台地区再編", "第三応接室"
# A part of the title: what was asked for stands in the answer, the title itself must not.
SOUGHT = "地区再編"
VERBS = ["edit", "copy", "move", "delete", "restore"]


class Stage:
    """The colleague has a page open that shows an appointment for the owner's section alone."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.rules = [
            access.allow_function(SYSTEM, function=function, audience=[f"person:{cast.colleague.pk}"])
            for function in EVERYDAY
        ]
        self.session, key = open_login_session(cast.colleague)
        self.client = Client()
        self.client.cookies[settings.SESSION_COOKIE_NAME] = key
        self.entry: Entry = make_entry(
            actor_of(cast.owner),
            title=TITLE,
            place=PLACE,
            item_visibility="organisation",
            details_visibility="organisation",
        )

    def account(self) -> Account:
        return Account.objects.get(pk=self.session.account_id)


@pytest.fixture
def stage(db: None) -> Iterator[Stage]:
    with time_machine.travel(clock.at(TODAY, 10), tick=False):
        yield Stage(cast_people())


def end_the_session(stage: Stage) -> None:
    identity.end_account_sessions(SYSTEM, account=stage.account())


def let_it_run_out(stage: Stage) -> None:
    LoginSession.objects.filter(pk=stage.session.pk).update(
        created_at=clock.at(TODAY, 0), ends_at=clock.now()
    )


def suspend(stage: Stage) -> None:
    identity.suspend_account(SYSTEM, account=stage.account())


def let_go(stage: Stage) -> None:
    directory.end_person(SYSTEM, person=stage.cast.colleague, on=TODAY)


def withdraw(stage: Stage) -> None:
    for rule in stage.rules:
        access.withdraw_function(SYSTEM, rule=rule)


def end_the_post(stage: Stage) -> None:
    directory.end_post(SYSTEM, post=Post.objects.get(person=stage.cast.colleague), on=TODAY)


def hide(stage: Stage) -> None:
    owner = actor_of(stage.cast.owner)
    hidden = draft(owner, title=TITLE, place=PLACE, item_visibility="self", details_visibility="self")
    schedule.change_entry(owner, entry=stage.entry, version=stage.entry.version, draft=hidden)


def delete(stage: Stage) -> None:
    schedule.delete_entry(actor_of(stage.cast.owner), entry=stage.entry, version=stage.entry.version)


Way = Callable[[Stage], None]
# The thing is gone for the colleague, who stays signed in.
OF_THE_THING: list[Way] = [end_the_post, hide, delete]
# The colleague is outside.
OF_THE_DOOR: list[Way] = [end_the_session, let_it_run_out, suspend, let_go]


def paths(stage: Stage) -> Iterator[str]:
    """Every address that could lead to the appointment: boards, cards, forms, the portal, the search."""
    for address in addresses():
        if address.name.startswith(("administration:", "identity:")):
            continue
        url = reverse(address.name, kwargs={name: _value(stage, kind) for name, kind in address.holes})
        yield url
        yield (
            f"{url}?day=2026-11-25&q={SOUGHT}&people={stage.cast.owner.pk}"
            f"&organisation={stage.cast.city.section.pk}"
        )


def _value(stage: Stage, kind: str) -> object:
    return stage.entry.pk if kind == "uuid" else stage.cast.city.section.pk


def words_on(stage: Stage) -> set[str]:
    """The paths on which the colleague reads a word of the appointment, whole or as a fragment."""
    found = set()
    for url in paths(stage):
        for headers in ({}, {"HX-Request": "true"}):
            answer = stage.client.get(url, headers=headers)
            body = answer.content.decode()
            if TITLE in body or PLACE in body:
                found.add(url)
    return found


def test_before_anything_is_lost_many_paths_lead_to_the_appointment(stage: Stage) -> None:
    assert len(words_on(stage)) >= 8


@pytest.mark.parametrize("way", [*OF_THE_THING, *OF_THE_DOOR, withdraw], ids=attrgetter("__name__"))
def test_after_the_loss_no_path_leads_there(stage: Stage, way: Way) -> None:
    assert words_on(stage)
    way(stage)
    assert words_on(stage) == set()


@pytest.mark.parametrize("way", OF_THE_THING, ids=attrgetter("__name__"))
@pytest.mark.parametrize("verb", VERBS)
def test_after_the_loss_each_verb_answers_as_for_a_thing_that_never_was(
    stage: Stage, way: Way, verb: str
) -> None:
    way(stage)
    answers = []
    for pk in (stage.entry.pk, uuid.UUID(int=9)):
        url = reverse(f"schedule:{verb}", args=[pk])
        answer = stage.client.post(url, {"version": stage.entry.version})
        answers.append((answer.status_code, without_tokens(answer.content.replace(url.encode(), b""))))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


def without_tokens(content: bytes) -> bytes:
    """The answer without what is drawn anew for every answer."""
    for pattern in ONE_TIME:
        content = pattern.sub(b"", content)
    return content


def closed(address: Address) -> bool:
    return address.name not in {"identity:login", "identity:first_password", "identity:logout"}


@pytest.mark.parametrize("way", OF_THE_DOOR, ids=attrgetter("__name__"))
def test_whoever_is_outside_passes_no_door(stage: Stage, way: Way) -> None:
    way(stage)
    for address in filter(closed, addresses()):
        url = reverse(address.name, kwargs={name: _value(stage, kind) for name, kind in address.holes})
        assert stage.client.get(url).status_code == 302, address.name
        assert stage.client.get(url, headers={"HX-Request": "true"}).status_code == 401, address.name
        assert stage.client.post(url).status_code == 401, address.name


@pytest.mark.requirement("TR-D5")
@pytest.mark.parametrize("way", OF_THE_THING, ids=attrgetter("__name__"))
def test_after_the_loss_each_service_refuses_by_itself(stage: Stage, way: Way) -> None:
    """Whatever a view looked at before: the service asks the policy once more."""
    way(stage)
    colleague, entry = actor_of(stage.cast.colleague), Entry.objects.get(pk=stage.entry.pk)
    told: dict[str, Any] = {"entry": entry, "version": entry.version}
    verbs: list[Callable[[], object]] = [
        lambda: schedule.change_entry(colleague, **told, draft=draft(colleague)),
        lambda: schedule.move_entry(colleague, **told, starts_at=entry.starts_at, ends_at=entry.ends_at),
        lambda: schedule.delete_entry(colleague, **told),
        lambda: schedule.copy_entry(colleague, entry=entry, draft=draft(colleague)),
        lambda: schedule.restore_entry(colleague, entry=entry),
    ]
    before = Entry.objects.values().get(pk=entry.pk)
    for verb in verbs:
        with pytest.raises(Refused):
            verb()
    assert Entry.objects.values().get(pk=entry.pk) == before
