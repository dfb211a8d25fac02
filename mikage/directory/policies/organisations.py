"""Which organisations there are on a day, and what stands below what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from mikage.access.actor import Actor
from mikage.directory.models import Closure, Edge, Organisation
from mikage.kernel import clock


def visible_organisations(actor: Actor, on: date | None = None) -> QuerySet[Organisation]:
    """Everybody of the staff knows the organisations of a day, in official order (建制順, ORG-1)."""
    if actor.kind == "anonymous":
        return Organisation.objects.none()
    standing = Edge.objects.filter(child=OuterRef("pk"), valid__contains=on or clock.today())
    return Organisation.objects.filter(Exists(standing)).order_by("official_order", "code")


def below(organisation_id: int, on: date | None = None) -> set[int]:
    """The organisation and everything below it on that day, as ids; nothing when it does not exist then."""
    rows = Closure.objects.filter(ancestor=organisation_id, valid__contains=on or clock.today())
    return set(rows.values_list("descendant_id", flat=True))


def above(organisation_id: int, on: date | None = None) -> list[Organisation]:
    """The way from the top down to the organisation itself on that day."""
    rows = Closure.objects.filter(descendant=organisation_id, valid__contains=on or clock.today())
    return [row.ancestor for row in rows.select_related("ancestor").order_by("-depth")]


def children(actor: Actor, organisation_id: int | None, on: date | None = None) -> QuerySet[Organisation]:
    """What stands directly below the organisation that day (at the top: ``None``), in official order."""
    day = on or clock.today()
    edges = Edge.objects.filter(child=OuterRef("pk"), parent=organisation_id, valid__contains=day)
    below_it = Edge.objects.filter(parent=OuterRef("pk"), valid__contains=day)
    return visible_organisations(actor, day).filter(Exists(edges)).annotate(has_children=Exists(below_it))


def paths_of(organisation_ids: Iterable[int], on: date | None = None) -> dict[int, str]:
    """Where each organisation stands, in words: 企画調整局 情報化戦略部. One query."""
    day = on or clock.today()
    rows = (
        Closure.objects.filter(descendant__in=list(organisation_ids), valid__contains=day)
        .order_by("descendant_id", "-depth")
        .values_list("descendant_id", "ancestor__name")
    )
    names: dict[int, list[str]] = {}
    for organisation_id, name in rows:
        names.setdefault(organisation_id, []).append(name)
    # The top (the city itself) says nothing that the reader does not know, unless it is meant itself.
    return {pk: " ".join(path[1:] or path) for pk, path in names.items()}


@dataclass
class Branch:
    """One line of the tree as drawn: an organisation, whether it is open, and what hangs below it."""

    organisation: Organisation
    depth: int
    has_children: bool
    is_open: bool
    is_chosen: bool
    children: list["Branch"]

    @classmethod
    def closed(cls, organisation: Organisation) -> "Branch":
        """A branch as it hangs below an opened one; whether anything hangs below it was asked with it."""
        return cls(organisation, 0, bool(getattr(organisation, "has_children", False)), False, False, [])


def tree(actor: Actor, chosen_id: int | None, on: date | None = None) -> list[Branch]:
    """The tree opened down to the chosen organisation and one step further; the rest opens on demand.

    Three queries whatever the depth: the way down, the edges that hang on it, the organisations.
    """
    day = on or clock.today()
    way = [organisation.pk for organisation in above(chosen_id, day)] if chosen_id else []
    tops = list(
        Edge.objects.filter(parent__isnull=True, valid__contains=day).values_list("child_id", flat=True)
    )
    shown = {*tops, *way}
    edges = Edge.objects.filter(parent__in=[*shown, *way], valid__contains=day)
    child_ids: dict[int | None, set[int]] = {None: set(tops)}
    for child_id, parent_id in edges.values_list("child_id", "parent_id"):
        child_ids.setdefault(parent_id, set()).add(child_id)
    wanted = {pk for ids in child_ids.values() for pk in ids}
    hanging = Edge.objects.filter(parent=OuterRef("pk"), valid__contains=day)
    found = visible_organisations(actor, day).filter(pk__in=wanted).annotate(has_children=Exists(hanging))

    rows = [(organisation, bool(organisation.has_children)) for organisation in found]

    def branches(parent_id: int | None, depth: int) -> list[Branch]:
        ids = child_ids.get(parent_id, set())
        return [
            Branch(
                organisation=organisation,
                depth=depth,
                has_children=has_children,
                is_open=organisation.pk in shown,
                is_chosen=organisation.pk == chosen_id,
                children=branches(organisation.pk, depth + 1) if organisation.pk in shown else [],
            )
            for organisation, has_children in rows
            if organisation.pk in ids
        ]

    return branches(None, 0)
