"""What the desk sees of accounts, and in words: who may use a function, and why can X use it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mikage.access import policies as access
from mikage.access.actor import Actor
from mikage.access.models import FunctionRule
from mikage.directory import policies as directory
from mikage.directory.models import Person
from mikage.directory.policies import Label
from mikage.identity import attempts
from mikage.identity import policies as identity
from mikage.identity.choices import AccountState
from mikage.identity.models import Account
from mikage.identity.sessions import live_sessions
from mikage.kernel import clock
from mikage.kernel.text import fold, normalise

LONGEST_QUERY = 100
HINDRANCES: dict[str, str | Promise] = {
    "plane": _("The rule holds on another network."),
    "strength": _("The rule asks for a stronger sign-in."),
    "terminal": _("The rule holds for terminals with other addresses."),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A part of the administration: the function that opens it, its view, and what one does there."""

    function: str
    view: str
    words: str | Promise
    help: str | Promise


PLACES = [
    Place(
        "administration.accounts",
        "administration:accounts",
        _("Accounts"),
        _("Find an account, issue a one-time code, release a lock, suspend."),
    ),
    Place(
        "administration.rules",
        "administration:rules",
        _("Who may use which function"),
        _("Open and close functions, and see why somebody may use one."),
    ),
    Place(
        "directory.keep",
        "administration:imports",
        _("Directory import and export"),
        _("Take organisations, people and posts over from files, and write them out."),
    ),
]


def open_places(actor: Actor) -> list[Place]:
    """The parts of the administration that function rules open to this person (A-04)."""
    return [place for place in PLACES if actor.may(place.function)]


# Accounts ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AccountCard:
    """One account as the desk needs to see it: can this person get in, and if not, why not?"""

    account: Account
    has_password: bool
    is_locked: bool
    sessions: int
    code_expires_at: datetime | None

    @property
    def is_suspended(self) -> bool:
        return self.account.state == AccountState.SUSPENDED


def find_accounts(actor: Actor, text: str) -> QuerySet[Account]:
    """The desk finds accounts by login, staff number, name or reading; also those of people who left (A-06).

    Every word must fit. Without a word nothing is listed: the desk looks somebody up, it does not browse.
    """
    words = normalise(text[:LONGEST_QUERY]).split()
    if not words:
        return Account.objects.none()
    every = Q()
    for word in words:
        every &= Q(login__contains=identity.canonical_login(word)) | Q(person__search__contains=fold(word))
    return identity.visible_accounts(actor).filter(every)


def people_without_account(actor: Actor, text: str, *, limit: int = 20) -> list[Person]:
    """People whom the words name and who have no account yet, for the desk that opens one."""
    if not actor.may("administration.accounts"):
        return []
    found = directory.find_people(actor, text, limit=limit)
    with_account = set(
        Account.objects.filter(person__in=[person.pk for person in found]).values_list("person_id", flat=True)
    )
    return [person for person in found if person.pk not in with_account]


def card_of(account: Account) -> AccountCard:
    """What stands in the way of signing in with this account, or what stands open. Three queries."""
    code = account.codes.filter(used_at__isnull=True, expires_at__gt=clock.now()).first()
    return AccountCard(
        account=account,
        has_password=account.has_usable_password(),
        is_locked=attempts.is_locked(attempts.hash_of_login(account.login)),
        sessions=live_sessions().filter(account=account).count(),
        code_expires_at=code.expires_at if code else None,
    )


# Function rules ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule with its audience in words."""

    rule: FunctionRule
    labels: list[Label]

    @property
    def last_day(self) -> date | None:
        """The last day on which the rule holds; the end of a range is the first day it no longer does."""
        end = self.rule.valid.upper if self.rule.valid else None
        return end - timedelta(days=1) if end else None


@dataclass(frozen=True, slots=True)
class FunctionLine:
    """A function with the rules that open it; without one nobody may use it."""

    key: str
    words: str | Promise
    rules: list[RuleLine]


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """What one rule says about one person: by which of their keys, and what stands in the way."""

    line: RuleLine
    shared: list[Label]
    hindrance: str | Promise
    opens: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to "why can X use this?", with everything it follows from."""

    person: Person
    function: str
    words: str | Promise
    is_open: bool
    reasons: list[ReasonLine]
    obstacles: list[str | Promise] = field(default_factory=list)


def function_lines(actor: Actor) -> list[FunctionLine]:
    """Who may use which function, function by function; what no rule opens is closed (A-04).

    Every declared function is listed, so that a closed one is seen to be closed. One query for rules,
    one for each kind of key.
    """
    rules: dict[str, list[FunctionRule]] = {}
    for rule in access.visible_rules(actor):
        rules.setdefault(rule.function, []).append(rule)
    named = _named(actor, (key for group in rules.values() for rule in group for key in rule.audience))
    return [
        FunctionLine(key, words, [_line(rule, named) for rule in rules.get(key, [])])
        for key, words in access.declared_functions().items()
    ]


def explain(actor: Actor, *, person: Person, function: str, terminal: str = "") -> Answer | None:
    """Why can this person use this function, or why not (A-04, D-ウ)? For those who keep the rules alone.

    ``terminal`` is the address one would sign in from; a rule for certain addresses is judged by it.
    """
    if not actor.may("administration.rules"):
        return None
    answer = access.why(directory.keys_of(person.pk), function, terminal=terminal)
    named = _named(actor, (key for reason in answer.reasons for key in reason.rule.audience))
    return Answer(
        person=person,
        function=function,
        words=access.declared_functions().get(function, function),
        is_open=answer.is_open,
        reasons=[
            ReasonLine(
                line=_line(reason.rule, named),
                shared=[named[key] for key in sorted(reason.shared_keys) if key in named],
                hindrance=HINDRANCES.get(reason.hindrance, "") if reason.shared_keys else "",
                opens=reason.opens,
            )
            for reason in answer.reasons
        ],
        obstacles=_obstacles(actor, person),
    )


def _obstacles(actor: Actor, person: Person) -> list[str | Promise]:
    """What keeps somebody out altogether, whatever the rules say."""
    if not directory.keys_of(person.pk):
        return [_("This person no longer works here.")]
    if not actor.may("administration.accounts"):
        return []
    account = identity.visible_accounts(actor).filter(person=person).first()
    if account is None:
        return [_("This person has no account.")]
    obstacles: list[str | Promise] = []
    if account.state == AccountState.SUSPENDED:
        obstacles.append(_("The account is suspended."))
    if not account.has_usable_password():
        obstacles.append(_("No password has been set yet."))
    return obstacles


def _named(actor: Actor, wanted: Iterable[str]) -> dict[str, Label]:
    return {label.key: label for label in directory.describe_keys(sorted(set(wanted)), actor=actor)}


def _line(rule: FunctionRule, named: dict[str, Label]) -> RuleLine:
    return RuleLine(rule, [named[key] for key in rule.audience if key in named])
