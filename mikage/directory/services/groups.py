"""Groups: shared ones kept by the keepers of the directory, personal ones by whoever made them."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from mikage.access.actor import Actor
from mikage.access.rights import note_rights_changed
from mikage.directory import policies
from mikage.directory.choices import GroupKind
from mikage.directory.models import Group, Membership, Person, end_from, from_day
from mikage.directory.policies import refusing_in_words, require_keeper
from mikage.journal import journal
from mikage.kernel import clock
from mikage.kernel.operations import Refused, operation
from mikage.kernel.text import normalise


@operation("directory.group.added")
def add_group(
    actor: Actor, *, name: str, people: Sequence[Person] = (), is_personal: bool = False, on: date
) -> Group:
    """A group from that day on: shared by all, or seen in its name by its maker alone (TR-D8)."""
    if is_personal:
        if actor.person_id is None:
            raise Refused(_("Only a person makes a personal group."))
    else:
        require_keeper(actor)
    with refusing_in_words("name"):
        group = Group.objects.create(
            name=normalise(name),
            kind=GroupKind.PERSONAL if is_personal else GroupKind.SHARED,
            maker_id=actor.person_id if is_personal else None,
        )
    _join(group, people, on)
    journal.record(actor, "directory.group.added", group, details={"people": len(people)})
    return group


@operation("directory.group.changed")
def rename_group(actor: Actor, *, group: Group, name: str) -> None:
    """Another name for the same group."""
    _require_right(actor, group)
    group.name = normalise(name)
    with refusing_in_words("name"):
        group.save()
    journal.record(actor, "directory.group.changed", group)


@operation("directory.group.joined")
def put_into_group(actor: Actor, *, group: Group, people: Sequence[Person], on: date) -> None:
    """These people belong to the group from that day on."""
    _require_right(actor, group)
    _join(group, people, on)
    journal.record(actor, "directory.group.joined", group, details={"people": len(people)})


@operation("directory.group.left")
def take_out_of_group(actor: Actor, *, group: Group, people: Sequence[Person], on: date) -> None:
    """These people belong to the group no longer from that day on; its keys leave them at once."""
    _require_right(actor, group)
    end_from(Membership.objects.filter(group=group, person__in=people), on)
    note_rights_changed()
    journal.record(actor, "directory.group.left", group, details={"people": len(people)})


@operation("directory.group.ended")
def end_group(actor: Actor, *, group: Group) -> None:
    """The group is no longer offered and gives no key; audiences naming it still say whom (TR-C9)."""
    _require_right(actor, group)
    end_from(Membership.objects.filter(group=group), clock.today())
    group.is_active = False
    group.save()
    note_rights_changed()
    journal.record(actor, "directory.group.ended", group)


def _require_right(actor: Actor, group: Group) -> None:
    if not policies.can_change_group(actor, group):
        raise Refused(_("This group is kept by somebody else."))


def _join(group: Group, people: Sequence[Person], on: date) -> None:
    with refusing_in_words("people"):
        Membership.objects.bulk_create(
            [Membership(group=group, person=person, valid=from_day(on)) for person in people]
        )
    note_rights_changed()
