"""Taking a whole directory over from files: all of it or nothing, journalled thing by thing (ORG-8)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from mikage.access.actor import Actor
from mikage.access.rights import note_rights_changed
from mikage.directory.choices import PostKind
from mikage.directory.models import Closure, Edge, Membership, Organisation, Person, Position, Post, end_from
from mikage.directory.policies import refusing_in_words, require_keeper
from mikage.directory.policies.imports import (
    ORGANISATION_FIELDS,
    PERSON_FIELDS,
    Plan,
    PositionRow,
    plan_import,
)
from mikage.directory.policies.sheets import OrganisationRow, PersonRow, PostRow
from mikage.journal import journal
from mikage.kernel import clock
from mikage.kernel.operations import Refused, operation

BATCH = 1_000
Progress = Callable[[int, int], None]
Item = TypeVar("Item")
Kept = TypeVar("Kept", Organisation, Person, Position)


class NotImportable(Refused):
    """The files hold mistakes; the plan says where."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(_("The files hold mistakes, so nothing was changed."))
        self.plan = plan


@dataclass
class _Steps:
    """Counts what is done and tells whoever waits."""

    total: int
    progress: Progress | None
    done: int = field(default=0)

    def add(self, number: int) -> None:
        self.done += number
        if self.progress is not None and number:
            self.progress(self.done, self.total)


@operation("directory.import.applied")
def import_directory(
    actor: Actor,
    *,
    organisations: Sequence[OrganisationRow] | None,
    people: Sequence[PersonRow] | None,
    posts: Sequence[PostRow] | None,
    on: date,
    progress: Progress | None = None,
) -> Plan:
    """From that day on the directory stands as the files say: all of it, or nothing (ORG-8).

    What a given file no longer names ends on that day; a file that is not given (``None``) leaves its part
    alone. ``progress`` is told how much of how much is done. Raises NotImportable with the plan when the
    files hold mistakes.
    """
    require_keeper(actor)
    plan = plan_import(organisations=organisations, people=people, posts=posts, on=on)
    if plan.errors:
        raise NotImportable(plan)
    steps = _Steps(plan.total, progress)
    with refusing_in_words():
        # What ends goes first: the rest can then never meet it, nor close a circle with it.
        _end(actor, plan, steps)
        _apply_organisations(actor, plan, steps)
        _apply_positions(actor, plan, steps)
        _apply_people(actor, plan, steps)
        _apply_posts(actor, plan, steps)
    note_rights_changed()
    journal.record(actor, "directory.import.applied", details=plan.counts())
    return plan


def _batched(items: Sequence[Item]) -> Iterable[Sequence[Item]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def _record(actor: Actor, action: str, things: Sequence[models.Model], steps: _Steps) -> None:
    for batch in _batched(things):
        journal.record_all(actor, action, batch)
        steps.add(len(batch))


def _end(actor: Actor, plan: Plan, steps: _Steps) -> None:
    moved = [organisation.pk for organisation, _row in plan.organisations_moved]
    ended = [organisation.pk for organisation in plan.organisations_ended]
    leaving = [person.pk for person in plan.people_ended]
    changed = [post.pk for post, _row in plan.posts_changed]
    end_from(Edge.objects.filter(child__in=moved, valid__contains=plan.on), plan.on)
    end_from(Post.objects.filter(pk__in=[*changed, *(post.pk for post in plan.posts_ended)]), plan.on)
    end_from(Post.objects.filter(person__in=leaving), plan.on)
    end_from(Membership.objects.filter(person__in=leaving), plan.on)
    end_from(Edge.objects.filter(child__in=ended), plan.on)
    Person.objects.filter(pk__in=leaving).update(leaves_on=plan.on, is_active=plan.on > clock.today())
    _record(actor, "directory.post.ended", plan.posts_ended, steps)
    _record(actor, "directory.person.ended", plan.people_ended, steps)
    _record(actor, "directory.organisation.ended", plan.organisations_ended, steps)


def _apply_organisations(actor: Actor, plan: Plan, steps: _Steps) -> None:
    added = [
        _filled(Organisation(code=row.code), row, ORGANISATION_FIELDS) for row in plan.organisations_added
    ]
    Organisation.objects.bulk_create(added, batch_size=BATCH)
    changed = [_filled(each, row, ORGANISATION_FIELDS) for each, row in plan.organisations_changed]
    _store(Organisation, changed, [*ORGANISATION_FIELDS, "search"])
    by_code = {each.code.lower(): each for each in Organisation.objects.all()}
    later = _next_days(Edge.objects.filter(valid__startswith__gt=plan.on), "child_id")
    rows = [*plan.organisations_added, *(row for _organisation, row in plan.organisations_moved)]
    edges = []
    for row in rows:
        child = by_code[row.code.lower()]
        parent = by_code[row.parent_code.lower()] if row.parent_code else None
        edges.append(Edge(child=child, parent=parent, valid=DateRange(plan.on, later.get((child.pk,)))))
    Edge.objects.bulk_create(edges, batch_size=BATCH)
    if edges or plan.organisations_ended:
        Closure.rebuild()
    _record(actor, "directory.organisation.added", added, steps)
    _record(actor, "directory.organisation.changed", changed, steps)
    _record(actor, "directory.organisation.moved", [each for each, _row in plan.organisations_moved], steps)


def _apply_positions(actor: Actor, plan: Plan, steps: _Steps) -> None:
    fields = ("name", "rank", "official_order")
    added = [_filled(Position(code=row.code), row, fields) for row in plan.positions_added]
    Position.objects.bulk_create(added, batch_size=BATCH)
    changed = [_filled(each, row, fields) for each, row in plan.positions_changed]
    _store(Position, changed, [*fields, "search"])
    _record(actor, "directory.position.added", added, steps)
    _record(actor, "directory.position.changed", changed, steps)


def _apply_people(actor: Actor, plan: Plan, steps: _Steps) -> None:
    fields = [*PERSON_FIELDS, "search", "kana_order", "is_active", "leaves_on"]
    for rows in _batched(plan.people_added):
        added = [_filled(Person(), row, PERSON_FIELDS) for row in rows]
        Person.objects.bulk_create(added, batch_size=BATCH)
        _record(actor, "directory.person.added", added, steps)
    for pairs in _batched(plan.people_changed):
        changed = [_filled(person, row, PERSON_FIELDS) for person, row in pairs]
        for person in changed:
            person.is_active, person.leaves_on = True, None
        _store(Person, changed, fields)
        _record(actor, "directory.person.changed", changed, steps)


def _apply_posts(actor: Actor, plan: Plan, steps: _Steps) -> None:
    people = dict(Person.objects.filter(is_active=True).values_list("number", "pk"))
    people = {number.lower(): pk for number, pk in people.items()}
    organisations = {code.lower(): pk for code, pk in Organisation.objects.values_list("code", "pk")}
    positions = dict(Position.objects.values_list("code", "pk"))
    later = Post.objects.filter(valid__startswith__gt=plan.on)
    next_main = _next_days(later.filter(kind=PostKind.MAIN), "person_id")
    next_same = _next_days(later, "person_id", "organisation_id", "position_id")

    def build(row: PostRow) -> Post:
        person, organisation = people[row.number.lower()], organisations[row.organisation_code.lower()]
        position = positions[row.position_code] if row.position_code else None
        days = [next_same.get((person, organisation, position))]
        if row.kind == PostKind.MAIN:
            days.append(next_main.get((person,)))
        until = min((day for day in days if day is not None), default=None)
        return Post(
            person_id=person,
            organisation_id=organisation,
            position_id=position,
            kind=row.kind,
            valid=DateRange(plan.on, until),
        )

    changed = [build(row) for _post, row in plan.posts_changed]
    Post.objects.bulk_create(changed, batch_size=BATCH)
    _record(actor, "directory.post.changed", changed, steps)
    for rows in _batched(plan.posts_added):
        added = [build(row) for row in rows]
        Post.objects.bulk_create(added, batch_size=BATCH)
        _record(actor, "directory.post.given", added, steps)


def _filled(thing: Kept, row: OrganisationRow | PersonRow | PositionRow, names: Iterable[str]) -> Kept:
    """The thing with what the row says, and with what is derived from that (bulk writing skips save)."""
    for name in names:
        setattr(thing, name, getattr(row, name))
    thing.fill()
    return thing


def _store(model: type[Kept], things: Sequence[Kept], fields: Sequence[str]) -> None:
    """Write many changed rows at once; an upsert on the id is far quicker than a CASE for each column."""
    if things:
        model._default_manager.bulk_create(
            things, batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=list(fields)
        )


def _next_days(
    rows: "models.QuerySet[Edge] | models.QuerySet[Post]", *names: str
) -> dict[tuple[int | None, ...], date]:
    """The first day on which something is already planned, for each combination of these columns."""
    found = rows.order_by().values_list(*names).annotate(day=Min("valid__startswith"))
    return {tuple(row[:-1]): row[-1] for row in found}
