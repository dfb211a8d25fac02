"""How an account gets its password: the first one with a code from the desk, later ones by the person alone."""

import hashlib
import unicodedata

from django.utils.translation import gettext_lazy as _

from mikage.access.actor import Actor
from mikage.identity import attempts, hashing, policies
from mikage.identity.choices import AccountState, EndReason
from mikage.identity.models import Account, OneTimeCode
from mikage.identity.services.sessions import end_sessions_of
from mikage.journal import journal
from mikage.kernel import clock
from mikage.kernel.operations import Refused, operation
from mikage.kernel.text import normalise

WRONG_CODE = _("The staff number or login name and the code do not fit, or the code has been used or has expired.")


def canonical_code(typed: str) -> str:
    """A code as typed, in any case and with any dashes and blanks."""
    return "".join(each for each in normalise(typed[:60]).upper() if each.isalnum())


def hash_of_code(account_id: int, code: str) -> str:
    """Codes are long and random and expire; the account is part of the hash so that none fits another."""
    return hashlib.sha256(f"{account_id}:{canonical_code(code)}".encode()).hexdigest()


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
            code_hash=hash_of_code(account.pk if account else 0, code),
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
    end_sessions_of(actor, account, EndReason.PASSWORD_CHANGED)
    attempts.release(login_hash)
    journal.record(actor, "identity.password.set", account, details={"by": "code"})
    return account


@operation("identity.password.set")
def change_password(actor: Actor, *, current: str, password: str) -> None:
    """The person changes the own password; all other terminals are signed out, this one stays (TR-H5)."""
    account = policies.own_account(actor).select_for_update(of=("self",)).get()
    if not hashing.is_right(current[: policies.LONGEST_PASSWORD], account.password):
        raise Refused(_("The present password is not right."), field="current")
    _set(account, password)
    end_sessions_of(actor, account, EndReason.PASSWORD_CHANGED, but=actor.session_id)
    journal.record(actor, "identity.password.set", account, details={"by": "self"})


def _set(account: Account, password: str) -> None:
    faults = policies.password_faults(account, password)
    if faults:
        raise Refused(faults[0], field="password")
    account.password = hashing.hashed(unicodedata.normalize("NFKC", password))
    account.password_set_at = clock.now()
    account.save(update_fields=["password", "password_set_at"])
