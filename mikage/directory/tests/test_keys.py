"""Which subject keys follow from posts, tree and groups on a day."""

from datetime import date

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from mikage.directory import policies
from mikage.directory.choices import PostKind
from mikage.directory.models import Post
from mikage.directory.tests.factories import (
    Cast,
    actor_of,
    make_group,
    make_post,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)


@pytest.mark.requirement("A-04")
def test_somebody_holds_the_keys_of_their_section_and_of_everything_above(cast: Cast) -> None:
    city = cast.city
    above = [city.section, city.policy_division, city.strategy_department, city.planning_bureau, city.top]
    assert policies.keys_of(cast.head.pk, TODAY) == {
        "all",
        f"person:{cast.head.pk}",
        f"org:{city.section.pk}",
        "post:kakaricho",
        *(f"under:{organisation.pk}" for organisation in above),
    }


def test_a_concurrent_post_gives_the_keys_of_its_place_too(cast: Cast) -> None:
    make_post(cast.outsider, cast.city.affairs_centre, position="shusa", kind=PostKind.CONCURRENT)
    held = policies.keys_of(cast.outsider.pk, TODAY)
    assert {f"org:{cast.city.roads_division.pk}", f"org:{cast.city.affairs_centre.pk}", "post:shusa"} <= held


def test_keys_change_at_midnight_with_the_post(cast: Cast) -> None:
    spring = date(2027, 4, 1)
    Post.objects.filter(person=cast.owner).update(valid=DateRange(date(2020, 4, 1), spring))
    make_post(cast.owner, cast.city.roads_division, since=spring)
    assert f"org:{cast.city.section.pk}" in policies.keys_of(cast.owner.pk, date(2027, 3, 31))
    held = policies.keys_of(cast.owner.pk, spring)
    assert f"org:{cast.city.section.pk}" not in held
    assert f"under:{cast.city.roads_bureau.pk}" in held


def test_a_member_of_a_group_holds_its_key_until_the_group_ends(cast: Cast) -> None:
    group = make_group("改革チーム", [cast.owner, cast.outsider])
    assert f"group:{group.pk}" in policies.keys_of(cast.outsider.pk, TODAY)
    group.is_active = False
    group.save()
    assert f"group:{group.pk}" not in policies.keys_of(cast.outsider.pk, TODAY)


def test_somebody_who_left_holds_no_key_at_all(cast: Cast) -> None:
    cast.owner.leaves_on = date(2026, 11, 26)
    cast.owner.save()
    assert policies.keys_of(cast.owner.pk, TODAY)
    assert policies.keys_of(cast.owner.pk, date(2026, 11, 26)) == frozenset()


def test_an_unknown_person_holds_no_key() -> None:
    assert policies.keys_of(987654, TODAY) == frozenset()


def test_keys_cost_one_query(cast: Cast) -> None:
    make_group("改革チーム", [cast.owner])
    with CaptureQueriesContext(connection) as queries:
        policies.keys_of(cast.owner.pk, TODAY)
    assert len(queries) == 1


def test_the_cast_becomes_actors_with_their_post(cast: Cast) -> None:
    actor = actor_of(cast.head, "directory.use")
    assert (actor.name, actor.organisation_name, actor.post_name) == ("髙橋 みどり", "企画係", "係長")
    assert actor.may("directory.use")
    assert not actor.may("directory.keep")
