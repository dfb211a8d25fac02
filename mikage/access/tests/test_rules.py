"""Functions are closed until a rule opens them, and every answer can be explained (A-04)."""

from datetime import date

import pytest

from mikage.access import policies, services
from mikage.access.actor import ANONYMOUS, SYSTEM, Actor
from mikage.access.models import FunctionRule
from mikage.access.rights import rights_version
from mikage.journal.models import Record
from mikage.kernel.operations import Refused

pytestmark = [pytest.mark.django_db(databases=["default", "journal"]), pytest.mark.requirement("A-04")]
KEEPER = Actor.of(1, functions={"administration.rules"})
DAY = date(2026, 11, 25)


def rule(audience: list[str], **conditions: object) -> FunctionRule:
    return FunctionRule.objects.create(function="schedule.use", audience=audience, **conditions)


@pytest.mark.parametrize(
    ("audience", "held", "is_open"),
    [
        (["all"], {"all", "person:1"}, True),
        (["person:1"], {"all", "person:1"}, True),
        (["person:2"], {"all", "person:1"}, False),
        (["org:5"], {"org:5"}, True),
        (["org:5"], {"under:5"}, False),
        (["under:5"], {"under:5"}, True),
        (["under:5"], {"org:5"}, False),
        (["post:mayor"], {"post:mayor"}, True),
        (["post:mayor"], {"post:mayor-deputy"}, False),
        (["group:7", "person:9"], {"group:7"}, True),
        (["all"], set(), False),
    ],
)
def test_a_rule_opens_to_those_it_names(audience: list[str], held: set[str], is_open: bool) -> None:
    rule(audience)
    assert ("schedule.use" in policies.permitted_functions(held, on=DAY)) is is_open
    assert policies.why(held, "schedule.use", on=DAY).is_open is is_open


@pytest.mark.parametrize(
    ("conditions", "situation", "hindrance"),
    [
        ({}, {}, ""),
        ({"terminals": ["10.1.0.0/16"]}, {"terminal": "10.1.255.255"}, ""),
        ({"terminals": ["10.1.0.0/16"]}, {"terminal": "10.2.0.0"}, "terminal"),
        ({"terminals": ["10.1.0.0/16"]}, {"terminal": ""}, "terminal"),
        ({"terminals": ["10.1.0.0/16"]}, {"terminal": "10.1.0.1, 10.9.9.9"}, "terminal"),
        ({"terminals": ["10.1.0.0/16"]}, {"terminal": "::1"}, "terminal"),
        ({"planes": ["staff"]}, {"plane": "staff"}, ""),
        ({"planes": ["staff"]}, {"plane": "internet"}, "plane"),
        ({"strengths": ["key"]}, {"strength": "password"}, "strength"),
        ({"strengths": ["key", "password"]}, {"strength": "password"}, ""),
    ],
)
def test_a_rule_opens_only_under_its_conditions(
    conditions: dict[str, list[str]], situation: dict[str, str], hindrance: str
) -> None:
    rule(["all"], **conditions)
    assert ("schedule.use" in policies.permitted_functions({"all"}, on=DAY, **situation)) is (not hindrance)
    (reason,) = policies.why({"all"}, "schedule.use", on=DAY, **situation).reasons
    assert reason.hindrance == hindrance


@pytest.mark.parametrize(
    ("first", "end", "is_open"),
    [
        (date(2026, 11, 25), None, True),
        (date(2026, 11, 26), None, False),
        (None, date(2026, 11, 25), False),
        (None, date(2026, 11, 26), True),
    ],
)
def test_a_rule_holds_from_its_first_day_and_not_on_its_end(
    first: date | None, end: date | None, is_open: bool
) -> None:
    rule(["all"], valid=(first, end))
    assert ("schedule.use" in policies.permitted_functions({"all"}, on=DAY)) is is_open


def test_without_a_rule_everything_is_closed() -> None:
    FunctionRule.objects.all().delete()
    assert policies.permitted_functions({"all", "person:1"}, on=DAY) == frozenset()
    assert not policies.why({"all"}, "schedule.use", on=DAY).is_open


@pytest.mark.parametrize(
    ("actor", "may"),
    [
        (KEEPER, True),
        (Actor.of(1, functions={"administration.use"}), False),
        (ANONYMOUS, False),
        (SYSTEM, True),
    ],
)
def test_rules_are_seen_and_kept_by_their_keepers(actor: Actor, may: bool) -> None:
    rule(["all"])
    assert policies.visible_rules(actor).exists() is may
    if may:
        services.allow_function(actor, function="schedule.use", audience=["person:1"])
    else:
        with pytest.raises(Refused):
            services.allow_function(actor, function="schedule.use", audience=["person:1"])
    assert FunctionRule.objects.filter(audience=["person:1"]).exists() is may


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"function": "schedule.abuse"}, "function"),
        ({"audience": []}, "audience"),
        ({"audience": ["everybody"]}, "audience"),
        ({"terminals": ["not an address"]}, "terminals"),
    ],
)
def test_a_rule_that_says_nothing_sensible_is_refused_at_its_field(
    changes: dict[str, object], field: str
) -> None:
    wanted: dict[str, object] = {"function": "schedule.use", "audience": ["all"]} | changes
    before = FunctionRule.objects.count()
    with pytest.raises(Refused) as told:
        services.allow_function(KEEPER, **wanted)  # type: ignore[arg-type]
    assert told.value.field == field
    assert FunctionRule.objects.count() == before


@pytest.mark.requirement("TR-D1")
def test_everybody_asks_again_after_a_rule_came_or_went() -> None:
    first = rights_version()
    made = services.allow_function(KEEPER, function="schedule.use", audience=["person:1"])
    second = rights_version()
    services.withdraw_function(KEEPER, rule=made)
    assert first < second < rights_version()


@pytest.mark.requirement("A-05")
def test_a_rule_is_recorded_when_it_comes_and_when_it_goes() -> None:
    made = services.allow_function(KEEPER, function="schedule.use", audience=["person:1"])
    services.withdraw_function(KEEPER, rule=made)
    assert list(Record.objects.order_by("pk").values_list("action", "outcome")) == [
        ("access.rule.added", "done"),
        ("access.rule.withdrawn", "done"),
    ]
