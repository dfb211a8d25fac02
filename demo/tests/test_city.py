"""The demonstration city: the same for the same seed and day, and built through the rules everybody keeps."""

import json
from datetime import date
from pathlib import Path
from random import Random

import pytest

from demo import city
from demo.offices import TREE, Extent, kana_of, offices, sections_of
from demo.staff import CAST, Crowd, Member, staff
from mikage.access.actor import Actor
from mikage.access.models import FunctionRule
from mikage.directory import policies as directory
from mikage.directory.models import Person
from mikage.directory.tests.factories import actor_of
from mikage.identity import services as identity
from mikage.journal.models import Record
from mikage.kernel import clock
from mikage.schedule import policies as schedule
from mikage.schedule.models import Entry

WEDNESDAY = date(2026, 11, 25)


def test_every_office_has_a_reading() -> None:
    names = {line.strip() for line in TREE.splitlines() if line.strip()}
    names |= {section for name in names for section in sections_of(name)}
    readings = [kana_of(name) for name in names]
    assert all("ぁ" <= sound <= "ゟ" or sound == "ー" for reading in readings for sound in reading)


def test_a_word_nobody_taught_us_has_no_reading() -> None:
    with pytest.raises(KeyError):
        kana_of("宇宙開発課")


@pytest.mark.parametrize(
    ("size", "people", "least_offices"), [("tests", 50, 20), ("run", 1_000, 250), ("full", 20_000, 1_500)]
)
def test_the_three_sizes_have_the_people_and_offices_they_promise(
    size: str, people: int, least_offices: int
) -> None:
    plan = city.SIZES[size]
    places = offices(plan.extent)
    members = staff(places, plan.crowd, Random("1"))
    assert abs(len(members) - people) <= people * 0.05
    assert len(places) >= least_offices
    assert len({member.number for member in members}) == len(members)
    assert {member.role for member in members} >= {part.role for part in CAST}


def _everybody(seed: str) -> list[tuple[str, str, str]]:
    places = offices(Extent(99, 2, 1, 2))
    return [_told(member) for member in staff(places, Crowd(1_000, 2), Random(seed))]


def _told(member: Member) -> tuple[str, str, str]:
    return (member.number, member.name.family + member.name.given, member.office.path)


def test_the_same_seed_gives_the_same_people_and_another_seed_others() -> None:
    assert _everybody("1") == _everybody("1")
    assert _everybody("1") != _everybody("2")


def _what_stands_there() -> list[tuple[object, ...]]:
    rows = Entry.objects.values_list(
        "owner__number", "starts_at", "ends_at", "title", "place", "item_visibility", "is_tentative"
    )
    return sorted(rows, key=str)


@pytest.fixture
def built(db: None) -> city.City:
    return city.build("tests", today=WEDNESDAY, has_accounts=False)


def test_the_city_is_filled_and_says_how_far(built: city.City) -> None:
    assert built.people == Person.objects.count() == 50
    assert built.appointments == Entry.objects.count() > 150
    assert FunctionRule.objects.filter(function="schedule.use", audience=["all"]).exists()
    assert "accounts" in built.report()


def test_every_step_of_building_stands_in_the_journal(built: city.City) -> None:
    assert Record.objects.filter(action="schedule.entry.added").count() == built.appointments
    assert Record.objects.filter(action="directory.person.added").count() == built.people


def test_a_city_is_built_on_empty_ground_only(built: city.City) -> None:
    before = _what_stands_there()
    with pytest.raises(city.NotEmpty):
        city.build("tests", today=WEDNESDAY)
    assert _what_stands_there() == before


@pytest.mark.django_db
def test_the_same_seed_and_day_give_the_same_appointments() -> None:
    city.build("tests", today=WEDNESDAY, has_accounts=False)
    first = _what_stands_there()
    Entry.objects.all().delete()
    again = city.City(size="tests", seed=1, today=WEDNESDAY)
    plan = city.SIZES["tests"]
    places = offices(plan.extent)
    members = staff(places, plan.crowd, Random("1:staff"))
    city.fill_calendars(again, places, members)
    assert _what_stands_there() == first


@pytest.mark.requirement("SCH-6")
def test_the_outsider_sees_of_the_private_appointment_only_a_time(built: city.City) -> None:
    outsider = actor_of(Person.objects.get(pk=built.cast["outsider"]), "schedule.use")
    owner_id = built.cast["owner"]
    start, end = clock.day_bounds(WEDNESDAY)
    slots = schedule.slots(outsider, people=[owner_id], start=start, end=end)
    assert any(slot.is_busy_only for slot in slots)
    assert not any(slot.shown and "通院" in slot.shown.title for slot in slots)


def test_about_one_appointment_in_seven_is_not_for_everybody(built: city.City) -> None:
    hidden = Entry.objects.exclude(item_visibility="everyone").count()
    assert 0.08 < hidden / built.appointments < 0.25


def test_two_people_share_a_name_and_sit_in_different_places(built: city.City) -> None:
    owner = Person.objects.get(pk=built.cast["owner"])
    namesakes = Person.objects.filter(family_name=owner.family_name, given_name=owner.given_name)
    posts = directory.main_posts_of(namesakes.values_list("pk", flat=True), WEDNESDAY)
    assert len({post.organisation_id for post in posts.values()}) == 2


@pytest.mark.django_db
def test_the_sheet_of_accounts_opens_the_door_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    built = city.build("tests", today=clock.today(), home=tmp_path)
    sheet = tmp_path / "demo-accounts.json"
    assert sheet.stat().st_mode & 0o777 == 0o600
    rows = json.loads(sheet.read_text(encoding="utf-8"))
    assert [row["role"] for row in rows] == [part.role for part in CAST]
    assert built.sheet == str(sheet)
    newcomer = Actor(kind="anonymous", terminal="127.0.0.1")
    result = identity.sign_in(newcomer, login=rows[0]["login"], password=rows[0]["password"], agent="")
    assert result.session is not None
    assert result.session.account.person_id == built.cast["owner"]
