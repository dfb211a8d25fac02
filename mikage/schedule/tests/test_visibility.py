"""Who may know what of an appointment: the regulation as tables (B-02, B-03, SCH-6, SCH-19)."""

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mikage.access import keys
from mikage.access.actor import SYSTEM, Actor
from mikage.directory.tests.factories import ROLES, Cast
from mikage.identity.tests.factories import actor_of
from mikage.kernel import clock
from mikage.kernel.operations import Refused
from mikage.schedule import policies, services
from mikage.schedule.choices import Visibility
from mikage.schedule.models import Entry
from mikage.schedule.tests.factories import draft, make_entry

pytestmark = pytest.mark.django_db(databases=["default", "journal"])
Actors = dict[str, Actor]

# The owner is 佐藤; 鈴木 takes part; it is shared with 総務; the chosen audience is 監査.
PEOPLE_OF = {
    "everyone": set(ROLES),
    "organisation": {"owner", "colleague", "head", "handler"},
    "audience": {"owner", "colleague", "handler", "auditor"},
    "participants": {"owner", "colleague", "handler"},
}
FITTING = [
    (item, details)
    for item, details in itertools.product(PEOPLE_OF, PEOPLE_OF)
    if Visibility(details).width <= Visibility(item).width
]


def shared_entry(cast: Cast, actors: Actors, item: str, details: str) -> Entry:
    """A meeting of 佐藤 with 鈴木, shared with 総務, hidden as told."""
    return make_entry(
        actors["owner"],
        draft(
            actors["owner"],
            place="第3会議室",
            content="人事案",
            participants=(cast.owner.pk, cast.colleague.pk),
            shared_with=(keys.person(cast.handler.pk),),
            item_visibility=item,
            item_audience=(keys.person(cast.auditor.pk),),
            details_visibility=details,
            details_audience=(keys.person(cast.auditor.pk),),
        ),
    )


def slots_of(actor: Actor, *people: int) -> list[policies.Slot]:
    start, end = clock.day_bounds(clock.today())
    return policies.slots(actor, people=people, start=start, end=end)


@pytest.mark.requirement("B-02")
@pytest.mark.requirement("SCH-6")
@pytest.mark.parametrize(("item", "details"), FITTING)
def test_item_and_details_are_seen_by_exactly_those_they_were_opened_to(
    cast: Cast, actors: Actors, item: str, details: str
) -> None:
    entry = shared_entry(cast, actors, item, details)
    seen = {role for role in ROLES if policies.visible_entries(actors[role]).filter(pk=entry.pk).exists()}
    whole = {role for role in ROLES if policies.whole_entries(actors[role]).filter(pk=entry.pk).exists()}
    # Who is named for the details sees the item too.
    assert seen == PEOPLE_OF[item] | PEOPLE_OF[details]
    assert whole == PEOPLE_OF[details]


@pytest.mark.requirement("B-03")
@pytest.mark.requirement("SCH-19")
@pytest.mark.parametrize(("item", "details"), FITTING)
def test_a_slot_tells_each_exactly_what_is_theirs_to_know(
    cast: Cast, actors: Actors, item: str, details: str
) -> None:
    entry = shared_entry(cast, actors, item, details)
    busy = policies.Slot(keys.person(cast.owner.pk), entry.starts_at, entry.ends_at, None)
    for role, actor in actors.items():
        (slot,) = slots_of(actor, cast.owner.pk)
        if role not in PEOPLE_OF[item] | PEOPLE_OF[details]:
            assert slot == busy
            continue
        assert slot[:3] == busy[:3]
        assert slot.shown is not None
        assert (slot.shown.entry_id, slot.shown.title) == (str(entry.pk), "素案レビュー")
        assert slot.shown.place == ("第3会議室" if role in PEOPLE_OF[details] else "")
        assert slot.shown.can_change is (role in {"owner", "colleague"})
        assert slot.shown.version == (1 if role in {"owner", "colleague"} else 0)


@pytest.mark.requirement("B-03")
def test_a_card_keeps_the_details_from_those_who_see_the_item_alone(cast: Cast, actors: Actors) -> None:
    entry = shared_entry(cast, actors, "everyone", "participants")
    for role, actor in actors.items():
        card = policies.card_of(actor, entry.pk)
        assert card is not None
        is_whole = role in PEOPLE_OF["participants"]
        assert card.has_details is is_whole
        assert (card.place, card.content) == (("第3会議室", "人事案") if is_whole else ("", ""))
        assert (card.owner_id is None, card.changed_at is None) == (not is_whole, not is_whole)


@pytest.mark.requirement("B-03")
def test_what_one_keeps_for_oneself_is_for_all_others_a_busy_time(
    cast: Cast, actors: Actors, private: Entry
) -> None:
    for role in set(ROLES) - {"owner"}:
        (slot,) = slots_of(actors[role], cast.owner.pk)
        assert slot.is_busy_only
        assert policies.card_of(actors[role], private.pk) is None
        assert not policies.visible_entries(actors[role]).exists()
        assert policies.found_cards(actors[role], ["かかりつけ医"], limit=5) == []


def test_the_system_and_the_anonymous_see_busy_times_only(cast: Cast, private: Entry) -> None:
    (slot,) = slots_of(SYSTEM, cast.owner.pk)
    assert slot.is_busy_only
    assert not policies.visible_entries(SYSTEM).exists()


@pytest.mark.requirement("TR-E2")
def test_the_section_of_an_invited_colleague_learns_nothing(cast: Cast, actors: Actors) -> None:
    outsider = actors["outsider"]
    make_entry(
        outsider,
        draft(
            outsider,
            participants=(cast.outsider.pk, cast.colleague.pk),
            item_visibility="participants",
            details_visibility="participants",
        ),
    )
    assert slots_of(actors["head"], cast.colleague.pk)[0].is_busy_only
    assert not slots_of(actors["colleague"], cast.colleague.pk)[0].is_busy_only


def test_members_of_a_participating_organisation_see_it_whole_and_are_not_busy(
    cast: Cast, actors: Actors
) -> None:
    outsider, section = actors["outsider"], cast.city.section
    make_entry(
        outsider,
        draft(
            outsider,
            participants=(cast.outsider.pk,),
            organisations=(section.pk,),
            item_visibility="participants",
            details_visibility="participants",
        ),
    )
    start, end = clock.day_bounds(clock.today())
    (row,) = policies.slots(actors["head"], organisations=[section.pk], start=start, end=end)
    assert row.subject == keys.org(section.pk)
    assert row.shown is not None
    assert not row.shown.can_change
    assert slots_of(actors["head"], cast.head.pk) == []
    (hidden,) = policies.slots(actors["auditor"], organisations=[section.pk], start=start, end=end)
    assert hidden.is_busy_only


def test_equal_times_are_ordered_by_what_one_may_see_alone(cast: Cast, actors: Actors) -> None:
    for title in ("甲", "乙", "丙"):
        make_entry(actors["owner"], title=title, item_visibility="self", details_visibility="self")
    before = slots_of(actors["outsider"], cast.owner.pk)
    assert len(set(before)) == 1
    assert len(before) == 3


@pytest.mark.parametrize(
    ("item", "details", "field"),
    [
        ("participants", "everyone", "details_visibility"),
        ("audience", "organisation", "details_visibility"),
        ("self", "self", "item_visibility"),
        ("everyone", "self", "details_visibility"),
    ],
)
def test_contradictory_visibility_is_refused_at_its_field(
    cast: Cast, actors: Actors, item: str, details: str, field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        shared_entry(cast, actors, item, details)
    assert refusal.value.field == field


@pytest.mark.requirement("TR-D12")
@pytest.mark.parametrize(("item", "details"), FITTING)
def test_the_listed_readers_are_the_readers_in_effect(
    cast: Cast, actors: Actors, item: str, details: str
) -> None:
    entry = shared_entry(cast, actors, item, details)
    listed_item, listed_details = policies.readers_of(entry)
    for actor in actors.values():
        assert actor.is_among(listed_item) is policies.visible_entries(actor).filter(pk=entry.pk).exists()
        assert actor.is_among(listed_details) is policies.whole_entries(actor).filter(pk=entry.pk).exists()


# Random edits against a model that is written down independently of the keys on the row. -----------

SECTION = {"owner", "colleague", "head"}
edits = st.fixed_dictionaries(
    {
        "item": st.sampled_from(Visibility.values),
        "details": st.sampled_from(Visibility.values),
        "participants": st.sets(st.sampled_from(ROLES), min_size=1, max_size=3),
        "shared_with": st.sets(st.sampled_from(ROLES), max_size=2),
        "named": st.sets(st.sampled_from(ROLES), min_size=1, max_size=2),
    }
)


def expected_readers(edit: dict[str, Any], part: str) -> set[str]:
    whole: set[str] = {"owner"} | edit["participants"] | edit["shared_with"]
    opened: dict[str, set[str]] = {
        "everyone": set(ROLES),
        "organisation": SECTION,
        "audience": edit["named"],
        "participants": set(),
        "self": set(),
    }
    return whole | opened[edit[part]]


@pytest.mark.requirement("B-02")
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(history=st.lists(edits, min_size=1, max_size=4))
def test_after_any_edits_the_readers_are_those_the_last_one_names(
    cast: Cast, history: list[dict[str, Any]]
) -> None:
    actors = {role: actor_of(person) for role, person in cast.people().items()}
    entry = make_entry(actors["owner"])
    last: dict[str, Any] | None = None
    for edit in history:
        written = draft(
            actors["owner"],
            participants=tuple(cast[role].pk for role in sorted(edit["participants"])),
            shared_with=tuple(keys.person(cast[role].pk) for role in sorted(edit["shared_with"])),
            item_visibility=edit["item"],
            item_audience=tuple(keys.person(cast[role].pk) for role in sorted(edit["named"])),
            details_visibility=edit["details"],
            details_audience=tuple(keys.person(cast[role].pk) for role in sorted(edit["named"])),
        )
        try:
            entry = services.change_entry(actors["owner"], entry=entry, version=entry.version, draft=written)
        except Refused:
            continue
        last = edit
    if last is None:
        last = {
            "item": "everyone",
            "details": "everyone",
            "participants": {"owner"},
            "shared_with": set(),
            "named": set(),
        }
    details = expected_readers(last, "details")
    item = expected_readers(last, "item") | details
    assert {r for r in ROLES if policies.visible_entries(actors[r]).filter(pk=entry.pk).exists()} == item
    assert {r for r in ROLES if policies.whole_entries(actors[r]).filter(pk=entry.pk).exists()} == details
