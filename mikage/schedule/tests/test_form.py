"""The form of an appointment: what is typed is understood, what is wrong is said, nothing is lost."""

import uuid
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from mikage.access import keys
from mikage.access.actor import Actor
from mikage.directory.tests.factories import Cast
from mikage.kernel import clock
from mikage.schedule import policies, services
from mikage.schedule.models import Entry
from mikage.schedule.tests.conftest import Browse
from mikage.schedule.tests.factories import draft, make_entry

pytestmark = pytest.mark.django_db(databases=["default", "journal"])
Actors = dict[str, Actor]


def fields(cast: Cast, **more: Any) -> dict[str, Any]:
    """A form filled in by 佐藤."""
    return {
        "title": "予算要求ヒアリング",
        "starts_on": "2026/11/26",
        "starts_time": "9:00",
        "ends_on": "",
        "ends_time": "10:30",
        "participants": [keys.person(cast.owner.pk)],
        "item_visibility": "everyone",
        "details_visibility": "everyone",
        "form_token": str(uuid.uuid4()),
    } | more


@pytest.mark.requirement("behaviour-22")
@pytest.mark.parametrize("day", ["R8.11.26", "令和8年11月26日", "1126", "明日", "８．１１．２６"])
@pytest.mark.parametrize("hour", ["0900", "９時", "午前9時"])
def test_days_and_times_are_understood_as_an_office_writes_them(
    cast: Cast, browse: Browse, day: str, hour: str
) -> None:
    answer = browse("owner").post(reverse("schedule:add"), fields(cast, starts_on=day, starts_time=hour))
    assert answer.status_code == 302
    entry = Entry.objects.get()
    assert clock.local(entry.starts_at).strftime("%Y-%m-%d %H:%M") == "2026-11-26 09:00"


@pytest.mark.requirement("behaviour-21")
def test_what_is_typed_in_full_width_is_stored_in_one_form(cast: Cast, browse: Browse) -> None:
    browse("owner").post(
        reverse("schedule:add"), fields(cast, title="　ＷＥＢ会議　ｶｲｷﾞ　", place="５階\u200b")
    )
    entry = Entry.objects.get()
    assert (entry.title, entry.place) == ("WEB会議 カイギ", "5階")


def test_several_whole_days(cast: Cast, browse: Browse) -> None:
    browse("owner").post(
        reverse("schedule:add"), fields(cast, is_all_day="on", starts_time="", ends_time="", ends_on="1127")
    )
    entry = Entry.objects.get()
    assert entry.is_all_day
    assert (entry.starts_at, entry.ends_at) == (
        clock.at(clock.today().replace(day=26)),
        clock.at(clock.today().replace(day=28)),
    )


@pytest.mark.requirement("behaviour-23")
@pytest.mark.parametrize(
    ("wrong", "at"),
    [
        ({"title": "", "category": ""}, "title"),
        ({"starts_on": "13/45"}, "starts_on"),
        ({"starts_time": "25:00"}, "starts_time"),
        ({"ends_time": ""}, "ends_time"),
        ({"ends_time": "8:00"}, "ends_time"),
        ({"participants": []}, "participants"),
        ({"item_visibility": "audience", "details_visibility": "audience"}, "item_audience"),
        ({"details_visibility": "everyone", "item_visibility": "self"}, "details_visibility"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_everything_typed_is_kept(
    cast: Cast, browse: Browse, wrong: dict[str, Any], at: str
) -> None:
    answer = browse("owner").post(reverse("schedule:add"), fields(cast, content="長い説明", **wrong))
    assert answer.status_code == 422
    soup = BeautifulSoup(answer.content, "html.parser")
    summary = soup.select_one("#error-summary a")
    assert summary is not None
    assert at in str(summary["href"])
    assert "長い説明" in answer.content.decode()
    assert not Entry.objects.exists()


@pytest.mark.requirement("behaviour-25")
def test_a_double_click_makes_one_record(cast: Cast, browse: Browse) -> None:
    client, sent = browse("owner"), fields(cast)
    for _click in range(2):
        assert client.post(reverse("schedule:add"), sent).status_code == 302
    assert Entry.objects.count() == 1


@pytest.mark.requirement("behaviour-12")
def test_the_second_save_is_told_and_keeps_its_words(cast: Cast, actors: Actors, browse: Browse) -> None:
    entry, client = make_entry(actors["owner"]), browse("owner")
    address = reverse("schedule:edit", args=[entry.pk])
    services.change_entry(actors["owner"], entry=entry, version=1, draft=draft(actors["owner"], title="先"))
    mine = fields(cast, title="わたしの題", version="1")
    answer = client.post(address, mine)
    assert answer.status_code == 409
    soup = BeautifulSoup(answer.content, "html.parser")
    title, version = soup.select_one("#id_title"), soup.select_one("#id_version")
    assert title is not None
    assert version is not None
    assert title["value"] == "わたしの題"
    assert client.post(address, mine | {"version": version["value"]}).status_code == 302
    assert Entry.objects.get().title == "わたしの題"


def test_an_audience_that_is_not_asked_for_opens_nothing(cast: Cast, browse: Browse) -> None:
    browse("owner").post(
        reverse("schedule:add"),
        fields(
            cast, item_visibility="participants", details_visibility="participants",
            item_audience=[keys.person(cast.outsider.pk)],
        ),
    )  # fmt: skip
    assert Entry.objects.get().item_readers == [keys.person(cast.owner.pk)]


def test_the_form_opens_for_the_cell_it_was_asked_from(cast: Cast, browse: Browse) -> None:
    asked = {"subject": str(cast.colleague.pk), "day": "2026-11-27", "start": "14:00"}
    page = browse("owner").get(reverse("schedule:add"), asked)
    soup = BeautifulSoup(page.content, "html.parser")
    values = {str(box["name"]): box["value"] for box in soup.select("main input[id][value]")}
    assert values["starts_on"] == "2026/11/27"
    assert (values["starts_time"], values["ends_time"]) == ("14:00", "15:00")
    assert f'value="{keys.person(cast.colleague.pk)}"' in page.content.decode()


@pytest.mark.requirement("B-05")
def test_the_form_of_a_copy_carries_the_visibility_along(cast: Cast, actors: Actors, browse: Browse) -> None:
    hidden: dict[str, Any] = {"item_visibility": "participants", "details_visibility": "participants"}
    entry, client = make_entry(actors["owner"], **hidden), browse("owner")
    address = reverse("schedule:copy", args=[entry.pk])
    soup = BeautifulSoup(client.get(address).content, "html.parser")
    assert [box["value"] for box in soup.select('input[name$="_visibility"][checked]')] == [
        "participants"
    ] * 2
    assert client.post(address, fields(cast)).status_code == 422
    assert client.post(address, fields(cast, **hidden)).status_code == 302
    copied = Entry.objects.exclude(pk=entry.pk).get()
    assert policies.readers_of(copied) == policies.readers_of(entry)


@pytest.mark.parametrize("way", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_way_back_never_leaves_the_house(cast: Cast, browse: Browse, way: str) -> None:
    answer = browse("owner").post(reverse("schedule:add"), fields(cast, next=way))
    assert answer["Location"].startswith(reverse("schedule:organisation_week"))
