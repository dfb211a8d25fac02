"""What the desk does with accounts, and what a person sets for the own screen."""

import secrets
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from mikage.access.actor import Actor
from mikage.access.rights import note_rights_changed
from mikage.directory import policies as directory
from mikage.identity import attempts, policies
from mikage.identity.choices import AccountKind, AccountState, EndReason
from mikage.identity.models import Account, OneTimeCode
from mikage.identity.sessions import end_sessions, sessions_of
from mikage.journal import journal
from mikage.kernel import clock
from mikage.kernel.operations import Refused, operation

CODE_LIFE = timedelta(days=7)
# Without letters and digits that look alike on paper.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
NOT_THE_DESK = _("Only the desk that keeps accounts may do this.")


def _require_desk(actor: Actor) -> None:
    """Accounts are kept by the desk; it never learns a password (ASVS 6.4.6)."""
    if not actor.may("administration.accounts"):
        raise Refused(NOT_THE_DESK)


@operation("identity.account.opened")
def open_account(
    actor: Actor, *, person_id: int, login: str, kind: AccountKind = AccountKind.STAFF
) -> Account:
    """One account for one person, without a password: the first one is set with a one-time code (A-01)."""
    _require_desk(actor)
    canonical = policies.canonical_login(login)
    if len(canonical) < 2:
        raise Refused(_("Enter a login name of at least two characters."), field="login")
    if not directory.visible_people(actor).filter(pk=person_id).exists():
        raise Refused(_("There is no such person."), field="person")
    try:
        with transaction.atomic():
            account = Account(person_id=person_id, login=canonical, kind=kind)
            account.set_unusable_password()
            account.save()
    except IntegrityError as error:
        raise Refused(_("This login name or this person already has an account."), field="login") from error
    journal.record(actor, "identity.account.opened", account)
    return account


@operation("identity.code.issued")
def issue_code(actor: Actor, *, account: Account) -> str:
    """A one-time code for the desk to hand over; it replaces one given earlier. Returns the code, once."""
    _require_desk(actor)
    # Two at the desk at once follow one another: the later code is the one that is good.
    Account.objects.select_for_update().get(pk=account.pk)
    code = "".join(secrets.choice(CODE_ALPHABET) for _place in range(12))
    account.codes.filter(used_at__isnull=True).delete()
    OneTimeCode.objects.create(
        account=account,
        code_hash=policies.hash_of_code(account.pk, code),
        issued_at=clock.now(),
        expires_at=clock.now() + CODE_LIFE,
    )
    journal.record(actor, "identity.code.issued", account)
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


@operation("identity.account.suspended")
def suspend_account(actor: Actor, *, account: Account) -> None:
    """From now on nobody gets in with this account; its sessions end, its streams within 5 s (TR-H4)."""
    _require_desk(actor)
    Account.objects.filter(pk=account.pk).update(state=AccountState.SUSPENDED)
    end_sessions(actor, sessions_of(account), EndReason.SUSPENDED)
    note_rights_changed()
    journal.record(actor, "identity.account.suspended", account)


@operation("identity.account.resumed")
def resume_account(actor: Actor, *, account: Account) -> None:
    """The account may be used again; sessions that ended stay ended."""
    _require_desk(actor)
    Account.objects.filter(pk=account.pk).update(state=AccountState.ACTIVE)
    journal.record(actor, "identity.account.resumed", account)


@operation("identity.session.ended")
def end_account_sessions(actor: Actor, *, account: Account) -> int:
    """The desk signs every terminal of an account out, as when a laptop was left behind. Returns how many."""
    _require_desk(actor)
    return end_sessions(actor, sessions_of(account), EndReason.DESK)


@operation("identity.account.released")
def release_lock(actor: Actor, *, account: Account) -> int:
    """The desk lets somebody try again at once. Returns how many attempts no longer count."""
    _require_desk(actor)
    count = attempts.release(attempts.hash_of_login(account.login))
    journal.record(actor, "identity.account.released", account, details={"attempts": count})
    return count


@operation("identity.account.changed")
def change_settings(
    actor: Actor, *, language: str, text_size: str, theme: str, has_shortcuts: bool
) -> Account:
    """Language, size of text, colours and shortcuts of the own screen."""
    account = policies.own_account(actor).select_for_update(of=("self",)).get()
    account.language, account.text_size, account.theme = language, text_size, theme
    account.has_shortcuts = has_shortcuts
    account.save(update_fields=["language", "text_size", "theme", "has_shortcuts"])
    journal.record(actor, "identity.account.changed", account)
    return account
