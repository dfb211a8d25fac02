"""What the database itself refuses, whoever asks: overlaps, circles, doubles."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from mikage.directory.choices import GroupKind, PostKind
from mikage.directory.models import Edge, Group, Membership, Organisation, Person, Post, from_day
from mikage.directory.tests.factories import Cast, make_group, make_organisation, make_person, make_post

pytestmark = pytest.mark.django_db
SPRING, AUTUMN = date(2027, 4, 1), date(2027, 10, 1)


def test_nobody_has_two_main_posts_on_one_day(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="one_main_post_at_a_time"):
        make_post(cast.owner, cast.city.roads_division, since=SPRING)


def test_a_main_post_may_follow_another_without_a_gap(cast: Cast) -> None:
    Post.objects.filter(person=cast.owner).update(valid=DateRange(date(2020, 4, 1), SPRING))
    make_post(cast.owner, cast.city.roads_division, since=SPRING)


def test_the_same_post_is_not_held_twice_even_without_a_position(cast: Cast) -> None:
    account = make_person("企画係", "", organisation=cast.city.section, position="")
    with pytest.raises(IntegrityError, match="no_post_is_held_twice"):
        make_post(account, cast.city.section, position="", kind=PostKind.CONCURRENT)


def test_an_organisation_has_one_parent_at_a_time(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="one_parent_at_a_time"):
        Edge.objects.create(child=cast.city.section, parent=cast.city.roads_bureau, valid=from_day(SPRING))


def move(child: Organisation, parent: Organisation | None, since: date, until: date | None = None) -> None:
    before = Edge.objects.get(child=child, valid__contains=since)
    before.valid = DateRange(before.valid.lower, since)
    before.save()
    Edge.objects.create(child=child, parent=parent, valid=DateRange(since, until))


def test_an_organisation_cannot_stand_below_itself(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="stand below itself"):
        move(cast.city.top, cast.city.top, SPRING)


def test_a_circle_is_refused_however_long(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="stand below itself"):
        move(cast.city.planning_bureau, cast.city.section, SPRING)


def test_a_circle_that_would_hold_on_one_later_day_only_is_refused(cast: Cast) -> None:
    # From spring the department is at the top, so the bureau may go below it; from autumn it comes back.
    move(cast.city.strategy_department, None, SPRING, AUTUMN)
    Edge.objects.create(
        child=cast.city.strategy_department, parent=cast.city.planning_bureau, valid=from_day(AUTUMN)
    )
    with transaction.atomic():
        move(cast.city.planning_bureau, cast.city.strategy_department, SPRING, AUTUMN)
    with pytest.raises(IntegrityError, match="stand below itself"):
        Edge.objects.create(
            child=cast.city.planning_bureau, parent=cast.city.strategy_department, valid=from_day(AUTUMN)
        )


def test_a_staff_number_belongs_to_one_active_person_in_any_case(cast: Cast) -> None:
    make_person("甲 一", number="ab12")
    with pytest.raises(IntegrityError, match="one_active_person_per_number"):
        make_person("乙 二", number="AB12")


def test_a_number_is_free_again_when_its_person_left(cast: Cast) -> None:
    cast.owner.is_active = False
    cast.owner.save()
    assert make_person("乙 二", number=cast.owner.number).pk != cast.owner.pk


@pytest.mark.parametrize("number", ["", "12 34", "＊", "a*", "../1", "1,2", "１２"])
def test_a_staff_number_holds_nothing_that_could_mean_something(number: str) -> None:
    with pytest.raises(IntegrityError, match="a_staff_number_is_plain"):
        Person.objects.create(number=number, family_name="甲")


def test_an_organisation_code_is_taken_in_any_case() -> None:
    make_organisation("甲", code="k1")
    with pytest.raises(IntegrityError, match="one_organisation_per_code"):
        make_organisation("乙", code="K1")


def test_a_member_is_in_a_group_once_at_a_time(cast: Cast) -> None:
    group = make_group("改革チーム", [cast.owner])
    with pytest.raises(IntegrityError, match="a_member_once_at_a_time"):
        Membership.objects.create(group=group, person=cast.owner, valid=from_day(SPRING))


def test_a_personal_group_has_a_maker() -> None:
    with pytest.raises(IntegrityError, match="a_personal_group_has_a_maker"):
        Group.objects.create(name="私の係", kind=GroupKind.PERSONAL)


@pytest.mark.parametrize("name", ["改革チーム", "改革 チーム", "改革ﾁｰﾑ"])
def test_a_shared_group_has_its_name_alone(name: str) -> None:
    make_group("改革チーム")
    with pytest.raises(IntegrityError, match="one_shared_group_per_name"):
        make_group(name)


def test_a_row_without_days_is_refused(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="a_post_has_days"):
        Post.objects.create(
            person=cast.owner,
            organisation=cast.city.top,
            kind=PostKind.CONCURRENT,
            valid=DateRange(empty=True),
        )
