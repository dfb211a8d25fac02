"""Opening and closing functions, and telling everybody who caches rights that they changed."""

import ipaddress
from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from mikage.access import keys, policies
from mikage.access.actor import Actor
from mikage.access.models import FunctionRule
from mikage.access.rights import note_rights_changed as note_rights_changed
from mikage.journal import journal
from mikage.kernel.operations import Refused, operation


@operation("access.rule.added")
def allow_function(
    actor: Actor,
    *,
    function: str,
    audience: Sequence[str],
    terminals: Sequence[str] = (),
    planes: Sequence[str] = (),
    strengths: Sequence[str] = (),
    valid: tuple[date | None, date | None] | None = None,
) -> FunctionRule:
    """Open a function to an audience under conditions (A-04). Refused unless the actor keeps the rules.

    ``terminals`` are address ranges (10.1.0.0/16), ``valid`` a period whose end is not included.
    """
    if not actor.may("administration.rules"):
        raise Refused(_("Only those who keep the function rules may change them."))
    if function not in policies.declared_functions():
        raise Refused(_("There is no such function."), field="function")
    try:
        named = keys.canonical(audience)
    except ValueError as error:
        raise Refused(_("This is not a person, organisation, post or group."), field="audience") from error
    if not named:
        raise Refused(_("Choose at least one person, organisation, post or group."), field="audience")
    rule = FunctionRule.objects.create(
        function=function,
        audience=named,
        terminals=_ranges(terminals),
        planes=list(planes),
        strengths=list(strengths),
        valid=valid,
    )
    note_rights_changed()
    journal.record(actor, "access.rule.added", rule, details={"function": function, "keys": len(named)})
    return rule


def _ranges(terminals: Sequence[str]) -> list[str]:
    try:
        return [str(ipaddress.ip_network(each, strict=False)) for each in terminals]
    except ValueError as error:
        raise Refused(_("Enter address ranges such as 10.1.0.0/16."), field="terminals") from error


@operation("access.rule.withdrawn")
def withdraw_function(actor: Actor, *, rule: FunctionRule) -> None:
    """Close again what a rule opened; at the next request, open streams within five seconds (TR-D1)."""
    if not actor.may("administration.rules"):
        raise Refused(_("Only those who keep the function rules may change them."))
    journal.record(
        actor, "access.rule.withdrawn", rule, details={"function": rule.function, "keys": len(rule.audience)}
    )
    rule.delete()
    note_rights_changed()
