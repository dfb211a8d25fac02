"""Adding, changing, moving, copying, deleting and restoring: each with its own rule and its own record."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from mikage.access import keys
from mikage.access.actor import SYSTEM, Actor
from mikage.directory.tests.factories import Cast
from mikage.journal.models import Record
from mikage.kernel import clock
from mikage.kernel.operations import Conflict, Refused
from mikage.live import live
from mikage.schedule import policies, services
from mikage.schedule.models import Entry, Participant
from mikage.schedule.tests.factories import category, draft, make_entry

pytestmark = pytest.mark.django_db(databases=["default", "journal"])
Actors = dict[str, Actor]
Told = list[tuple[frozenset[str], frozenset[str] | None]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """What was told to the boards, in order: subjects and audience."""
    calls: Told = []

    def changed(topic: str, subjects: "set[str]", *, audience: "set[str] | None" = None) -> None:
        assert topic == "schedule"
        if subjects:
            calls.append((frozenset(subjects), None if audience is None else frozenset(audience)))

    monkeypatch.setattr(live, "changed", changed)
    return calls


def heard(actor: Actor, told: Told) -> list[frozenset[str]]:
    """The subjects of the events that reach this actor."""
    return [subjects for subjects, audience in told if audience is None or actor.is_among(audience)]


def day_later(actor: Actor, entry: Entry) -> Entry:
    day = timedelta(days=1)
    return services.move_entry(
        actor,
        entry=entry,
        version=entry.version,
        starts_at=entry.starts_at + day,
        ends_at=entry.ends_at + day,
    )


VERBS: dict[str, Callable[[Actor, Entry], object]] = {
    "change": lambda actor, entry: services.change_entry(
        actor, entry=entry, version=entry.version, draft=draft(actor)
    ),
    "move": day_later,
    "delete": lambda actor, entry: services.delete_entry(actor, entry=entry, version=entry.version),
}


@pytest.mark.requirement("TR-D5")
@pytest.mark.requirement("TR-E3")
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", ["colleague", "head", "outsider", "auditor", "maintenance"])
def test_who_sees_a_private_entry_as_busy_cannot_touch_it(
    actors: Actors, private: Entry, verb: str, role: str
) -> None:
    before = Entry.objects.filter(pk=private.pk).values().get()
    with pytest.raises(Refused):
        VERBS[verb](actors[role], private)
    assert Entry.objects.filter(pk=private.pk).values().get() == before


@pytest.mark.requirement("SCH-7")
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("role", "may"), [("owner", True), ("colleague", True), ("head", False), ("outsider", False)]
)
def test_the_owner_and_those_who_take_part_may_change_and_nobody_else(
    cast: Cast, actors: Actors, verb: str, role: str, may: bool
) -> None:
    entry = make_entry(actors["owner"], participants=(cast.owner.pk, cast.colleague.pk))
    if may:
        VERBS[verb](actors[role], entry)
    else:
        with pytest.raises(Refused):
            VERBS[verb](actors[role], entry)


def test_an_entry_has_a_title_or_a_category(actors: Actors) -> None:
    with pytest.raises(Refused) as refusal:
        make_entry(actors["owner"], title="")
    assert refusal.value.field == "title"
    make_entry(actors["owner"], title="", category_id=category().pk)


def test_each_change_is_recorded_without_content(actors: Actors) -> None:
    entry = make_entry(actors["owner"], title="極秘の題")
    services.delete_entry(actors["owner"], entry=entry, version=1)
    records = Record.objects.filter(target_id=str(entry.pk)).order_by("pk")
    assert [record.action for record in records] == ["schedule.entry.added", "schedule.entry.deleted"]
    assert "極秘" not in str(list(records.values()))


@pytest.mark.requirement("TR-D9")
def test_the_first_save_wins_and_the_second_is_told(cast: Cast, actors: Actors) -> None:
    entry = make_entry(actors["owner"], participants=(cast.owner.pk, cast.colleague.pk))
    services.change_entry(
        actors["colleague"], entry=entry, version=1, draft=draft(actors["owner"], title="先")
    )
    with pytest.raises(Conflict):
        services.change_entry(
            actors["owner"], entry=entry, version=1, draft=draft(actors["owner"], title="後")
        )
    assert Entry.objects.get(pk=entry.pk).title == "先"


def test_one_form_makes_one_entry(actors: Actors) -> None:
    token, owner = uuid.uuid4(), actors["owner"]
    first = services.add_entry(owner, draft=draft(owner), form_token=token)
    assert services.add_entry(owner, draft=draft(owner), form_token=token) == first
    with pytest.raises(Conflict):
        services.add_entry(owner, draft=draft(owner, title="別のこと"), form_token=token)
    # Somebody else's form with the same token is another form.
    colleague = actors["colleague"]
    assert services.add_entry(colleague, draft=draft(colleague), form_token=token) != first


@pytest.mark.requirement("TR-D8")
def test_a_person_who_does_not_exist_cannot_be_invited(actors: Actors) -> None:
    with pytest.raises(Refused):
        make_entry(actors["owner"], participants=(9_999_999,))


@pytest.mark.requirement("B-05")
def test_a_copy_keeps_the_visibility_of_the_original(cast: Cast, actors: Actors) -> None:
    hidden: dict[str, Any] = {"item_visibility": "participants", "details_visibility": "participants"}
    entry = make_entry(actors["owner"], participants=(cast.owner.pk, cast.colleague.pk), **hidden)
    colleague = actors["colleague"]
    same = draft(colleague, participants=(cast.colleague.pk,), **hidden)
    copied = services.copy_entry(colleague, entry=entry, draft=same)
    assert copied.item_readers == [keys.person(cast.colleague.pk)]
    for wider in ("everyone", "organisation", "audience"):
        with pytest.raises(Refused):
            services.copy_entry(
                colleague,
                entry=entry,
                draft=replace(same, item_visibility=wider, item_audience=(keys.person(cast.head.pk),)),
            )


@pytest.mark.requirement("B-05")
def test_a_copy_by_another_bureau_still_means_the_organisation_of_the_original(
    cast: Cast, actors: Actors
) -> None:
    own: dict[str, Any] = {"item_visibility": "organisation", "details_visibility": "organisation"}
    entry = make_entry(actors["owner"], participants=(cast.owner.pk, cast.outsider.pk), **own)
    copied = services.copy_entry(actors["outsider"], entry=entry, draft=draft(actors["outsider"], **own))
    assert copied.item_audience == [keys.under(cast.city.section.pk)]


@pytest.mark.requirement("TR-D5")
def test_who_sees_the_item_alone_cannot_copy_it(actors: Actors) -> None:
    entry = make_entry(actors["owner"], details_visibility="self")
    with pytest.raises(Refused):
        services.copy_entry(actors["outsider"], entry=entry, draft=draft(actors["outsider"]))


def test_a_deleted_entry_exists_only_for_the_owner_to_restore(cast: Cast, actors: Actors) -> None:
    entry = make_entry(actors["owner"], participants=(cast.owner.pk, cast.colleague.pk))
    services.delete_entry(actors["colleague"], entry=entry, version=1)
    start, end = clock.day_bounds(clock.today())
    for actor in actors.values():
        assert policies.slots(actor, people=[cast.owner.pk], start=start, end=end) == []
        assert not policies.visible_entries(actor).exists()
    assert policies.restorable_entries(actors["owner"]).get() == entry
    assert not policies.restorable_entries(actors["colleague"]).exists()
    restored = services.restore_entry(actors["owner"], entry=entry)
    assert sorted(policies.participant_keys(restored)) == sorted(
        [keys.person(cast.owner.pk), keys.person(cast.colleague.pk)]
    )


@pytest.mark.parametrize(
    ("role", "seconds", "may"),
    [
        ("colleague", 8, True),
        ("colleague", 61, False),
        ("head", 8, False),
        ("owner", 29 * 86_400, True),
        ("owner", 31 * 86_400, False),
    ],
)
def test_a_deletion_is_taken_back_by_who_did_it_at_once_and_by_the_owner_for_thirty_days(
    cast: Cast, actors: Actors, role: str, seconds: int, may: bool
) -> None:
    entry = make_entry(actors["owner"], participants=(cast.owner.pk, cast.colleague.pk))
    services.delete_entry(actors["colleague"], entry=entry, version=1)
    with time_machine.travel(clock.now() + timedelta(seconds=seconds), tick=False):
        assert policies.can_restore_entry(actors[role], entry) is may
        if may:
            services.restore_entry(actors[role], entry=entry)
        else:
            with pytest.raises(Refused):
                services.restore_entry(actors[role], entry=entry)


def test_what_was_deleted_thirty_days_ago_is_gone_for_good(actors: Actors) -> None:
    kept, gone = make_entry(actors["owner"]), make_entry(actors["owner"], title="古い")
    services.delete_entry(actors["owner"], entry=gone, version=1)
    with time_machine.travel(clock.now() + timedelta(days=30, seconds=1), tick=False):
        assert services.purge_entries(SYSTEM) == 1
    assert list(Entry.objects.all()) == [kept]
    assert not Participant.objects.filter(entry=gone.pk).exists()


def test_moving_to_another_row_puts_somebody_else_in_the_place(cast: Cast, actors: Actors) -> None:
    entry = make_entry(actors["owner"])
    moved = services.move_entry(
        actors["owner"], entry=entry, version=1, starts_at=entry.starts_at, ends_at=entry.ends_at,
        from_subject=keys.person(cast.owner.pk), to_subject=keys.person(cast.colleague.pk),
    )  # fmt: skip
    assert policies.participant_keys(moved) == [keys.person(cast.colleague.pk)]
    with pytest.raises(Conflict):
        services.move_entry(
            actors["owner"], entry=entry, version=2, starts_at=entry.starts_at, ends_at=entry.ends_at,
            from_subject=keys.person(cast.owner.pk), to_subject=keys.person(cast.head.pk),
        )  # fmt: skip


def test_what_is_for_oneself_alone_cannot_be_moved_to_somebody_else(
    cast: Cast, actors: Actors, private: Entry
) -> None:
    with pytest.raises(Refused):
        services.move_entry(
            actors["owner"], entry=private, version=1, starts_at=private.starts_at, ends_at=private.ends_at,
            from_subject=keys.person(cast.owner.pk), to_subject=keys.person(cast.colleague.pk),
        )  # fmt: skip


@pytest.mark.requirement("TR-G1")
def test_a_change_of_hidden_words_is_told_to_nobody_who_cannot_read_them(
    cast: Cast, actors: Actors, private: Entry, told: Told
) -> None:
    written = draft(
        actors["owner"],
        title="別の題",
        hour=15,
        content="別",
        item_visibility="self",
        details_visibility="self",
    )
    services.change_entry(actors["owner"], entry=private, version=1, draft=written)
    assert heard(actors["outsider"], told) == []
    assert heard(actors["colleague"], told) == []
    assert heard(actors["owner"], told) == [frozenset({keys.person(cast.owner.pk)})]


@pytest.mark.requirement("TR-G1")
def test_details_are_told_to_those_who_see_details(cast: Cast, actors: Actors, told: Told) -> None:
    entry = make_entry(actors["owner"], details_visibility="organisation")
    told.clear()
    services.change_entry(
        actors["owner"], entry=entry, version=1,
        draft=draft(actors["owner"], place="別館", details_visibility="organisation"),
    )  # fmt: skip
    assert heard(actors["outsider"], told) == []
    assert len(heard(actors["head"], told)) == 1


@pytest.mark.requirement("TR-G1")
@pytest.mark.parametrize("verb", ["add", "move", "delete", "restore"])
def test_a_busy_time_that_comes_goes_or_moves_is_told_to_every_board(
    cast: Cast, actors: Actors, private: Entry, told: Told, verb: str
) -> None:
    owner = actors["owner"]
    if verb == "add":
        make_entry(owner, item_visibility="self", details_visibility="self")
    elif verb == "restore":
        services.delete_entry(owner, entry=private, version=1)
        told.clear()
        services.restore_entry(owner, entry=private)
    else:
        VERBS[verb](owner, private)
    assert told == [(frozenset({keys.person(cast.owner.pk)}), None)]


@pytest.mark.requirement("TR-E4")
def test_hiding_an_entry_reaches_those_who_saw_it(cast: Cast, actors: Actors, told: Told) -> None:
    entry = make_entry(actors["owner"])
    told.clear()
    services.change_entry(
        actors["owner"], entry=entry, version=1,
        draft=draft(actors["owner"], item_visibility="self", details_visibility="self"),
    )  # fmt: skip
    assert len(heard(actors["outsider"], told)) == 1


def test_many_entries_are_added_by_the_system_alone(cast: Cast, actors: Actors) -> None:
    pairs = [
        (
            cast.owner.pk,
            draft(actors["owner"], item_visibility="organisation", details_visibility="organisation"),
        )
    ]
    assert services.add_entries(SYSTEM, drafts=pairs) == 1
    assert Entry.objects.get().item_audience == [keys.under(cast.city.section.pk)]
    with pytest.raises(Refused):
        services.add_entries(actors["owner"], drafts=pairs)
