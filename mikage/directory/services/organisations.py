"""Founding, renaming, moving and ending organisations, and keeping the list of positions."""

from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Min, Q
from django.utils.translation import gettext_lazy as _

from mikage.access.actor import Actor
from mikage.access.rights import note_rights_changed
from mikage.directory.models import Closure, Edge, Organisation, Position, Post, end_from
from mikage.directory.policies import refusing_in_words, require_keeper
from mikage.journal import journal
from mikage.kernel.operations import Refused, operation
from mikage.kernel.text import normalise


@operation("directory.organisation.added")
def add_organisation(
    actor: Actor,
    *,
    code: str,
    name: str,
    on: date,
    parent: Organisation | None = None,
    short_name: str = "",
    kana: str = "",
    official_order: int = 0,
) -> Organisation:
    """An organisation stands below its parent from that day on (ORG-1)."""
    require_keeper(actor)
    with refusing_in_words("code"):
        organisation = Organisation.objects.create(
            code=normalise(code),
            name=normalise(name),
            short_name=normalise(short_name),
            kana=normalise(kana),
            official_order=official_order,
        )
    _place(organisation, parent, on)
    journal.record(actor, "directory.organisation.added", organisation)
    return organisation


@operation("directory.organisation.changed")
def change_organisation(
    actor: Actor,
    *,
    organisation: Organisation,
    name: str | None = None,
    short_name: str | None = None,
    kana: str | None = None,
    official_order: int | None = None,
) -> None:
    """Name, reading and official order of an organisation; its id and code stay what they were."""
    require_keeper(actor)
    if name is not None:
        organisation.name = normalise(name)
    if short_name is not None:
        organisation.short_name = normalise(short_name)
    if kana is not None:
        organisation.kana = normalise(kana)
    if official_order is not None:
        organisation.official_order = official_order
    organisation.save()
    journal.record(actor, "directory.organisation.changed", organisation)


@operation("directory.organisation.moved")
def move_organisation(
    actor: Actor, *, organisation: Organisation, parent: Organisation | None, on: date
) -> None:
    """From that day on the organisation stands below another; before that day nothing changes (ORG-9).

    Refused when it would stand below itself on any day, or does not exist on the day of the move.
    """
    require_keeper(actor)
    if not Edge.objects.filter(child=organisation, valid__contains=on).exists():
        raise Refused(_("The organisation does not exist on that day."), field="on")
    end_from(Edge.objects.filter(child=organisation, valid__contains=on), on)
    _place(organisation, parent, on)
    journal.record(actor, "directory.organisation.moved", organisation)


@operation("directory.organisation.ended")
def end_organisation(actor: Actor, *, organisation: Organisation, on: date) -> None:
    """The organisation exists no longer from that day on; what names it still explains itself (TR-C9).

    Refused while people or other organisations stand below it on that day or later.
    """
    require_keeper(actor)
    later = Q(valid__contains=on) | Q(valid__startswith__gt=on)
    if Post.objects.filter(later, organisation=organisation).exists():
        raise Refused(_("There are still people in this organisation on that day or later."), field="on")
    if Edge.objects.filter(later, parent=organisation).exists():
        raise Refused(_("Other organisations still stand below this one on that day or later."), field="on")
    end_from(Edge.objects.filter(child=organisation), on)
    Closure.rebuild()
    note_rights_changed()
    journal.record(actor, "directory.organisation.ended", organisation)


def _place(organisation: Organisation, parent: Organisation | None, on: date) -> None:
    """Put the organisation below the parent until the next place planned for it, if any."""
    if parent is not None and not Edge.objects.filter(child=parent, valid__contains=on).exists():
        raise Refused(_("The organisation above does not exist on that day."), field="parent")
    planned = Edge.objects.filter(child=organisation, valid__startswith__gt=on)
    until: date | None = planned.aggregate(day=Min("valid__startswith"))["day"]
    with refusing_in_words("parent"):
        Edge.objects.create(child=organisation, parent=parent, valid=DateRange(on, until))
    Closure.rebuild()
    note_rights_changed()


@operation("directory.position.added")
def add_position(actor: Actor, *, code: str, name: str, rank: int, official_order: int = 0) -> Position:
    """A title and where it stands: a smaller rank is higher."""
    require_keeper(actor)
    with refusing_in_words("code"):
        position = Position.objects.create(
            code=normalise(code), name=normalise(name), rank=rank, official_order=official_order
        )
    journal.record(actor, "directory.position.added", position)
    return position


@operation("directory.position.changed")
def change_position(actor: Actor, *, position: Position, name: str, rank: int, official_order: int) -> None:
    """Name, rank and official order of a title; its code stays, for audiences name it."""
    require_keeper(actor)
    position.name, position.rank, position.official_order = normalise(name), rank, official_order
    position.save()
    journal.record(actor, "directory.position.changed", position)
