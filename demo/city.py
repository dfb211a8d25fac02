"""Builds the demonstration city through the same services people use: directory, rules, accounts, appointments."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from random import Random

from demo import rules
from demo.accounts import Opened, open_accounts, write_sheet
from demo.calendars import Calendars, Known
from demo.offices import Extent, Office, offices
from demo.staff import CAST, MAIL_DOMAIN, POSITIONS, Crowd, Member, staff
from mikage.access.actor import SYSTEM
from mikage.directory import services as directory
from mikage.directory.choices import PersonKind, PostKind
from mikage.directory.models import Organisation, Person
from mikage.directory.policies.sheets import OrganisationRow, PersonRow, PostRow
from mikage.kernel import dates
from mikage.schedule import services as schedule
from mikage.schedule.models import Category

BATCH = 5_000


class NotEmpty(Exception):
    """People already live here: a demonstration city is built on empty ground only."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large the city is: offices, people, appointments for each of them, accounts beside the cast."""

    extent: Extent
    crowd: Crowd
    each: int
    accounts: int


SIZES = {
    "tests": Size(Extent(0, 0, 0, 0), Crowd(48, 2), 4, 0),
    "run": Size(Extent(99, 2, 1, 2), Crowd(1_000, 2), 9, 30),
    "full": Size(Extent(99, 9, 9, 9), Crowd(20_000, 5), 10, 30),
}
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class City:
    """What was built: how much of everything, and who the cast are."""

    size: str
    seed: int
    today: date
    organisations: int = 0
    people: int = 0
    posts: int = 0
    appointments: int = 0
    rules: int = 0
    cast: dict[str, int] = field(default_factory=dict)
    accounts: list[Opened] = field(default_factory=list)
    sheet: str = ""

    def report(self) -> dict[str, object]:
        """Counts and ids, without any password."""
        found = asdict(self)
        del found["accounts"]
        return found | {"today": self.today.isoformat(), "accounts": len(self.accounts)}


def _silent(step: str, done: int, total: int) -> None:
    """Tell nobody."""


def build(
    size: str = "run",
    *,
    seed: int = 1,
    today: date,
    home: Path | None = None,
    progress: Progress = _silent,
    has_accounts: bool = True,
) -> City:
    """Build the city of this size; the same seed and day give the same city, passwords excepted.

    ``home`` is where the sheet of accounts is written. ``has_accounts`` is for those who sign in otherwise.
    Raises NotEmpty where people already live.
    """
    if Person.objects.exists():
        raise NotEmpty
    plan = SIZES[size]
    built = City(size=size, seed=seed, today=today)
    places = offices(plan.extent)
    members = staff(places, plan.crowd, Random(f"{seed}:staff"))
    # The offices stand since the beginning of last fiscal year, so that the past explains itself.
    _import(built, places, members, date(dates.fiscal_year(today) - 1, 4, 1), progress)
    known = _known()
    built.cast = {part.role: known.people[part.number] for part in CAST}
    built.rules = rules.open_functions(
        administrator_id=built.cast["administrator"], auditor_id=built.cast["auditor"]
    )
    if has_accounts:
        _open_accounts(built, members, known, plan.accounts, home, progress)
    fill_calendars(built, places, members, progress)
    return built


def _import(
    built: City, places: list[Office], members: list[Member], since: date, progress: Progress
) -> None:
    posts = _post_rows(members)
    directory.import_directory(
        SYSTEM,
        organisations=[
            OrganisationRow(line, office.code, office.parent_code, office.name, "", office.kana, office.order)
            for line, office in enumerate(places, start=2)
        ],
        people=[_person_row(line, member) for line, member in enumerate(members, start=2)],
        posts=posts,
        on=since,
        progress=lambda done, total: progress("directory", done, total),
    )
    built.organisations, built.people, built.posts = len(places), len(members), len(posts)


def _person_row(line: int, member: Member) -> PersonRow:
    return PersonRow(
        line=line,
        number=member.number,
        kind=PersonKind.ORGANISATION if member.is_organisation else PersonKind.STAFF,
        family_name=member.name.family,
        given_name=member.name.given,
        family_kana=member.name.family_kana,
        given_kana=member.name.given_kana,
        extension=member.extension,
        room=member.room,
        email=f"{member.number.lower()}@{MAIL_DOMAIN}",
    )


def _post_rows(members: list[Member]) -> list[PostRow]:
    seats = [(member, seat) for member in members for seat in member.seats]
    rows = []
    for line, (member, seat) in enumerate(seats, start=2):
        position = POSITIONS.get(seat.position)
        rows.append(
            PostRow(
                line=line,
                number=member.number,
                organisation_code=seat.office.code,
                position_code=position.code if position else "",
                position_name=position.name if position else "",
                rank=position.rank if position else 0,
                position_order=position.order if position else 0,
                kind=PostKind.MAIN if seat.is_main else PostKind.CONCURRENT,
            )
        )
    return rows


def _known() -> Known:
    return Known(
        people=dict(Person.objects.values_list("number", "pk")),
        offices=dict(Organisation.objects.values_list("code", "pk")),
        categories=dict(Category.objects.values_list("code", "pk")),
    )


def _open_accounts(
    built: City, members: list[Member], known: Known, number: int, home: Path | None, progress: Progress
) -> None:
    cast = [(member.role, member, known.people[member.number]) for member in members if member.role]
    rest = [member for member in members if not member.role]
    # Heads first, and one account that an office shares.
    chosen = (
        [*rest[:number], *[member for member in rest[number:] if member.is_organisation][:1]]
        if number
        else []
    )
    progress("accounts", 0, len(cast) + len(chosen))
    built.accounts = open_accounts(
        cast, [(member, known.people[member.number]) for member in chosen], terminal="127.0.0.1"
    )
    progress("accounts", len(built.accounts), len(built.accounts))
    if home is not None:
        built.sheet = str(write_sheet(home, built.accounts))


def fill_calendars(
    built: City, places: list[Office], members: list[Member], progress: Progress = _silent
) -> None:
    """Write everybody's appointments around the day of the city."""
    chance = Random(f"{built.seed}:{built.today}:calendars")
    calendars = Calendars(members, places, _known(), built.today, chance, SIZES[built.size].each)
    drafts = list(calendars.drafts())
    for start in range(0, len(drafts), BATCH):
        built.appointments += schedule.add_entries(SYSTEM, drafts=drafts[start : start + BATCH])
        progress("appointments", built.appointments, len(drafts))
