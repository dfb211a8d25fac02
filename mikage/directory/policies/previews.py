"""An import plan as people read it before they decide: what is added, changed and ended."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mikage.directory.models import Organisation, Person, Post
from mikage.directory.policies.imports import ORGANISATION_FIELDS, PERSON_FIELDS, Plan
from mikage.directory.policies.sheets import ORGANISATIONS, PEOPLE, OrganisationRow, PersonRow, PostRow

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Change:
    """One column of one line: what stands there now and what would stand there."""

    heading: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that would change."""

    code: str
    name: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """All things of one kind that one thing happens to; the first hundred are shown."""

    title: str | Promise
    count: int
    lines: tuple[Line, ...]

    @property
    def hidden(self) -> int:
        return self.count - len(self.lines)


def sections_of(plan: Plan) -> list[Section]:
    """The plan in the order one checks it: what ends first, for that is what one regrets."""
    everything: list[tuple[str | Promise, int, Iterator[Line]]] = [
        (
            _("Organisations that end"),
            len(plan.organisations_ended),
            map(_organisation, plan.organisations_ended),
        ),
        (_("People who end"), len(plan.people_ended), map(_person, plan.people_ended)),
        (_("Posts that end"), len(plan.posts_ended), map(_post, plan.posts_ended)),
        (
            _("New organisations"),
            len(plan.organisations_added),
            map(_organisation_row, plan.organisations_added),
        ),
        (
            _("Changed organisations"),
            len(plan.organisations_changed),
            (_changed_organisation(*pair) for pair in plan.organisations_changed),
        ),
        (
            _("Organisations under another one"),
            len(plan.organisations_moved),
            (_organisation(organisation) for organisation, _row in plan.organisations_moved),
        ),
        (
            _("New positions"),
            len(plan.positions_added),
            (Line(row.code, row.name) for row in plan.positions_added),
        ),
        (
            _("Changed positions"),
            len(plan.positions_changed),
            (Line(row.code, row.name) for _position, row in plan.positions_changed),
        ),
        (_("New people"), len(plan.people_added), map(_person_row, plan.people_added)),
        (
            _("Changed people"),
            len(plan.people_changed),
            (_changed_person(*pair) for pair in plan.people_changed),
        ),
        (_("New posts"), len(plan.posts_added), map(_post_row, plan.posts_added)),
        (_("Changed posts"), len(plan.posts_changed), (_post_row(row) for _post, row in plan.posts_changed)),
    ]
    return [
        Section(title, count, tuple(line for line, _number in zip(lines, range(SHOWN), strict=False)))
        for title, count, lines in everything
        if count
    ]


def _organisation(organisation: Organisation) -> Line:
    return Line(organisation.code, organisation.name)


def _organisation_row(row: OrganisationRow) -> Line:
    return Line(row.code, row.name)


def _changed_organisation(organisation: Organisation, row: OrganisationRow) -> Line:
    headings = {column.field: column.heading for column in ORGANISATIONS.columns}
    return Line(row.code, row.name, _changes(organisation, row, ORGANISATION_FIELDS, headings))


def _person(person: Person) -> Line:
    return Line(person.number, person.name)


def _person_row(row: PersonRow) -> Line:
    return Line(row.number, f"{row.family_name} {row.given_name}".strip())


def _changed_person(person: Person, row: PersonRow) -> Line:
    headings = {column.field: column.heading for column in PEOPLE.columns}
    return Line(row.number, _person_row(row).name, _changes(person, row, PERSON_FIELDS, headings))


def _changes(
    thing: Organisation | Person,
    row: OrganisationRow | PersonRow,
    names: tuple[str, ...],
    headings: dict[str, str],
) -> tuple[Change, ...]:
    return tuple(
        Change(headings[name], str(getattr(thing, name)), str(getattr(row, name)))
        for name in names
        if getattr(thing, name) != getattr(row, name)
    )


def _post(post: Post) -> Line:
    title = post.position.name if post.position else ""
    return Line(post.person.number, f"{post.person.name} {post.organisation.name} {title}".strip())


def _post_row(row: PostRow) -> Line:
    return Line(row.number, f"{row.organisation_code} {row.position_name or row.position_code}".strip())
