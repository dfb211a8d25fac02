"""What an import would change: files say how things stand from a day on, the plan is the difference.

A file that is not given leaves its part of the directory as it is. Whatever a given file no longer names
ends on that day. What was already planned for later days stays planned.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext_lazy as _

from mikage.directory.choices import PostKind
from mikage.directory.models import Edge, Organisation, Person, Position, Post
from mikage.directory.policies.sheets import (
    ORGANISATIONS,
    PEOPLE,
    POSTS,
    OrganisationRow,
    PersonRow,
    PostRow,
    RowError,
)
from mikage.kernel.text import fold

ORGANISATION_FIELDS = ("name", "short_name", "kana", "official_order")
PERSON_FIELDS = (
    "number", "kind", "family_name", "given_name", "family_kana", "given_kana", "extension", "room", "email",
)  # fmt: skip
TOP = ""


@dataclass(frozen=True, slots=True)
class PositionRow:
    """A position as the lines of 発令.csv describe it."""

    code: str
    name: str
    rank: int
    official_order: int


@dataclass(frozen=True, slots=True)
class PostPlace:
    """What makes a post this one and no other: whose, where, as what."""

    number: str
    organisation_code: str
    position_code: str


@dataclass(slots=True)
class Plan:
    """Everything an import would do on a day, or everything that keeps it from being done."""

    on: date
    errors: list[RowError] = field(default_factory=list)
    organisations_added: list[OrganisationRow] = field(default_factory=list)
    organisations_changed: list[tuple[Organisation, OrganisationRow]] = field(default_factory=list)
    organisations_moved: list[tuple[Organisation, OrganisationRow]] = field(default_factory=list)
    organisations_ended: list[Organisation] = field(default_factory=list)
    positions_added: list[PositionRow] = field(default_factory=list)
    positions_changed: list[tuple[Position, PositionRow]] = field(default_factory=list)
    people_added: list[PersonRow] = field(default_factory=list)
    people_changed: list[tuple[Person, PersonRow]] = field(default_factory=list)
    people_ended: list[Person] = field(default_factory=list)
    posts_added: list[PostRow] = field(default_factory=list)
    posts_changed: list[tuple[Post, PostRow]] = field(default_factory=list)
    posts_ended: list[Post] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How much of each, by the name of the list: people_added, posts_ended, …"""
        return {name: len(getattr(self, name)) for name in COUNTED}

    @property
    def total(self) -> int:
        return sum(self.counts().values())


COUNTED = (
    "organisations_added", "organisations_changed", "organisations_moved", "organisations_ended",
    "positions_added", "positions_changed",
    "people_added", "people_changed", "people_ended",
    "posts_added", "posts_changed", "posts_ended",
)  # fmt: skip


@dataclass(slots=True)
class Present:
    """The directory as it stands on the day of the import, and who was here before."""

    organisations: dict[str, Organisation]
    parents: dict[str, str]
    people: dict[str, Person]
    former: dict[str, Person]
    positions: dict[str, Position]
    posts: dict[PostPlace, Post]


def plan_import(
    *,
    organisations: Sequence[OrganisationRow] | None,
    people: Sequence[PersonRow] | None,
    posts: Sequence[PostRow] | None,
    on: date,
) -> Plan:
    """Compare the files with the directory of that day; nothing is changed.

    Codes and numbers are compared without regard to case. The plan is usable only without errors.
    """
    present, plan = _present(on), Plan(on=on)
    if organisations is not None:
        _plan_organisations(plan, present, organisations)
    if people is not None:
        _plan_people(plan, present, people)
    if posts is not None:
        _plan_posts(plan, present, posts)
    else:
        leaving = {person.pk for person in plan.people_ended}
        plan.posts_ended = [post for post in present.posts.values() if post.person_id in leaving]
    _check_nobody_is_left(plan, present, has_posts=posts is not None)
    return plan


def _present(on: date) -> Present:
    edges = Edge.objects.filter(valid__contains=on).select_related("parent", "child")
    parents = {edge.child.code.lower(): edge.parent.code.lower() if edge.parent else TOP for edge in edges}
    posts = Post.objects.filter(valid__contains=on).select_related("person", "organisation", "position")
    # Newest first, so that the last former holder of a number is the one remembered.
    former = Person.objects.filter(is_active=False).order_by("pk")
    return Present(
        organisations={each.code.lower(): each for each in Organisation.objects.all()},
        parents=parents,
        people={each.number.lower(): each for each in Person.objects.filter(is_active=True)},
        former={each.number.lower(): each for each in former},
        positions={each.code: each for each in Position.objects.all()},
        posts={
            PostPlace(
                post.person.number.lower(),
                post.organisation.code.lower(),
                post.position.code if post.position else "",
            ): post
            for post in posts
            if post.person.is_active
        },
    )


def _plan_organisations(plan: Plan, present: Present, rows: Sequence[OrganisationRow]) -> None:
    named: dict[str, OrganisationRow] = {}
    for row in rows:
        if row.code.lower() in named:
            plan.errors.append(
                _error("organisations", row.line, "組織コード", _("This code appears twice in the file."))
            )
        named[row.code.lower()] = row
    for row in rows:
        if row.parent_code and row.parent_code.lower() not in named:
            message = _("There is no organisation with this code in the file.")
            plan.errors.append(_error("organisations", row.line, "上位組織コード", message))
    for row in _rows_in_circles(named):
        message = _("This organisation would stand below itself.")
        plan.errors.append(_error("organisations", row.line, "上位組織コード", message))
    for code, row in named.items():
        organisation = present.organisations.get(code)
        if organisation is None:
            plan.organisations_added.append(row)
            continue
        if any(getattr(organisation, name) != getattr(row, name) for name in ORGANISATION_FIELDS):
            plan.organisations_changed.append((organisation, row))
        if present.parents.get(code) != row.parent_code.lower():
            plan.organisations_moved.append((organisation, row))
    plan.organisations_ended = [present.organisations[code] for code in present.parents if code not in named]


def _rows_in_circles(named: dict[str, OrganisationRow]) -> Iterable[OrganisationRow]:
    """Rows whose way up never reaches the top."""
    fine: set[str] = set()
    for code, row in named.items():
        way: list[str] = []
        step = code
        while step and step in named and step not in fine and step not in way:
            way.append(step)
            step = named[step].parent_code.lower()
        if step in way:
            yield row
        else:
            fine.update(way)


def _plan_people(plan: Plan, present: Present, rows: Sequence[PersonRow]) -> None:
    named: set[str] = set()
    for row in rows:
        number = row.number.lower()
        if number in named:
            plan.errors.append(
                _error("people", row.line, "職員番号", _("This staff number appears twice in the file."))
            )
        named.add(number)
        person = present.people.get(number) or _returning(present.former.get(number), row)
        if person is None:
            plan.people_added.append(row)
        elif not person.is_active or person.leaves_on is not None or _differs(person, row):
            plan.people_changed.append((person, row))
    # Somebody whose last day is already set before that day need not be ended again.
    plan.people_ended = [
        person
        for number, person in present.people.items()
        if number not in named and (person.leaves_on is None or person.leaves_on > plan.on)
    ]


def _returning(former: Person | None, row: PersonRow) -> Person | None:
    """A former person comes back only under the same number *and* the same name and reading (TR-C4)."""
    if former is None:
        return None
    names = (former.family_name + former.given_name, former.family_kana + former.given_kana)
    same = (row.family_name + row.given_name, row.family_kana + row.given_kana)
    return former if [fold(name) for name in names] == [fold(name) for name in same] else None


def _differs(person: Person, row: PersonRow) -> bool:
    return any(getattr(person, name) != getattr(row, name) for name in PERSON_FIELDS)


def _plan_posts(plan: Plan, present: Present, rows: Sequence[PostRow]) -> None:
    _plan_positions(plan, present, rows)
    organisations = _organisations_after(plan, present)
    people = _people_after(plan, present)
    named: set[PostPlace] = set()
    main: set[str] = set()
    for row in rows:
        place = PostPlace(row.number.lower(), row.organisation_code.lower(), row.position_code)
        if place.number not in people:
            plan.errors.append(
                _error("posts", row.line, "職員番号", _("There is no person with this staff number."))
            )
        if place.organisation_code not in organisations:
            message = _("There is no organisation with this code on that day.")
            plan.errors.append(_error("posts", row.line, "組織コード", message))
        if place in named:
            plan.errors.append(_error("posts", row.line, "", _("This post appears twice in the file.")))
        if row.kind == PostKind.MAIN:
            if place.number in main:
                message = _("This person has more than one main post in the file.")
                plan.errors.append(_error("posts", row.line, "本務兼務", message))
            main.add(place.number)
        named.add(place)
        post = present.posts.get(place)
        if post is None:
            plan.posts_added.append(row)
        elif post.kind != row.kind:
            plan.posts_changed.append((post, row))
    plan.posts_ended = [post for place, post in present.posts.items() if place not in named]


def _plan_positions(plan: Plan, present: Present, rows: Sequence[PostRow]) -> None:
    """A position may be described on each of its lines, or be known already and named by its code alone."""
    described: dict[str, PositionRow] = {}
    for row in rows:
        if not row.position_code:
            if row.position_name:
                plan.errors.append(
                    _error("posts", row.line, "職コード", _("A position needs a code as well."))
                )
            continue
        if not row.position_name:
            continue
        position = PositionRow(row.position_code, row.position_name, row.rank, row.position_order)
        if described.setdefault(row.position_code, position) != position:
            message = _("The same position is described differently on another line.")
            plan.errors.append(_error("posts", row.line, "職名", message))
    for row in rows:
        if (
            row.position_code
            and row.position_code not in described
            and row.position_code not in present.positions
        ):
            message = _("This position is not known yet: write its name too.")
            plan.errors.append(_error("posts", row.line, "職名", message))
    for code, described_row in described.items():
        known = present.positions.get(code)
        if known is None:
            plan.positions_added.append(described_row)
        elif PositionRow(known.code, known.name, known.rank, known.official_order) != described_row:
            plan.positions_changed.append((known, described_row))


def _organisations_after(plan: Plan, present: Present) -> set[str]:
    gone = {organisation.code.lower() for organisation in plan.organisations_ended}
    added = {row.code.lower() for row in plan.organisations_added}
    moved = {organisation.code.lower() for organisation, _row in plan.organisations_moved}
    return (set(present.parents) - gone) | added | moved


def _people_after(plan: Plan, present: Present) -> set[str]:
    gone = {person.number.lower() for person in plan.people_ended}
    here = {
        number
        for number, person in present.people.items()
        if person.leaves_on is None or person.leaves_on > plan.on
    }
    changed = {row.number.lower() for _person, row in plan.people_changed}
    return (here - gone) | {row.number.lower() for row in plan.people_added} | changed


def _check_nobody_is_left(plan: Plan, present: Present, *, has_posts: bool) -> None:
    """No organisation ends while somebody stands in it that day or is planned to stand there later."""
    ended = {organisation.pk: organisation for organisation in plan.organisations_ended}
    if not ended:
        return
    leaving = {person.pk for person in plan.people_ended}
    staying = set()
    if not has_posts:
        staying = {
            post.organisation_id
            for post in present.posts.values()
            if post.organisation_id in ended and post.person_id not in leaving
        }
    planned = Post.objects.filter(organisation__in=ended, valid__startswith__gt=plan.on).exclude(
        person__in=leaving
    )
    for pk in sorted(staying | set(planned.values_list("organisation_id", flat=True))):
        plan.errors.append(
            RowError(
                ORGANISATIONS.name,
                0,
                ended[pk].code,
                _("This organisation is missing from the file, but people still stand in it."),
            )
        )


def _error(sheet: str, line: int, column: str, message: object) -> RowError:
    return RowError(sheet, line, column, message)  # type: ignore[arg-type]


def rows_of(on: date) -> tuple[list[OrganisationRow], list[PersonRow], list[PostRow]]:
    """The directory of a day as the rows of the three files: what an export writes and an import reads."""
    present = _present(on)
    organisations = sorted(
        (present.organisations[code] for code in present.parents),
        key=lambda each: (each.official_order, each.code),
    )
    people = sorted(
        (each for each in present.people.values() if each.leaves_on is None or each.leaves_on > on),
        key=lambda each: each.number,
    )
    return (
        [
            OrganisationRow(
                line,
                each.code,
                _code(present, present.parents[each.code.lower()]),
                each.name,
                each.short_name,
                each.kana,
                each.official_order,
            )
            for line, each in enumerate(organisations, start=2)
        ],
        [
            PersonRow(line, **{name: getattr(each, name) for name in PERSON_FIELDS})
            for line, each in enumerate(people, start=2)
        ],
        _post_rows(present),
    )


def _post_rows(present: Present) -> list[PostRow]:
    ordered = sorted(present.posts.values(), key=lambda post: (post.person.number, -post.is_main, post.pk))
    return [
        PostRow(
            line,
            post.person.number,
            post.organisation.code,
            post.position.code if post.position else "",
            post.position.name if post.position else "",
            post.position.rank if post.position else 0,
            post.position.official_order if post.position else 0,
            post.kind,
        )
        for line, post in enumerate(ordered, start=2)
    ]


def _code(present: Present, lowered: str) -> str:
    return present.organisations[lowered].code if lowered else ""


SHEETS = (ORGANISATIONS, PEOPLE, POSTS)
