"""The screens of the schedule as a browser gets them; what is hidden leaves no trace on any."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext, override

from mikage.access import keys
from mikage.access.actor import Actor
from mikage.directory.tests.factories import Cast, make_person
from mikage.identity.tests.factories import open_session
from mikage.kernel import clock
from mikage.schedule import panels, policies, services
from mikage.schedule.choices import View
from mikage.schedule.models import Entry
from mikage.schedule.tests.conftest import Browse
from mikage.schedule.tests.factories import category, draft, make_entry

pytestmark = pytest.mark.django_db(databases=["default", "journal"])
Actors = dict[str, Actor]
HTMX = {"HX-Request": "true"}
UNKNOWN = "00000000-0000-4000-8000-000000000000"
SECRETS = ["かかりつけ医", "みなと内科", "検査結果"]
TOKEN = re.compile(r"\b[A-Za-z0-9]{64}\b")
COUNTS = Path(__file__).parent / "query_counts.json"


def text_of(response: HttpResponseBase) -> str:
    """The body without what is drawn anew for every answer."""
    body = b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]
    return re.sub(r'value="[0-9a-f-]{36}"', "", TOKEN.sub("", body.decode()))


def boards_of(cast: Cast) -> list[str]:
    """Every address that shows the owner's schedule to somebody else."""
    person, section = cast.owner.pk, cast.city.section.pk
    addresses = [f"{reverse('schedule:organisation_week')}?organisation={section}"]
    addresses += [f"{reverse('schedule:organisation_day')}?organisation={section}&day=2026-11-25"]
    addresses += [
        f"{reverse(f'schedule:{view}')}?people={person}&day=2026-11-25"
        for view in (View.PERSON_DAY, View.PERSON_WEEK, View.PERSON_MONTH)
    ]
    return addresses


def busy_word() -> str:
    with override("ja"):
        return gettext("Busy")


@pytest.mark.requirement("B-04")
@pytest.mark.parametrize("view", View.values)
def test_each_of_the_five_views_opens_whole_and_as_a_fragment(
    browse: Browse, private: Entry, view: str
) -> None:
    client, address = browse("owner"), reverse(f"schedule:{view}")
    page, fragment = client.get(address), client.get(address, headers=HTMX)
    assert "かかりつけ医" in page.content.decode()
    assert "<html" not in fragment.content.decode()
    assert fragment.content.decode().strip() in page.content.decode()


@pytest.mark.requirement("B-03")
@pytest.mark.requirement("TR-D6")
def test_an_outsider_reads_busy_and_nothing_else_everywhere(
    cast: Cast, browse: Browse, private: Entry
) -> None:
    client = browse("outsider")
    for address in boards_of(cast):
        page = client.get(address).content.decode()
        board = BeautifulSoup(page, "html.parser").select_one("#board")
        assert board is not None
        (chip,) = board.select(".chip")
        assert chip.attrs == {"class": ["chip", "chip-busy"]}
        assert chip.get_text(strip=True).endswith(busy_word())
        assert not [word for word in [*SECRETS, str(private.pk)] if word in page]
    for address in (reverse("schedule:deleted"), reverse("schedule:organisations"), reverse("schedule:add")):
        assert not [word for word in SECRETS if word in client.get(address).content.decode()]


@pytest.mark.requirement("T-17")
def test_two_worlds_that_differ_in_private_words_are_one_for_an_outsider(
    cast: Cast, actors: Actors, browse: Browse, private: Entry
) -> None:
    client, owner = browse("outsider"), actors["owner"]
    pages = [*boards_of(cast), reverse("schedule:organisations"), reverse("schedule:deleted")]
    before = [text_of(client.get(address)) for address in pages]
    written = draft(
        owner, title="ま" * 150, hour=15, place="遠く", content="長い" * 99,
        category_id=category("leave").pk,
        importance="important", is_tentative=True, shared_with=(keys.person(cast.handler.pk),),
        item_visibility="participants", details_visibility="participants",
    )  # fmt: skip
    services.change_entry(owner, entry=private, version=1, draft=written)
    assert [text_of(client.get(address)) for address in pages] == before


@pytest.mark.requirement("TR-D9")
@pytest.mark.parametrize(
    ("verb", "method"),
    [
        ("entry", "get"), ("card", "get"), ("edit", "get"), ("copy", "get"),
        ("edit", "post"), ("copy", "post"), ("move", "post"), ("delete", "post"), ("restore", "post"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_is_hidden_answers_like_what_never_was(
    browse: Browse, private: Entry, verb: str, method: str, headers: dict[str, str]
) -> None:
    client = browse("outsider")
    hidden, unknown = (
        getattr(client, method)(reverse(f"schedule:{verb}", args=[pk]), headers=headers)
        for pk in (private.pk, UNKNOWN)
    )
    assert hidden.status_code == unknown.status_code == 404
    assert text_of(hidden) == text_of(unknown)
    assert hidden.headers.items() == unknown.headers.items()


def test_a_deleted_entry_answers_like_one_that_never_was(cast: Cast, actors: Actors, browse: Browse) -> None:
    entry = make_entry(actors["owner"])
    services.delete_entry(actors["owner"], entry=entry, version=1)
    client = browse("outsider")
    for pk in (entry.pk, UNKNOWN):
        assert client.get(reverse("schedule:card", args=[pk])).status_code == 404
        assert client.post(reverse("schedule:restore", args=[pk])).status_code == 404


def test_who_sees_the_item_alone_gets_a_card_without_details(actors: Actors, browse: Browse) -> None:
    entry = make_entry(actors["owner"], place="第3会議室", details_visibility="participants")
    client = browse("outsider")
    for verb in ("card", "entry"):
        page = client.get(reverse(f"schedule:{verb}", args=[entry.pk])).content.decode()
        assert "素案レビュー" in page
        assert "第3会議室" not in page
        assert reverse("schedule:edit", args=[entry.pk]) not in page
    for verb in ("edit", "copy"):
        assert client.get(reverse(f"schedule:{verb}", args=[entry.pk])).status_code == 422


@pytest.mark.requirement("TR-D12")
def test_the_page_of_an_entry_lists_who_can_see_it(cast: Cast, actors: Actors, browse: Browse) -> None:
    entry = make_entry(
        actors["owner"], item_visibility="audience", item_audience=(keys.person(cast.auditor.pk),),
        details_visibility="participants",
    )  # fmt: skip
    page = browse("owner").get(reverse("schedule:entry", args=[entry.pk]))
    item, details = BeautifulSoup(page.content, "html.parser").select("aside ul")
    assert {each.get_text() for each in item.select("li")} == {"監査 修", "佐藤 花子"}
    assert [each.get_text() for each in details.select("li")] == ["佐藤 花子"]


def test_content_becomes_text_with_links_and_never_markup(actors: Actors, browse: Browse) -> None:
    entry = make_entry(
        actors["owner"],
        title="<b>題</b>",
        content="https://example.lg.jp/a <script>1</script> javascript:alert(1)",
    )
    client = browse("owner")
    page = client.get(reverse("schedule:entry", args=[entry.pk])).content.decode()
    assert '<a href="https://example.lg.jp/a" rel="nofollow">' in page
    assert "<script>1" not in page
    assert 'href="javascript' not in page
    board = client.get(reverse("schedule:person_day")).content.decode()
    assert "<b>題" not in board
    assert "&lt;b&gt;題" in board


# Moving and taking back ------------------------------------------------------------------------------


def move_fields(person: int, day: str, start: str = "", version: int = 1) -> dict[str, str]:
    return {
        "person_from": str(person), "person_to": str(person), "day_from": "2026-11-25", "day": day,
        "start": start, "version": str(version),
    }  # fmt: skip


@pytest.mark.requirement("SCH-13")
def test_a_move_can_be_taken_back_with_what_the_notice_carries(
    cast: Cast, actors: Actors, browse: Browse
) -> None:
    entry, client = make_entry(actors["owner"], hour=13), browse("owner")
    address = reverse("schedule:move", args=[entry.pk])
    fields = move_fields(cast.owner.pk, "2026-11-27", "09:00") | {"person_to": str(cast.colleague.pk)}
    moved = client.post(address, fields, headers=HTMX)
    assert moved.status_code == 204
    entry.refresh_from_db()
    assert clock.local(entry.starts_at).strftime("%m-%d %H:%M") == "11-27 09:00"
    assert policies.participant_keys(entry) == [keys.person(cast.colleague.pk)]
    notice = json.loads(moved["HX-Trigger"])["toast"]
    assert client.post(notice["undo_url"], notice["fields"], headers=HTMX).status_code == 204
    entry.refresh_from_db()
    assert clock.local(entry.starts_at).strftime("%m-%d %H:%M") == "11-25 13:00"
    assert entry.ends_at - entry.starts_at == timedelta(hours=1)
    assert policies.participant_keys(entry) == [keys.person(cast.owner.pk)]


def test_a_move_over_somebody_elses_change_is_told_in_one_line(
    cast: Cast, actors: Actors, browse: Browse
) -> None:
    entry = make_entry(actors["owner"])
    answer = browse("owner").post(
        reverse("schedule:move", args=[entry.pk]),
        move_fields(cast.owner.pk, "2026-11-26", version=7),
        headers=HTMX,
    )
    assert answer.status_code == 409
    assert "toast" in json.loads(answer["HX-Trigger"])


@pytest.mark.parametrize("field", ["day", "day_from", "person_to"])
def test_a_move_to_nowhere_is_refused(cast: Cast, actors: Actors, browse: Browse, field: str) -> None:
    entry = make_entry(actors["owner"])
    fields = move_fields(cast.owner.pk, "2026-11-26") | {field: "all"}
    assert (
        browse("owner").post(reverse("schedule:move", args=[entry.pk]), fields, headers=HTMX).status_code
        == 422
    )


def test_a_later_day_of_a_long_entry_moves_the_whole(cast: Cast, actors: Actors, browse: Browse) -> None:
    entry = make_entry(
        actors["owner"], starts_at=clock.at(clock.today() - timedelta(days=1)),
        ends_at=clock.at(clock.today() + timedelta(days=1)), is_all_day=True,
    )  # fmt: skip
    browse("owner").post(
        reverse("schedule:move", args=[entry.pk]),
        move_fields(cast.owner.pk, "2026-11-26", "10:00"),
        headers=HTMX,
    )
    entry.refresh_from_db()
    assert (clock.local(entry.starts_at).day, clock.local(entry.ends_at).day) == (25, 27)


def test_a_deletion_is_undone_by_the_notice_and_later_by_the_list(actors: Actors, browse: Browse) -> None:
    entry, client = make_entry(actors["owner"]), browse("owner")
    address = reverse("schedule:delete", args=[entry.pk])
    gone = client.post(address, {"version": "1"}, headers=HTMX)
    notice = json.loads(gone["HX-Trigger"])["toast"]
    assert notice["undo_url"]
    assert "素案レビュー" not in client.get(reverse("schedule:person_day")).content.decode()
    assert "素案レビュー" in client.get(reverse("schedule:deleted")).content.decode()
    assert client.post(notice["undo_url"], headers=HTMX).status_code == 204
    assert "素案レビュー" in client.get(reverse("schedule:person_day")).content.decode()


# Boards ----------------------------------------------------------------------------------------------


def heads(client: Client, address: str) -> list[str]:
    soup = BeautifulSoup(client.get(address).content, "html.parser")
    return [name.get_text() for name in soup.select("tbody th .board-person b")]


@pytest.mark.requirement("SCH-1")
def test_the_week_shows_oneself_first_then_the_organisation_then_its_members_in_official_order(
    cast: Cast, browse: Browse
) -> None:
    names = heads(browse("owner"), reverse("schedule:organisation_week"))
    assert names[0].startswith("佐藤 花子")
    assert names[1:] == ["企画係", "髙橋 みどり", "鈴木 一郎"]


def test_several_people_stand_beside_one_another(cast: Cast, browse: Browse) -> None:
    address = f"{reverse('schedule:person_week')}?people={cast.outsider.pk},{cast.head.pk}"
    assert heads(browse("owner"), address) == ["田中 誠", "髙橋 みどり"]


def test_people_are_chosen_on_the_board_by_key_or_by_staff_number(cast: Cast, browse: Browse) -> None:
    client, address = browse("owner"), reverse("schedule:person_day")
    asked = {"who": [keys.person(cast.head.pk), "000104"], "day": "2026-11-27"}
    answer = client.get(address, asked)
    assert answer["Location"] == f"{address}?people={cast.head.pk},{cast.outsider.pk}&day=2026-11-27"
    unknown = client.get(address, {"who": "だれもいない"})
    assert "error-summary" in unknown.content.decode()


@pytest.mark.parametrize("query", ["people=999999", "organisation=999999"])
def test_people_and_organisations_that_do_not_exist_are_not_found(browse: Browse, query: str) -> None:
    view = "person_week" if query.startswith("people") else "organisation_week"
    assert browse("owner").get(f"{reverse(f'schedule:{view}')}?{query}").status_code == 404


@pytest.mark.parametrize(
    ("typed", "day"), [("R8.12.3", "2026-11-30"), ("明日", "2026-11-23"), ("1231", "2026-12-28")]
)
def test_a_typed_day_leads_to_the_address_of_its_week(browse: Browse, typed: str, day: str) -> None:
    answer = browse("owner").get(reverse("schedule:organisation_week"), {"jump": typed})
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"day={day}")


def test_a_day_that_is_none_is_said_and_today_is_shown(browse: Browse) -> None:
    page = browse("owner").get(reverse("schedule:organisation_week"), {"jump": "2026/13/45"})
    assert 'role="alert"' in page.content.decode()


def test_one_cell_of_each_grid_is_reached_by_tab(browse: Browse, private: Entry) -> None:
    for view in View.values:
        for day in ("", "?day=2025-01-06"):
            soup = BeautifulSoup(
                browse("owner").get(reverse(f"schedule:{view}") + day).content, "html.parser"
            )
            for grid in soup.select("table[role=grid]"):
                assert len(grid.select('td[tabindex="0"]')) == 1


def test_a_board_watches_the_people_it_shows(cast: Cast, browse: Browse) -> None:
    soup = BeautifulSoup(browse("outsider").get(boards_of(cast)[2]).content, "html.parser")
    stream = soup.select_one("live-stream")
    assert stream is not None
    assert stream["watch"] == f"schedule/person:{cast.owner.pk}"


def test_an_entry_over_midnight_stands_on_both_days(actors: Actors, browse: Browse) -> None:
    make_entry(actors["owner"], hour=22, hours=4)
    soup = BeautifulSoup(browse("owner").get(reverse("schedule:organisation_week")).content, "html.parser")
    chips = soup.select("button.chip")
    assert [chip["data-day"] for chip in chips] == ["2026-11-25", "2026-11-26"]
    assert [chip.time.get_text() for chip in chips if chip.time] == ["22:00", "–2:00"]


def test_organisations_are_found_chosen_remembered_and_kept(cast: Cast, browse: Browse) -> None:
    client, roads = browse("owner"), cast.city.roads_division
    found = client.get(reverse("schedule:organisations"), {"q": "道路"}, headers=HTMX).content.decode()
    assert "道路管理課" in found
    chosen = client.get(reverse("schedule:choose", args=[roads.pk]), {"day": "2026-11-23"})
    assert (
        chosen["Location"]
        == f"{reverse('schedule:organisation_week')}?organisation={roads.pk}&day=2026-11-23"
    )
    client.post(reverse("schedule:favourite", args=[roads.pk]), {"is_favourite": "1"})
    soup = BeautifulSoup(client.get(reverse("schedule:organisations"), headers=HTMX).content, "html.parser")
    first = soup.select_one("#organisation-list ul a")
    assert first is not None
    assert first.get_text(strip=True) == "道路管理課"
    other = browse("colleague").get(reverse("schedule:organisations"), headers=HTMX)
    assert not BeautifulSoup(other.content, "html.parser").select('button[aria-pressed="true"]')


@pytest.mark.parametrize("view", View.values)
def test_the_number_of_queries_does_not_grow_with_the_rows(
    cast: Cast, actors: Actors, browse: Browse, view: str
) -> None:
    client, address = browse("owner"), reverse(f"schedule:{view}")
    client.get(address)

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    few = count()
    for number in range(6):
        person = make_person(f"職員 {number}", organisation=cast.city.section)
        make_entry(actors["owner"], participants=(person.pk, cast.owner.pk))
    assert count() == few == json.loads(COUNTS.read_text())[view]


def test_a_person_without_the_function_meets_a_closed_door(cast: Cast, browse: Browse) -> None:
    client = open_session(Client(), cast.handler, functions=["portal.use"])
    assert client.get(reverse("schedule:organisation_week")).status_code == 403


# The top page ----------------------------------------------------------------------------------------


def test_the_blocks_of_the_top_page_show_ones_own_and_hide_others(
    cast: Cast, actors: Actors, private: Entry
) -> None:
    own = panels.today(actors["owner"])
    assert own is not None
    assert [row["title"] for row in own.context["rows"]] == ["かかりつけ医"]
    make_entry(
        actors["owner"], hour=9, hours=3, item_visibility="self", details_visibility="self", title="秘密"
    )
    where = panels.whereabouts(actors["colleague"])
    assert where is not None
    row = next(row for row in where.context["rows"] if row["pk"] == cast.owner.pk)
    assert (row["state"], row["until"]) == (gettext("Busy"), "12:00")
    assert "秘密" not in str(where)


def test_who_takes_part_tomorrow_reads_it_in_the_coming_days(cast: Cast, actors: Actors) -> None:
    make_entry(
        actors["outsider"], day=clock.today() + timedelta(days=1), participants=(cast.owner.pk,),
        item_visibility="participants", details_visibility="participants",
    )  # fmt: skip
    week = panels.week(actors["owner"])
    assert week is not None
    assert [[row["title"] for row in rows] for _day, rows in week.context["days"]] == [["素案レビュー"]]
