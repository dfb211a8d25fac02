"""Which groups somebody may know of, and who is in them."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from mikage.access.actor import Actor
from mikage.directory.choices import GroupKind
from mikage.directory.models import Group, Membership, Person
from mikage.directory.policies.people import visible_people
from mikage.kernel import clock


def visible_groups(actor: Actor) -> QuerySet[Group]:
    """Shared groups are known to all, a personal one to its maker alone (TR-D8)."""
    if actor.kind == "anonymous":
        return Group.objects.none()
    own = Q(kind=GroupKind.PERSONAL, maker=actor.person_id) if actor.person_id else Q(pk__in=[])
    return Group.objects.filter(Q(kind=GroupKind.SHARED) | own, is_active=True).order_by(
        "kind", "search", "pk"
    )


def group_members(actor: Actor, group: Group, on: date | None = None) -> QuerySet[Person]:
    """Who is in the group on that day, by kana."""
    days = Membership.objects.filter(group=group, person=OuterRef("pk"), valid__contains=on or clock.today())
    return visible_people(actor).filter(Exists(days)).order_by("kana_order", "number")


def can_change_group(actor: Actor, group: Group) -> bool:
    """A shared group is kept by those who keep the directory, a personal one by its maker alone."""
    if group.kind == GroupKind.PERSONAL:
        return actor.person_id is not None and group.maker_id == actor.person_id
    return actor.may("directory.keep")
