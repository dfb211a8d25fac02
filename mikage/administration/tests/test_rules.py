"""Function rules on the screen: who may use what, opening and closing it, and the answer to "why?"."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from mikage.access.actor import Actor
from mikage.access.models import FunctionRule
from mikage.administration import policies
from mikage.directory.tests.factories import ROLES, Cast, cast_people
from mikage.identity.tests.factories import actor_of, allow, make_account, open_session
from mikage.journal.models import Access, Record

pytestmark = pytest.mark.django_db(databases=["default", "journal"])
RULES = ["administration.rules"]


@pytest.fixture
def cast(db: None) -> Cast:
    return cast_people()


@pytest.fixture
def keeper(cast: Cast) -> Client:
    return open_session(Client(), cast.maintenance, functions=RULES)


def soup(response: HttpResponseBase) -> BeautifulSoup:
    content: bytes = getattr(response, "content", b"")
    return BeautifulSoup(content.decode(), "html.parser")


def open_function(client: Client, **given: str) -> HttpResponseBase:
    data = {"function": "directory.use", "terminals": "", "since": "", "until": ""} | given
    return client.post(reverse("administration:rules"), data)


@pytest.mark.requirement("A-04")
def test_a_function_that_no_rule_opens_is_listed_as_closed(keeper: Client) -> None:
    cards = soup(keeper.get(reverse("administration:rules"))).select(".card")
    closed = [card for card in cards if card.select(".status")]
    assert len(cards) > len(closed) > 0


@pytest.mark.requirement("A-04")
def test_a_rule_opens_a_function_at_the_next_request_and_closes_it_again(keeper: Client, cast: Cast) -> None:
    colleague = open_session(Client(), cast.colleague, functions=[])
    address = reverse("directory:home")
    assert colleague.get(address).status_code == 403
    audience = f"under:{cast.city.planning_bureau.pk}"
    assert open_function(keeper, audience=audience).status_code == 302
    assert colleague.get(address).status_code == 200
    rule = FunctionRule.objects.get(function="directory.use")
    assert rule.audience == [audience]
    keeper.post(reverse("administration:withdraw_rule", args=[rule.pk]))
    assert colleague.get(address).status_code == 403
    actions = set(Record.objects.filter(person_id=cast.maintenance.pk).values_list("action", flat=True))
    assert actions >= {"access.rule.added", "access.rule.withdrawn"}


def test_the_last_day_of_a_rule_is_a_day_on_which_it_holds(keeper: Client) -> None:
    response = open_function(keeper, audience="all", since="2026/12/1", until="令和8年12月31日")
    assert response.status_code == 302
    rule = FunctionRule.objects.get(function="directory.use")
    assert rule.valid is not None
    assert (rule.valid.lower, rule.valid.upper) == (date(2026, 12, 1), date(2027, 1, 1))
    [line] = [
        line for line in policies.function_lines(Actor.of(1, functions=RULES)) if line.key == "directory.use"
    ]
    assert line.rules[0].last_day == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("audience", {"audience": ""}),
        ("audience", {"audience": "person:987654321"}),
        ("audience", {"audience": "org:1 OR 1=1"}),
        ("terminals", {"audience": "all", "terminals": "10.0.0.0/99"}),
        ("function", {"audience": "all", "function": "nothing.use"}),
        ("until", {"audience": "all", "since": "2026/12/2", "until": "2026/12/1"}),
    ],
)
def test_a_mistake_is_told_at_its_field_and_opens_nothing(
    keeper: Client, field: str, given: dict[str, str]
) -> None:
    before = FunctionRule.objects.count()
    response = open_function(keeper, **given)
    assert response.status_code == 422
    assert soup(response).select_one(f"#id_{field}-error") is not None
    assert FunctionRule.objects.count() == before


@pytest.mark.requirement("A-04")
@pytest.mark.parametrize("role", ROLES)
def test_without_the_function_rules_are_neither_seen_nor_changed(cast: Cast, role: str) -> None:
    allow(cast.owner, ["schedule.use"])
    rule = FunctionRule.objects.get(function="schedule.use")
    client = open_session(Client(), cast[role], functions=["administration.accounts"])
    assert client.get(reverse("administration:rules")).status_code == 403
    assert client.get(reverse("administration:why")).status_code == 403
    assert open_function(client, audience="all").status_code == 403
    assert client.post(reverse("administration:withdraw_rule", args=[rule.pk])).status_code == 403
    assert FunctionRule.objects.filter(pk=rule.pk).exists()
    actor = actor_of(cast[role], functions=["administration.accounts"])
    assert policies.explain(actor, person=cast.owner, function="schedule.use") is None
    assert all(line.rules == [] for line in policies.function_lines(actor))


# -- why? ---------------------------------------------------------------------------------------


def ask(client: Client, cast: Cast, **given: str) -> BeautifulSoup:
    data = {"person": f"person:{cast.owner.pk}", "function": "schedule.use", "terminal": ""} | given
    response = client.get(reverse("administration:why"), data)
    assert response.status_code == 200
    return soup(response)


@pytest.mark.requirement("A-04")
@pytest.mark.parametrize("role", ROLES)
def test_the_answer_is_what_the_person_may_really_do(cast: Cast, role: str) -> None:
    FunctionRule.objects.create(function="schedule.use", audience=[f"under:{cast.city.planning_bureau.pk}"])
    FunctionRule.objects.create(function="schedule.use", audience=[f"person:{cast.auditor.pk}"])
    keeper = actor_of(cast.maintenance, functions=RULES)
    answer = policies.explain(keeper, person=cast[role], function="schedule.use")
    assert answer is not None
    client = open_session(Client(), cast[role], functions=[])
    assert answer.is_open is (client.get(reverse("schedule:organisation_week")).status_code == 200)
    assert answer.is_open is (role in {"owner", "colleague", "head", "maintenance", "auditor"})
    assert sum(reason.opens for reason in answer.reasons) == int(answer.is_open)


def test_the_answer_names_the_key_that_opens(keeper: Client, cast: Cast) -> None:
    FunctionRule.objects.create(function="schedule.use", audience=[f"under:{cast.city.planning_bureau.pk}"])
    page = ask(keeper, cast)
    assert "企画調整局" in page.select(".status-good")[0].find_parent("li").get_text()  # type: ignore[union-attr]


def test_a_rule_for_other_addresses_is_named_as_the_hindrance(keeper: Client, cast: Cast) -> None:
    FunctionRule.objects.create(function="schedule.use", audience=["all"], terminals=["10.1.0.0/16"])
    assert ask(keeper, cast).select(".status-warn") != []
    assert ask(keeper, cast, terminal="10.1.2.3").select(".status-good") != []


def test_a_closed_function_is_said_to_be_closed(keeper: Client, cast: Cast) -> None:
    page = ask(keeper, cast)
    assert page.select_one("main .empty") is not None


def test_what_keeps_somebody_out_altogether_is_told_too(cast: Cast) -> None:
    keeper = actor_of(cast.maintenance, functions=[*RULES, "administration.accounts"])

    def obstacles() -> int:
        answer = policies.explain(keeper, person=cast.owner, function="schedule.use")
        assert answer is not None
        return len(answer.obstacles)

    assert obstacles() == 1  # no account
    account = make_account(cast.owner)
    assert obstacles() == 1  # no password
    account.password = "x"
    account.save()
    assert obstacles() == 0


@pytest.mark.requirement("A-05")
def test_asking_why_leaves_a_record(keeper: Client, cast: Cast) -> None:
    ask(keeper, cast)
    asked = Access.objects.using("journal").filter(action="administration.rights.explained")
    assert asked.filter(person_id=cast.maintenance.pk).exists()


# -- the way in -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("functions", "names"),
    [
        ([], []),
        (["administration.rules"], ["administration:rules"]),
        (["administration.accounts"], ["administration:accounts"]),
        (["directory.keep", "administration.rules"], ["administration:rules", "administration:imports"]),
    ],
)
def test_the_administration_shows_the_doors_that_are_open(
    cast: Cast, functions: list[str], names: list[str]
) -> None:
    client = open_session(Client(), cast.head, functions=["administration.use", *functions])
    page = soup(client.get(reverse("administration:home")))
    assert [link["href"] for link in page.select("main .list a")] == [reverse(name) for name in names]
    assert all(client.get(reverse(name)).status_code == 200 for name in names)
