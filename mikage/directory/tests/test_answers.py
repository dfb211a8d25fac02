"""Who is where on a day, in which order people are listed, and under which words they are found."""

from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from mikage.access.actor import ANONYMOUS, SYSTEM, Actor
from mikage.directory import policies, services
from mikage.directory.choices import PersonKind, PostKind
from mikage.directory.models import Post, kana_order
from mikage.directory.tests.conftest import TODAY
from mikage.directory.tests.factories import Cast, actor_of, make_organisation, make_person, make_post
from mikage.kernel.operations import Refused

pytestmark = pytest.mark.django_db(databases=["default", "journal"])
STAFF = Actor.of(1, functions={"directory.use"})
SPRING = date(2027, 4, 1)


def names(people: "list[object]") -> list[str]:
    return [str(person) for person in people]


# -- dated answers ------------------------------------------------------------------------------


@pytest.mark.requirement("ORG-9")
def test_who_belongs_below_a_bureau_follows_the_day(cast: Cast) -> None:
    services.move_organisation(
        SYSTEM, organisation=cast.city.strategy_department, parent=cast.city.finance_bureau, on=SPRING
    )
    planning, finance = cast.city.planning_bureau.pk, cast.city.finance_bureau.pk

    def below(pk: int, on: date) -> set[str]:
        return set(names(list(policies.members(STAFF, pk, on, is_deep=True))))

    line = {"髙橋 みどり", "佐藤 花子", "鈴木 一郎", "保守 健"}
    assert below(planning, TODAY) == line
    assert below(planning, SPRING) == set()
    assert below(finance, TODAY) == {"総務 恵"}
    assert below(finance, SPRING) == line | {"総務 恵"}


@pytest.mark.requirement("ORG-9")
def test_what_somebodys_post_was_on_that_day(cast: Cast) -> None:
    services.give_post(
        SYSTEM, person=cast.owner, organisation=cast.city.roads_division, position=None, on=SPRING
    )
    posts = {
        day: policies.main_post(cast.owner.pk, day) for day in (date(2020, 3, 31), date(2027, 3, 31), SPRING)
    }
    assert [post.organisation.name if post else None for post in posts.values()] == [
        None,
        "企画係",
        "道路管理課",
    ]


def test_the_main_post_comes_before_the_concurrent_ones(cast: Cast) -> None:
    make_post(cast.owner, cast.city.planning_bureau, position="kyokucho", kind=PostKind.CONCURRENT)
    assert [post.kind for post in policies.posts_of(cast.owner.pk)] == ["main", "concurrent"]


def test_an_ended_organisation_is_known_on_the_days_before(cast: Cast) -> None:
    empty = make_organisation("臨時対策室", cast.city.top)
    services.end_organisation(SYSTEM, organisation=empty, on=SPRING)
    assert policies.visible_organisations(STAFF, date(2027, 3, 31)).filter(pk=empty.pk).exists()
    assert not policies.visible_organisations(STAFF, SPRING).filter(pk=empty.pk).exists()
    assert policies.below(empty.pk, SPRING) == set()


@pytest.mark.requirement("TR-C9")
def test_an_organisation_with_people_is_not_ended(cast: Cast) -> None:
    with pytest.raises(Refused):
        services.end_organisation(SYSTEM, organisation=cast.city.section, on=SPRING)
    with pytest.raises(Refused):
        services.end_organisation(SYSTEM, organisation=cast.city.planning_bureau, on=SPRING)


def test_a_circle_is_refused_in_words(cast: Cast) -> None:
    with pytest.raises(Refused) as refusal:
        services.move_organisation(
            SYSTEM, organisation=cast.city.planning_bureau, parent=cast.city.section, on=SPRING
        )
    assert refusal.value.field == "parent"
    assert policies.above(cast.city.section.pk, SPRING)[1] == cast.city.planning_bureau


def test_somebody_who_ends_loses_posts_and_keys_but_not_the_name(cast: Cast) -> None:
    services.end_person(SYSTEM, person=cast.owner, on=TODAY)
    assert policies.keys_of(cast.owner.pk) == frozenset()
    assert not policies.visible_people(STAFF).filter(pk=cast.owner.pk).exists()
    assert policies.names_of([cast.owner.pk]) == {cast.owner.pk: "佐藤 花子"}


def test_somebody_whose_last_day_is_to_come_stays_until_then(cast: Cast) -> None:
    services.end_person(SYSTEM, person=cast.owner, on=SPRING)
    assert policies.keys_of(cast.owner.pk, TODAY)
    assert policies.keys_of(cast.owner.pk, SPRING) == frozenset()
    assert services.end_people_who_left(SYSTEM) == 0


# -- order --------------------------------------------------------------------------------------


@pytest.mark.requirement("ORG-1")
def test_people_stand_by_rank_then_official_order_then_kana(cast: Cast) -> None:
    office = make_organisation("市民課", cast.city.top)
    for name, kana, position in [
        ("加藤 進", "かとう すすむ", "shuji"),
        ("伊藤 綾", "いとう あや", "shuji"),
        ("後藤 緑", "ごとう みどり", "shuji"),
        ("小山 健", "こやま けん", "shuji"),
        ("大野 翔", "おおの しょう", "shuji"),
        ("小野 薫", "おの かおる", "shuji"),
        ("和田 守", "わだ まもる", "kacho"),
        ("吉田 恵", "よしだ めぐみ", "kakaricho"),
        ("相田 誠", "あいだ まこと", "shusa"),
    ]:
        make_person(name, kana, organisation=office, position=position)
    make_person("市民課", "", organisation=office, position="", kind=PersonKind.ORGANISATION)
    assert names(list(policies.members(STAFF, office.pk))) == [
        "和田 守",
        "吉田 恵",
        "相田 誠",
        "伊藤 綾",
        "大野 翔",
        "小野 薫",
        "加藤 進",
        "後藤 緑",
        "小山 健",
        "市民課",
    ]


def test_somebody_with_two_posts_in_one_place_is_listed_once_by_the_higher(cast: Cast) -> None:
    make_post(cast.owner, cast.city.section, position="kacho", kind=PostKind.CONCURRENT)
    people = list(policies.members(STAFF, cast.city.section.pk))
    assert [(person.name, person.position_name) for person in people] == [  # type: ignore[attr-defined]
        ("佐藤 花子", "課長"),
        ("髙橋 みどり", "係長"),
        ("鈴木 一郎", "主事"),
    ]


@pytest.mark.parametrize(
    "ordered",
    [
        ["あいだ", "いとう", "うえの"],
        ["かとう", "がとう", "かとうぎ"],
        ["はし", "ばし", "ぱし", "はしもと"],
        ["おおの", "オーノ", "おの"],
        ["じゅん", "しゅんじ"],
        ["キョウ", "きよし"],
    ],
)
def test_kana_are_sorted_as_in_a_japanese_list(ordered: list[str]) -> None:
    assert sorted(set(ordered), key=lambda kana: kana_order(kana, "")) == ordered


# -- finding ------------------------------------------------------------------------------------


@pytest.mark.requirement("ORG-3")
@pytest.mark.parametrize(
    ("name", "kana", "words"),
    [
        ("佐々木 由美", "ささき ゆみ",
         ["佐々木", "ささき", "ササキ", "ｻｻｷ", "佐々木由美", "佐々木　由美", "由美", "ゆみ", "ささきゆ"]),
        ("髙橋 健", "たかはし けん", ["髙橋", "高橋", "タカハシ", "ﾀｶﾊｼ ｹﾝ", "高橋 健"]),
        ("山﨑 彩", "やまざき あや", ["山﨑", "山崎", "やまざき"]),
        ("渡邉 大輔", "わたなべ だいすけ", ["渡邉", "渡邊", "渡辺", "ワタナベ"]),
        ("齋藤 陸", "さいとう りく", ["齋藤", "斎藤", "斉藤", "齊藤"]),
        ("𠮷野 誠", "よしの まこと", ["𠮷野", "よしの"]),
        ("ｷﾑ Min", "きむ みん", ["キム", "min", "MIN", "ｍｉｎ"]),
    ],
)  # fmt: skip
def test_people_are_found_however_their_name_is_written(
    cast: Cast, name: str, kana: str, words: list[str]
) -> None:
    person = make_person(name, kana, organisation=cast.city.section)
    for typed in words:
        assert person.pk in [found.pk for found in policies.find_people(STAFF, typed)], typed


@pytest.mark.parametrize("words", ["", " ", "　", "%", "_", "\\", "'", "\x00", "佐_", "*"])
def test_signs_find_nobody_rather_than_everybody(cast: Cast, words: str) -> None:
    assert policies.find_people(STAFF, words) == []


@pytest.mark.parametrize(
    "words", ["000101", "０００１０１", "2101", "企画係 佐藤", "佐藤 企画", "主事 はなこ"]
)
def test_people_are_found_by_number_extension_organisation_and_post(cast: Cast, words: str) -> None:
    assert names(list(policies.find_people(STAFF, words))) == ["佐藤 花子"]


def test_homonyms_carry_what_tells_them_apart_and_the_near_one_comes_first(cast: Cast) -> None:
    make_person("佐藤 花子", "さとう はなこ", organisation=cast.city.roads_division, position="kacho")

    def where(near: int) -> list[tuple[str, str]]:
        found = policies.find_people(STAFF, "佐藤花子", near=near)
        return [(person.organisation_name, person.position_name) for person in found]  # type: ignore[attr-defined]

    assert where(cast.city.section.pk) == [("企画係", "主事"), ("道路管理課", "課長")]
    assert where(cast.city.roads_division.pk) == [("道路管理課", "課長"), ("企画係", "主事")]


def test_whoever_was_chosen_lately_comes_first(cast: Cast) -> None:
    other = make_person("佐藤 翔", "さとう しょう", organisation=cast.city.roads_division)
    actor = actor_of(cast.colleague, "directory.use")
    assert [label.text for label in policies.options(actor, "さとう")] == ["佐藤 花子", "佐藤 翔"]
    services.note_choices(actor, chosen=[f"person:{other.pk}"])
    assert [label.text for label in policies.options(actor, "さとう")] == ["佐藤 翔", "佐藤 花子"]
    assert policies.options(actor, "")[0].text == "佐藤 翔"


def test_a_name_that_begins_with_the_words_comes_before_one_that_holds_them(cast: Cast) -> None:
    make_person("大田中 実", "おおたなか みのる", organisation=cast.city.section)
    assert names(list(policies.find_people(STAFF, "田中"))) == ["田中 誠", "大田中 実"]


# -- who sees what ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actor", "sees"), [(ANONYMOUS, False), (STAFF, True), (SYSTEM, True)], ids=["nobody", "staff", "system"]
)
def test_the_directory_exists_for_the_staff_alone(cast: Cast, actor: Actor, sees: bool) -> None:
    assert policies.visible_people(actor).exists() is sees
    assert policies.visible_organisations(actor).exists() is sees
    assert bool(policies.find_people(actor, "佐藤")) is sees
    assert policies.members(actor, cast.city.section.pk).exists() is sees


@pytest.mark.parametrize("role", ["owner", "head", "outsider", "maintenance", "auditor"])
def test_only_those_who_keep_the_directory_change_it(cast: Cast, role: str) -> None:
    actor = actor_of(cast[role], "directory.use")
    with pytest.raises(Refused):
        services.change_person(actor, person=cast.owner, extension="1")
    with pytest.raises(Refused):
        services.give_post(actor, person=cast[role], organisation=cast.city.top, position=None, on=TODAY)
    with pytest.raises(Refused):
        services.add_group(actor, name="みんな", on=TODAY)
    keeper = actor_of(cast[role], "directory.use", "directory.keep")
    services.change_person(keeper, person=cast.owner, extension="９９９９")
    assert policies.find_by_number("000101") == cast.owner
    assert Post.objects.filter(person=cast.owner, valid=DateRange(date(2020, 4, 1), None)).exists()
