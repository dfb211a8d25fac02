"""How an account gets its password: the first one with a code from the desk, later ones by its person."""

from django.utils.translation import gettext_lazy as _

from mikage.access.actor import Actor
from mikage.identity import attempts, hashing, policies
from mikage.identity.choices import AccountState, EndReason
from mikage.identity.models import Account, OneTimeCode
from mikage.identity.sessions import end_sessions, sessions_of
from mikage.journal import journal
from mikage.kernel import clock
from mikage.kernel.operations import Refused, operation

WRONG_CODE = _(
    "The staff number or login name and the code do not fit, or the code has been used or has expired."
)

WRONG_PASSWORD = Refused(
    _("The present password is not right, or there were too many attempts; wait a moment then."),
    field="current",
)


@operation("identity.password.set")
def set_first_password(actor: Actor, *, login: str, code: str, password: str) -> Account | None:
    """The one-time code of the desk opens an account once, for the person who sets its password (A-01).

    Returns the account, or nothing when login and code do not fit: that attempt commits, with its count.
    Raises Refused with the faults of the password; the code stays good then.
    """
    login_hash = attempts.hash_of_login(login)
    attempts.hold_turn(login_hash, actor.terminal)
    account = Account.objects.select_related("person").filter(login=policies.canonical_login(login)).first()
    if attempts.wait_until(login_hash, actor.terminal) is not None:
        journal.record(actor, "identity.password.denied", account, details={"reason": "wait"})
        return None
    found = (
        OneTimeCode.objects.select_for_update()
        .filter(
            account=account,
            code_hash=policies.hash_of_code(account.pk if account else 0, code),
            used_at__isnull=True,
            expires_at__gt=clock.now(),
            account__state=AccountState.ACTIVE,
        )
        .first()
    )
    if account is None or found is None:
        attempts.note_failure(login_hash, actor.terminal)
        journal.record(actor, "identity.password.denied", account, details={"reason": "code"})
        return None
    _set(account, password)
    found.used_at = clock.now()
    found.save(update_fields=["used_at"])
    end_sessions(actor, sessions_of(account), EndReason.PASSWORD_CHANGED)
    attempts.release(login_hash)
    journal.record(actor, "identity.password.set", account, details={"by": "code"})
    return account


@operation("identity.password.set")
def change_password(actor: Actor, *, current: str, password: str) -> bool:
    """The person changes the own password; all other terminals are signed out, this one stays (TR-H5).

    Returns whether the present password was right: a wrong one commits, with its count, so that nobody
    can go on guessing at a terminal left open. Raises Refused with the faults of the new password.
    """
    account = policies.own_account(actor).select_for_update(of=("self",)).get()
    login_hash = attempts.hash_of_login(account.login)
    attempts.hold_turn(login_hash, actor.terminal)
    if attempts.wait_until(login_hash, actor.terminal) is not None:
        journal.record(actor, "identity.password.denied", account, details={"reason": "wait"})
        return False
    if not hashing.is_right(current[: policies.LONGEST_PASSWORD], account.password):
        attempts.note_failure(login_hash, actor.terminal)
        journal.record(actor, "identity.password.denied", account, details={"reason": "password"})
        return False
    _set(account, password)
    others = sessions_of(account).exclude(public_id=actor.session_id)
    end_sessions(actor, others, EndReason.PASSWORD_CHANGED)
    journal.record(actor, "identity.password.set", account, details={"by": "self"})
    return True


def _set(account: Account, password: str) -> None:
    faults = policies.password_faults(account, password)
    if faults:
        raise Refused(faults[0], field="password")
    account.password = hashing.hashed(password)
    account.password_set_at = clock.now()
    account.save(update_fields=["password", "password_set_at"])
