"""Sessions begin with a sign-in and end for one of a few named reasons."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q

from mikage.access.actor import Actor
from mikage.access.rights import rights_version
from mikage.identity import attempts, hashing, policies
from mikage.identity.choices import AccountState, EndReason
from mikage.identity.models import Account, LoginSession, OneTimeCode, SignInAttempt
from mikage.identity.sessions import end_sessions, hash_of, new_key
from mikage.journal import journal
from mikage.kernel import clock
from mikage.kernel.operations import operation

KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class SignIn:
    """What came of an attempt: a session with its key, or the moment before which no other one counts."""

    session: LoginSession | None = None
    key: str = ""
    wait_until: datetime | None = None
    previous_at: datetime | None = None
    previous_terminal: str = ""


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


def _note_sign_in(actor: Actor, account: Account) -> bool:
    """Write the moment down, unless the password or the state changed since it was looked at (TR-H5).

    The row stays locked until the session stands, so that whoever changes the password ends this one too.
    """
    found = Account.objects.filter(pk=account.pk, password=account.password, state=AccountState.ACTIVE)
    return bool(
        found.update(
            previous_sign_in_at=F("last_sign_in_at"),
            previous_terminal=F("last_terminal"),
            last_sign_in_at=clock.now(),
            last_terminal=actor.terminal,
        )
    )


def _account_of(login: str) -> Account | None:
    found = Account.objects.select_related("person").filter(login=policies.canonical_login(login))
    return found.first()


def _is_usable(account: Account) -> bool:
    leaves_on = account.person.leaves_on
    is_here = account.person.is_active and (leaves_on is None or leaves_on > clock.today())
    return is_here and account.state == AccountState.ACTIVE


def _open(actor: Actor, *, account: Account, agent: str) -> SignIn:
    if not _note_sign_in(actor, account):
        journal.record(actor, "identity.session.denied", account, details={"reason": "changed"})
        return SignIn()
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
    who = policies.actor_for(
        session, rights_version=rights_version(), terminal=actor.terminal, request_id=actor.request_id
    )
    journal.record(who, "identity.session.opened", account)
    return SignIn(
        session=session,
        key=key,
        previous_at=account.last_sign_in_at,
        previous_terminal=account.last_terminal,
    )


@operation("identity.session.extended")
def extend_session(actor: Actor) -> datetime:
    """The person asked to go on (延長): the idle limit begins anew, the absolute one stays.

    Returns the moment at which the session ends now.
    """
    now = clock.now()
    policies.visible_sessions(actor).filter(public_id=actor.session_id).update(last_active_at=now)
    row = policies.visible_sessions(actor).filter(public_id=actor.session_id).first()
    journal.record(actor, "identity.session.extended")
    return policies.end_of(row) if row else now


@operation("identity.session.ended")
def sign_out(actor: Actor) -> None:
    """The person leaves this terminal."""
    this = LoginSession.objects.filter(account=actor.account_id, public_id=actor.session_id)
    end_sessions(actor, this, EndReason.SIGNED_OUT)


@operation("identity.session.ended")
def end_session(actor: Actor, *, session: LoginSession) -> None:
    """One of the own terminals is signed out from here; it stops at its next request, streams within 5 s."""
    end_sessions(
        actor,
        policies.visible_sessions(actor).filter(public_id=session.public_id),
        EndReason.ENDED_ELSEWHERE,
    )


@operation("identity.session.ended")
def end_other_sessions(actor: Actor) -> int:
    """All own terminals but this one are signed out. Returns how many."""
    return end_sessions(
        actor, policies.visible_sessions(actor).exclude(public_id=actor.session_id), EndReason.ENDED_ELSEWHERE
    )


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
