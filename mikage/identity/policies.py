"""Who an account makes of somebody today, whose sessions one may see, and what a password must be."""

import hashlib
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mikage.access import policies as access
from mikage.access.actor import Actor
from mikage.directory import policies as directory
from mikage.identity.models import Account, LoginSession
from mikage.identity.sessions import live_sessions
from mikage.kernel import clock
from mikage.kernel.text import fold, normalise

LEAST_PASSWORD_LENGTH = 12
LONGEST_PASSWORD = 1_024
LONGEST_LOGIN = 60
_COMMON = CommonPasswordValidator()


def canonical_login(typed: str) -> str:
    """One login whatever the width, case or blanks it is typed with (TR-D13, TR-H3)."""
    return "".join(normalise(typed[: LONGEST_LOGIN * 2]).casefold().split())[:LONGEST_LOGIN]


def canonical_code(typed: str) -> str:
    """A one-time code as typed, in any case and with any dashes and blanks."""
    return "".join(each for each in normalise(typed[:60]).upper() if each.isalnum())


def hash_of_code(account_id: int, code: str) -> str:
    """Codes are long and random and expire; the account is part of the hash so that none fits another."""
    return hashlib.sha256(f"{account_id}:{canonical_code(code)}".encode()).hexdigest()


def actor_for(session: LoginSession, *, rights_version: int, terminal: str, request_id: str = "") -> Actor:
    """The actor behind a live session: person, keys held today, functions open from here (A-04)."""
    account = session.account
    rights = _rights_of(
        account.person_id, account.pk, rights_version, clock.today(), terminal, session.strength
    )
    return Actor(
        kind="person",
        person_id=account.person_id,
        account_id=account.pk,
        name=account.person.name,
        organisation_id=rights.organisation_id,
        organisation_name=rights.organisation_name,
        post_name=rights.post_name,
        keys=rights.keys,
        functions=rights.functions,
        terminal=terminal,
        plane="staff",
        strength=session.strength,
        session_id=str(session.public_id),
        request_id=request_id,
    )


@lru_cache(maxsize=4_096)
def _rights_of(
    person_id: int, account_id: int, rights_version: int, on: date, terminal: str, strength: str
) -> Actor:
    """What follows from posts, groups and rules. The key holds the version: any change asks anew (TR-D4)."""
    keys = directory.keys_of(person_id, on)
    post = directory.main_post(person_id, on)
    return Actor(
        kind="person",
        person_id=person_id,
        account_id=account_id,
        organisation_id=post.organisation_id if post else None,
        organisation_name=post.organisation.name if post else "",
        post_name=post.position.name if post and post.position else "",
        keys=keys,
        functions=access.permitted_functions(
            keys, terminal=terminal, plane="staff", strength=strength, on=on
        ),
    )


def end_of(session: LoginSession) -> datetime:
    """When the session is over if nothing more is done with it: the idle limit or the absolute one."""
    return min(session.ends_at, session.last_active_at + timedelta(seconds=settings.IDLE_SECONDS))


def live_session_ids(session_ids: Iterable[str]) -> set[str]:
    """Which of these sessions still live, for the streams that hold them open (TR-D1). One query."""
    found = live_sessions().filter(public_id__in=list(session_ids))
    return {str(each) for each in found.values_list("public_id", flat=True)}


def visible_sessions(actor: Actor) -> QuerySet[LoginSession]:
    """One's own terminals that are signed in, the latest used first; nobody sees another person's."""
    return live_sessions().filter(account=actor.account_id).order_by("-last_active_at")


def own_account(actor: Actor) -> QuerySet[Account]:
    """One's own account."""
    own = Account.objects.filter(pk=actor.account_id or 0, person=actor.person_id or 0)
    return own.select_related("person")


def visible_accounts(actor: Actor) -> QuerySet[Account]:
    """All accounts, for the desk that keeps them; for everybody else they do not exist (A-06)."""
    if not actor.may("administration.accounts"):
        return Account.objects.none()
    return Account.objects.select_related("person").order_by("login")


def password_faults(account: Account, password: str) -> list[str | Promise]:
    """What keeps this text from being the account's password: length and guessing, no rules of composition.

    NIST SP 800-63B: long, not on the list of common ones, not made of what everybody knows of the person.
    """
    faults: list[str | Promise] = []
    text = unicodedata.normalize("NFKC", password)
    if len(text) < LEAST_PASSWORD_LENGTH:
        faults.append(_("Use at least 12 characters. A short sentence is easy to remember."))
    if len(text) > LONGEST_PASSWORD:
        faults.append(_("Use at most 1,024 characters."))
    folded = fold(text[:LONGEST_PASSWORD])
    person = account.person
    known = [account.login, person.number, person.family_name, person.given_name, person.family_kana]
    known += [person.given_kana, settings.PRODUCT_NAME, "mikage"]
    if any(_is_mostly(folded, fold(word)) for word in known):
        faults.append(_("Do not build the password from your name or staff number."))
    try:
        _COMMON.validate(text.casefold())
    except ValidationError:
        faults.append(_("This password is among those tried first. Choose another one."))
    if len(set(folded)) < 5 and not faults:
        faults.append(_("Use more different characters."))
    return faults


def _is_mostly(folded: str, word: str) -> bool:
    """Whether the password is little more than the word; a name inside a long sentence is no fault."""
    return len(word) >= 2 and word in folded and len(folded) < 2 * len(word) + 8
