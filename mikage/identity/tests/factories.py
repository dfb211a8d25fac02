"""Somebody signed in, in one line, for the tests of every room."""

import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.test import Client

from mikage.access.actor import Actor
from mikage.access.models import FunctionRule
from mikage.access.rights import note_rights_changed
from mikage.directory import policies as directory
from mikage.directory.models import Person
from mikage.identity import policies
from mikage.identity.models import Account, LoginSession
from mikage.identity.sessions import hash_of, new_key
from mikage.kernel import clock

EVERYDAY = ["portal.use", "schedule.use", "directory.use", "search.use"]


def make_account(person: Person, *, login: str = "") -> Account:
    """An account without a usable password; most tests never type one."""
    account = Account.objects.filter(person=person).select_related("person").first()
    if account is None:
        account = Account(person=person, login=policies.canonical_login(login or person.number))
        account.set_unusable_password()
        account.save()
    return account


def allow(person: Person, functions: Iterable[str]) -> None:
    """Open functions to one person, as a rule that exists."""
    for function in functions:
        FunctionRule.objects.get_or_create(function=function, audience=[f"person:{person.pk}"])
    note_rights_changed()


def open_login_session(person: Person, *, terminal: str = "127.0.0.1") -> tuple[LoginSession, str]:
    """A live session of the person and the key its browser holds."""
    now, key = clock.now(), new_key()
    session = LoginSession.objects.create(
        key_hash=hash_of(key),
        public_id=uuid.uuid4(),
        account=make_account(person),
        terminal=terminal,
        created_at=now,
        last_active_at=now,
        ends_at=now + timedelta(seconds=settings.ABSOLUTE_SECONDS),
    )
    return session, key


def open_session(client: Client, person: Person, *, functions: Iterable[str] = EVERYDAY) -> Client:
    """The client signed in as the person, who may use these functions."""
    allow(person, functions)
    _session, key = open_login_session(person)
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


def actor_of(person: Person, *, functions: Iterable[str] = EVERYDAY) -> Actor:
    """The actor the person is today."""
    post = directory.main_post(person.pk)
    return Actor(
        kind="person",
        person_id=person.pk,
        name=person.name,
        organisation_id=post.organisation_id if post else None,
        organisation_name=post.organisation.name if post else "",
        post_name=post.position.name if post and post.position else "",
        keys=directory.keys_of(person.pk),
        functions=frozenset(functions),
        terminal="127.0.0.1",
        strength="password",
    )
