"""Groups, keys in words, and the form field in which somebody chooses for whom a thing is."""

import pytest
from bs4 import BeautifulSoup
from django.http import QueryDict

from mikage.access.actor import SYSTEM, Actor
from mikage.directory import policies, services
from mikage.directory.forms import AudienceField
from mikage.directory.models import Choice, Group
from mikage.directory.tests.conftest import TODAY
from mikage.directory.tests.factories import Cast, actor_of, make_group, make_person
from mikage.kernel.forms import Form
from mikage.kernel.operations import Refused

pytestmark = pytest.mark.django_db(databases=["default", "journal"])


class Invitation(Form):
    audience = AudienceField()


def fill(actor: Actor, *values: str, kept: tuple[str, ...] = ()) -> Invitation:
    data = QueryDict(mutable=True)
    data.setlist("audience", list(values))
    form = Invitation(data)
    field = form.fields["audience"]
    assert isinstance(field, AudienceField)
    field.for_actor(actor, kept=kept)
    return form


@pytest.fixture
def owner(cast: Cast) -> Actor:
    return actor_of(cast.owner, "directory.use")


# -- groups -------------------------------------------------------------------------------------


@pytest.mark.requirement("TR-D8")
@pytest.mark.parametrize(
    ("role", "sees"), [("owner", True), ("colleague", False), ("head", False), ("auditor", False)]
)
def test_a_personal_group_is_known_to_its_maker_alone(cast: Cast, role: str, sees: bool) -> None:
    group = make_group("昼食", [cast.colleague], maker=cast.owner)
    actor = actor_of(cast[role], "directory.use", "directory.keep")
    assert policies.visible_groups(actor).filter(pk=group.pk).exists() is sees
    assert policies.can_change_group(actor, group) is sees


def test_a_group_is_joined_left_and_ended(cast: Cast) -> None:
    group = services.add_group(SYSTEM, name="改革チーム", people=[cast.owner], on=TODAY)
    services.put_into_group(SYSTEM, group=group, people=[cast.outsider], on=TODAY)
    actor = actor_of(cast.owner)
    assert [person.name for person in policies.group_members(actor, group)] == ["佐藤 花子", "田中 誠"]
    services.take_out_of_group(SYSTEM, group=group, people=[cast.owner], on=TODAY)
    assert f"group:{group.pk}" not in policies.keys_of(cast.owner.pk)
    services.end_group(SYSTEM, group=group)
    assert f"group:{group.pk}" not in policies.keys_of(cast.outsider.pk)
    assert Group.objects.filter(pk=group.pk).exists()


def test_nobody_else_changes_a_personal_group(cast: Cast) -> None:
    group = services.add_group(actor_of(cast.owner), name="昼食", is_personal=True, on=TODAY)
    with pytest.raises(Refused):
        services.put_into_group(SYSTEM, group=group, people=[cast.outsider], on=TODAY)


# -- keys in words ------------------------------------------------------------------------------


@pytest.mark.requirement("TR-C9")
def test_each_key_is_told_in_words_also_when_it_has_ended(cast: Cast, owner: Actor) -> None:
    group = make_group("改革チーム")
    services.end_group(SYSTEM, group=group)
    keys = [
        f"under:{cast.city.section.pk}",
        f"person:{cast.head.pk}",
        f"group:{group.pk}",
        "post:kakaricho",
        "person:987654",
    ]
    labels = policies.describe_keys(keys, actor=owner)
    assert [label.key for label in labels] == keys
    assert [label.is_present for label in labels] == [True, True, False, True, False]
    assert "企画係" in labels[0].text
    assert (labels[1].text, labels[1].detail) == ("髙橋 みどり", "企画係")
    assert labels[2].text == "改革チーム"
    assert "係長" in labels[3].text


@pytest.mark.requirement("TR-D8")
def test_the_name_of_a_personal_group_is_not_told_to_others(cast: Cast, owner: Actor) -> None:
    group = make_group("極秘の集まり", [cast.owner], maker=cast.colleague)
    key = f"group:{group.pk}"
    assert "極秘" not in policies.describe_keys([key], actor=owner)[0].text
    assert "極秘" not in policies.describe_keys([key])[0].text
    assert policies.describe_keys([key], actor=actor_of(cast.colleague))[0].text == "極秘の集まり"


# -- the form field -----------------------------------------------------------------------------


def test_keys_from_the_picker_are_taken_once_and_in_order(cast: Cast, owner: Actor) -> None:
    head, section = f"person:{cast.head.pk}", f"under:{cast.city.section.pk}"
    form = fill(owner, head, section, head, "")
    assert form.is_valid()
    assert form.cleaned_data["audience"] == [head, section]


@pytest.mark.parametrize("typed", ["000103", "０００１０３", "髙橋 みどり", "高橋", "たかはし　みどり"])
def test_without_script_one_writes_a_number_or_a_name(cast: Cast, owner: Actor, typed: str) -> None:
    form = fill(owner, typed)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["audience"] == [f"person:{cast.head.pk}"]


@pytest.mark.parametrize(
    ("typed", "code"), [("そんざいしない", "unknown"), ("佐藤", "several"), ("*", "unknown")]
)
def test_what_nobody_or_several_are_called_is_said_and_kept(
    cast: Cast, owner: Actor, typed: str, code: str
) -> None:
    make_person("佐藤 翔", "さとう しょう", organisation=cast.city.section)
    form = fill(owner, typed)
    assert form.errors.as_data()["audience"][0].code == code
    assert f'value="{typed}"' in str(form["audience"])


@pytest.mark.requirement("TR-D11")
def test_keys_nobody_offered_are_refused(cast: Cast, owner: Actor) -> None:
    hidden = make_group("極秘の集まり", [cast.owner], maker=cast.colleague)
    for key in (f"group:{hidden.pk}", "person:987654", "under:987654", "post:none", "all"):
        assert fill(owner, key).errors.as_data()["audience"][0].code == "forbidden", key


def test_nobody_chooses_before_the_form_knows_who_fills_it_in(cast: Cast) -> None:
    form = Invitation(QueryDict(f"audience=under:{cast.city.section.pk}"))
    assert not form.is_valid()


def test_what_stood_there_before_may_stay(cast: Cast, owner: Actor) -> None:
    key = f"group:{make_group('極秘の集まり', [cast.owner], maker=cast.colleague).pk}"
    assert fill(owner, key, kept=(key,)).is_valid()


def test_chips_are_boxes_to_untick_when_there_is_no_script(cast: Cast, owner: Actor) -> None:
    key = f"person:{cast.head.pk}"
    page = BeautifulSoup(str(fill(owner, key)["audience"]), "html.parser")
    box = page.select_one("input[type=checkbox]")
    assert box is not None
    assert (box["name"], box["value"], box.has_attr("checked")) == ("audience", key, True)
    picker = page.select_one("people-picker")
    assert picker is not None
    assert str(picker["options-url"]).startswith("/directory/picker/?kinds=person")


def test_the_latest_choices_are_remembered_and_no_more_than_fifty(cast: Cast, owner: Actor) -> None:
    services.note_choices(owner, chosen=[f"person:{number}" for number in range(1, 61)])
    assert Choice.objects.filter(chooser=cast.owner).count() == 50
