"""The staff directory as it arrives in the browser: fragments, refusals, the picker."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from django.http import Http404
from django.http.response import HttpResponseBase
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from mikage.access.actor import Actor
from mikage.directory.choices import PostKind
from mikage.directory.tests.factories import Cast, actor_of, make_group, make_person, make_post
from mikage.kernel.doors import NoFunction

pytestmark = pytest.mark.django_db(databases=["default", "journal"])
Ask = Callable[..., BeautifulSoup]


def answer(actor: Actor, url: str, *, is_whole: bool = False, **parameters: str) -> HttpResponseBase:
    """The fragment this actor gets from the address, as htmx asks for it, or the whole page."""
    headers = {} if is_whole else {"HX-Request": "true"}
    request: WSGIRequest = RequestFactory().get(url, parameters, headers=headers)
    match = resolve(url)
    request.actor = actor  # type: ignore[attr-defined]
    request.resolver_match = match
    response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    return response


def soup(response: HttpResponseBase) -> BeautifulSoup:
    content: bytes = getattr(response, "content", b"")
    return BeautifulSoup(content.decode(), "html.parser")


@pytest.fixture
def owner(cast: Cast) -> Actor:
    return actor_of(cast.owner, "directory.use")


def names(page: BeautifulSoup) -> list[str]:
    return [link.get_text(strip=True) for link in page.select(".directory-name a")]


def test_without_words_one_sees_the_own_section_in_official_order(owner: Actor) -> None:
    page = soup(answer(owner, reverse("directory:home")))
    assert names(page) == ["髙橋 みどり", "佐藤 花子", "鈴木 一郎"]
    assert [link.get_text() for link in page.select(".directory-way a")] == [
        "御影市",
        "企画調整局",
        "情報化戦略部",
        "情報政策課",
    ]


@pytest.mark.parametrize("words", ["高橋", "髙橋", "たかはし", "タカハシ", "ﾀｶﾊｼ", "000103", "2100", "係長"])
def test_the_search_field_finds_by_each_thing_one_remembers(owner: Actor, words: str) -> None:
    assert names(soup(answer(owner, reverse("directory:home"), q=words))) == ["髙橋 みどり"]


def test_nobody_found_says_what_to_try(owner: Actor) -> None:
    page = soup(answer(owner, reverse("directory:home"), q="そんざいしない"))
    assert names(page) == []
    assert len(page.select(".directory-empty p")) == 2


def test_an_organisation_without_people_says_so(owner: Actor, cast: Cast) -> None:
    page = soup(answer(owner, reverse("directory:organisation", args=[cast.city.planning_bureau.pk])))
    assert page.select_one(".directory-empty") is not None


def test_an_unknown_organisation_and_an_unknown_person_are_not_found(owner: Actor) -> None:
    for name in ("directory:organisation", "directory:branches", "directory:person"):
        with pytest.raises(Http404):
            answer(owner, reverse(name, args=[987654321]))


def test_a_branch_opens_with_what_hangs_directly_below(owner: Actor, cast: Cast) -> None:
    page = soup(answer(owner, reverse("directory:branches", args=[cast.city.top.pk])))
    links = [link.get_text() for link in page.select(".directory-branch-link")]
    assert links == ["企画調整局", "建設局", "行財政局", "監査事務局"]
    assert len(page.select("details")) == 3


@pytest.mark.requirement("ORG-1")
def test_the_tree_is_open_down_to_the_chosen_organisation(owner: Actor, cast: Cast) -> None:
    url = reverse("directory:organisation", args=[cast.city.policy_division.pk])
    page = soup(answer(owner, url, is_whole=True))
    opened = [
        each.get_text()
        for each in page.select(".directory-branch:has(> details[open]) > .directory-branch-link")
    ]
    assert opened == ["御影市", "企画調整局", "情報化戦略部", "情報政策課"]
    assert [each.get_text() for each in page.select("[aria-current=page].directory-branch-link")] == [
        "情報政策課"
    ]
    closed = page.select("details:not([open])")
    assert [str(each["hx-get"]) for each in closed] == [
        reverse("directory:branches", args=[pk])
        for pk in (cast.city.roads_bureau.pk, cast.city.finance_bureau.pk)
    ]


def test_the_card_shows_posts_with_their_days(owner: Actor, cast: Cast) -> None:
    make_post(cast.head, cast.city.affairs_centre, position="shusa", kind=PostKind.CONCURRENT)
    page = soup(answer(owner, reverse("directory:person", args=[cast.head.pk])))
    posts = [" ".join(post.get_text(" ", strip=True).split()) for post in page.select(".directory-post")]
    assert len(posts) == 2
    assert any("係長" in post and "2020年4月1日（水）" in post for post in posts)
    link = page.select_one(".directory-actions a")
    assert link is not None
    assert link["href"] == f"{reverse('schedule:person_week')}?people={cast.head.pk}"


def test_the_card_of_somebody_who_left_does_not_exist_any_more(owner: Actor, cast: Cast) -> None:
    cast.outsider.is_active = False
    cast.outsider.save()
    with pytest.raises(Http404):
        answer(owner, reverse("directory:person", args=[cast.outsider.pk]))


@pytest.mark.parametrize("name", ["directory:home", "directory:picker"])
@pytest.mark.requirement("A-04")
def test_without_the_function_the_door_stays_closed(cast: Cast, name: str) -> None:
    with pytest.raises(NoFunction):
        answer(actor_of(cast.owner), reverse(name))


# -- picker -------------------------------------------------------------------------------------


def picked(page: BeautifulSoup) -> list[tuple[str, str]]:
    return [(str(option["data-kind"]), str(option["data-label"])) for option in page.select("[data-key]")]


def test_the_picker_offers_only_the_kinds_asked_for(owner: Actor, cast: Cast) -> None:
    make_group("企画改革チーム", [cast.owner])
    url = reverse("directory:picker")
    assert {kind for kind, _label in picked(soup(answer(owner, url, q="企画", kinds="under,org,group")))} == {
        "under",
        "org",
        "group",
    }
    assert {kind for kind, _label in picked(soup(answer(owner, url, q="企画", kinds="group")))} == {"group"}


@pytest.mark.requirement("TR-D8")
def test_the_picker_does_not_offer_somebody_elses_personal_group(owner: Actor, cast: Cast) -> None:
    make_group("極秘の集まり", [cast.owner], maker=cast.colleague)
    url = reverse("directory:picker")
    assert picked(soup(answer(owner, url, q="極秘", kinds="group"))) == []
    maker = actor_of(cast.colleague, "directory.use")
    assert picked(soup(answer(maker, url, q="極秘", kinds="group"))) == [("group", "極秘の集まり")]


def test_homonyms_are_told_apart_by_organisation_and_post(owner: Actor, cast: Cast) -> None:
    make_person("佐藤 花子", "さとう はなこ", organisation=cast.city.roads_division, position="kacho")
    page = soup(answer(owner, reverse("directory:picker"), q="佐藤 花子"))
    details = [detail.get_text(strip=True) for detail in page.select(".picker-detail")]
    assert details == ["企画係 主事", "道路管理課 課長"]


def test_an_empty_picker_offers_the_own_section(owner: Actor) -> None:
    labels = [label for _kind, label in picked(soup(answer(owner, reverse("directory:picker"))))]
    assert labels == ["髙橋 みどり", "佐藤 花子", "鈴木 一郎"]


# -- how many questions a page asks the database ------------------------------------------------


@pytest.mark.parametrize(
    ("name", "parameters", "most"),
    [("directory:home", {}, 2), ("directory:home", {"q": "係"}, 1), ("directory:picker", {"q": "佐藤"}, 2)],
)
def test_the_number_of_queries_does_not_grow_with_the_people(
    owner: Actor, cast: Cast, name: str, parameters: dict[str, str], most: int
) -> None:
    for number in range(30):
        make_person(f"佐藤 {number}", organisation=cast.city.section)
    with CaptureQueriesContext(connection) as queries:
        answer(owner, reverse(name), is_whole=False, **parameters)
    assert len(queries) <= most
