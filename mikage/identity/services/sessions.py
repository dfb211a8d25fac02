"""Sessions begin with a sign-in and end for one of a few named reasons."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F, Q, QuerySet

from mikage.access.actor import Actor
from mikage.identity import attempts, hashing, policies
from mikage.identity.choices import AccountState, EndReason
from mikage.identity.models import Account, LoginSession, OneTimeCode, SignInAttempt
from mikage.identity.sessions import hash_of, new_key
from mikage.journal import journal
from mikage.kernel import clock
from mikage.kernel.operations import operation

CHANNEL = "mikage_session"
KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class SignIn:
    """What came of an attempt: a session with its key, or the moment before which no other one counts."""

    session: LoginSession | None = None
    key: str = ""
    wait_until: datetime | None = None


@operation("identity.session.opened")
def sign_in(actor: Actor, *, login: str, password: str, agent: str = "") -> SignIn:
    """IDとパスワードによる認証により利用者を特定 (seed C1, A-01): one account, one person, one new session.

    An unknown login, a wrong password and a suspended account cost the same work and get the same answer.
    A refused attempt commits: its count and its record must stay.
    """
    login_hash = attempts.hash_of_login(login)
    attempts.hold_turn(login_hash, actor.terminal)
    wait = attempts.wait_until(login_hash, actor.terminal)
    account = _account_of(login)
    if wait is not None:
        journal.record(actor, "identity.session.denied", account, details={"reason": "wait"})
        return SignIn(wait_until=wait)
    is_right = hashing.is_right(password, account.password if account else None)
    if account is None or not is_right or not _is_usable(account):
        attempts.note_failure(login_hash, actor.terminal)
        reason = "unknown" if account is None else "suspended" if is_right else "password"
        journal.record(actor, "identity.session.denied", account, details={"reason": reason})
        return SignIn(wait_until=attempts.wait_until(login_hash, actor.terminal))
    attempts.forget_failures(login_hash, actor.terminal)
    return _open(actor, account=account, agent=agent)


def _account_of(login: str) -> Account | None:
    found = Account.objects.select_related("person").filter(login=policies.canonical_login(login))
    return found.first()


def _is_usable(account: Account) -> bool:
    return account.state == AccountState.ACTIVE and account.person.is_active


def _open(actor: Actor, *, account: Account, agent: str) -> SignIn:
    now, key = clock.now(), new_key()
    session = LoginSession.objects.create(
        key_hash=hash_of(key),
        public_id=uuid.uuid4(),
        account=account,
        terminal=actor.terminal,
        agent=agent[:60],
        created_at=now,
        last_active_at=now,
        ends_at=now + timedelta(seconds=settings.ABSOLUTE_SECONDS),
    )
    Account.objects.filter(pk=account.pk).update(
        previous_sign_in_at=F("last_sign_in_at"),
        previous_terminal=F("last_terminal"),
        last_sign_in_at=now,
        last_terminal=actor.terminal,
    )
    who = policies.actor_for(
        session, rights_version=0, terminal=actor.terminal, request_id=actor.request_id
    )
    journal.record(who, "identity.session.opened", account)
    return SignIn(session=session, key=key)


@operation("identity.session.extended")
def extend_session(actor: Actor) -> datetime:
    """The person asked to go on (延長): the idle limit begins anew, the absolute one stays. Returns the end."""
    now = clock.now()
    policies.visible_sessions(actor).filter(public_id=actor.session_id).update(last_active_at=now)
    row = policies.visible_sessions(actor).filter(public_id=actor.session_id).first()
    journal.record(actor, "identity.session.extended")
    return end_of(row) if row else now


def end_of(session: LoginSession) -> datetime:
    """When the session is over if nothing more is done with it."""
    return min(session.ends_at, session.last_active_at + timedelta(seconds=settings.IDLE_SECONDS))


@operation("identity.session.ended")
def sign_out(actor: Actor) -> None:
    """The person leaves this terminal."""
    _end(actor, LoginSession.objects.filter(account=actor.account_id, public_id=actor.session_id), EndReason.SIGNED_OUT)


@operation("identity.session.ended")
def end_session(actor: Actor, *, session: LoginSession) -> None:
    """One of the own terminals is signed out from here; it stops at its next request, streams within 5 s."""
    _end(
        actor,
        policies.visible_sessions(actor).filter(public_id=session.public_id),
        EndReason.ENDED_ELSEWHERE,
    )


@operation("identity.session.ended")
def end_other_sessions(actor: Actor) -> int:
    """All own terminals but this one are signed out. Returns how many."""
    return _end(
        actor, policies.visible_sessions(actor).exclude(public_id=actor.session_id), EndReason.ENDED_ELSEWHERE
    )


def end_sessions_of(actor: Actor, account: Account, reason: EndReason, *, but: str = "") -> int:
    """Inside an operation on an account: every session of it ends, but the one named (TR-H5)."""
    found = LoginSession.objects.filter(account=account, ended_at__isnull=True)
    return _end(actor, found.exclude(public_id=but) if but else found, reason)


def _end(actor: Actor, sessions: QuerySet[LoginSession], reason: EndReason) -> int:
    ids = [str(each) for each in sessions.values_list("public_id", flat=True)]
    count = LoginSession.objects.filter(public_id__in=ids, ended_at__isnull=True).update(
        ended_at=clock.now(), end_reason=reason, data=""
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, id) FROM unnest(%s::text[]) AS id", [CHANNEL, ids])
    journal.record(actor, "identity.session.ended", details={"sessions": count, "reason": str(reason)})
    return count


@operation("identity.session.pruned")
def prune_sessions(actor: Actor) -> int:
    """Sessions, codes and attempts that ended long ago are removed. Returns how many rows."""
    limit = clock.now() - KEPT
    removed = 0
    for rows in (
        LoginSession.objects.filter(Q(ended_at__lt=limit) | Q(ends_at__lt=limit)),
        OneTimeCode.objects.filter(expires_at__lt=limit),
        SignInAttempt.objects.filter(at__lt=limit),
    ):
        removed += rows.delete()[0]
    journal.record(actor, "identity.session.pruned", details={"rows": removed})
    return removed


__all__ = [
    "SignIn",
    "end_other_sessions",
    "end_session",
    "extend_session",
    "prune_sessions",
    "sign_in",
    "sign_out",
]
