"""Which functions the city opens to whom: the everyday ones to all, the keeping of things to those who keep them."""

from mikage.access import keys, policies, services
from mikage.access.actor import SYSTEM

EVERYDAY = ["portal.use", "schedule.use", "directory.use", "search.use"]


def open_functions(*, administrator_id: int, auditor_id: int) -> int:
    """Open what is declared today (A-04): whatever nobody is named for stays closed. Returns how many rules."""
    declared = policies.declared_functions()
    audiences = {function: [keys.ALL] for function in EVERYDAY}
    for function in declared:
        if function.startswith("administration.") or function == "directory.keep":
            audiences[function] = [keys.person(administrator_id)]
        elif function.startswith(("audit.", "journal.")):
            audiences[function] = [keys.person(auditor_id)]
    opened = [function for function in audiences if function in declared]
    for function in opened:
        services.allow_function(SYSTEM, function=function, audience=audiences[function])
    return len(opened)
