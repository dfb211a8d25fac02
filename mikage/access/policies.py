"""Which functions are open to whom, and why (A-04: 属性に基づき機能毎に適切なアクセス制御)."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from mikage.access.actor import Actor
from mikage.access.models import FunctionRule
from mikage.kernel import clock


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule's part of an answer: whether it opens the function, and what stands in the way if not."""

    rule: FunctionRule
    shared_keys: frozenset[str]
    hindrance: str

    @property
    def opens(self) -> bool:
        return bool(self.shared_keys) and not self.hindrance


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer to "why can X use this?": the function, the verdict, and every rule that was asked."""

    function: str
    reasons: list[Reason]

    @property
    def is_open(self) -> bool:
        return any(reason.opens for reason in self.reasons)


def declared_functions() -> dict[str, str | Promise]:
    """Every function key with its words, as the rooms declare them."""
    found: dict[str, str | Promise] = {}
    for config in apps.get_app_configs():
        found.update(getattr(config, "functions", {}))
    return found


def visible_rules(actor: Actor) -> QuerySet[FunctionRule]:
    """Rules are seen by those who keep them; for everybody else they do not exist."""
    if not actor.may("administration.rules"):
        return FunctionRule.objects.none()
    return FunctionRule.objects.order_by("function", "pk")


def _in_force(on: date) -> QuerySet[FunctionRule]:
    return FunctionRule.objects.filter(Q(valid__isnull=True) | Q(valid__contains=on))


def _hindrance(rule: FunctionRule, *, terminal: str, plane: str, strength: str) -> str:
    """The first condition of the rule that is not met: a code, or nothing when all are."""
    if rule.planes and plane not in rule.planes:
        return "plane"
    if rule.strengths and strength not in rule.strengths:
        return "strength"
    if rule.terminals and not _is_within(terminal, rule.terminals):
        return "terminal"
    return ""


def _is_within(terminal: str, ranges: Iterable[str]) -> bool:
    try:
        address = ipaddress.ip_address(terminal)
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(each, strict=False) for each in ranges)


def permitted_functions(
    keys: Iterable[str],
    *,
    terminal: str = "",
    plane: str = "staff",
    strength: str = "password",
    on: date | None = None,
) -> frozenset[str]:
    """The functions open to a holder of these keys under these conditions today (A-04, default deny)."""
    rules = _in_force(on or clock.today()).filter(audience__overlap=list(keys))
    return frozenset(
        rule.function
        for rule in rules
        if not _hindrance(rule, terminal=terminal, plane=plane, strength=strength)
    )


def why(
    keys: Iterable[str],
    function: str,
    *,
    terminal: str = "",
    plane: str = "staff",
    strength: str = "password",
    on: date | None = None,
) -> Explanation:
    """Every rule about the function, with what makes it open or keeps it closed for these keys."""
    held = frozenset(keys)
    reasons = [
        Reason(
            rule=rule,
            shared_keys=held & frozenset(rule.audience),
            hindrance=_hindrance(rule, terminal=terminal, plane=plane, strength=strength),
        )
        for rule in _in_force(on or clock.today()).filter(function=function).order_by("pk")
    ]
    return Explanation(function=function, reasons=reasons)
