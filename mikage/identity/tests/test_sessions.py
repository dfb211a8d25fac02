"""Sessions: a new key at each sign-in, two limits, an end that is final, and nothing left on the terminal."""

from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
import time_machine
from bs4 import BeautifulSoup
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mikage.access import services as access_services
from mikage.access.models import FunctionRule
from mikage.directory.choices import PostKind
from mikage.directory.models import Person
from mikage.directory.tests.factories import FOUNDED, Cast, make_post
from mikage.identity import policies, services
from mikage.identity.choices import EndReason
from mikage.identity.models import Account, LoginSession
from mikage.identity.sessions import hash_of
from mikage.identity.tests.conftest import PASSWORD, Door
from mikage.identity.tests.factories import actor_of, allow, open_login_session, open_session
from mikage.journal.models import Record
from mikage.kernel import clock

pytestmark = pytest.mark.django_db(databases=["default", "journal"])
Come = Callable[..., Door]
COOKIE = settings.SESSION_COOKIE_NAME


def sign_in(door: Door) -> str:
    door.sign_in("000101")
    return door.client.cookies[COOKIE].value


@pytest.mark.requirement("T-09")
def test_a_key_that_was_known_before_the_sign_in_is_worth_nothing(
    account: Account, at_the_door: Come
) -> None:
    door = at_the_door()
    door.client.cookies[COOKIE] = "planted-by-somebody-else-0123456789"
    key = sign_in(door)
    assert key != "planted-by-somebody-else-0123456789"
    thief = Client()
    thief.cookies[COOKIE] = "planted-by-somebody-else-0123456789"
    assert thief.get(reverse("identity:sessions")).status_code == 302


@pytest.mark.requirement("T-09")
def test_signing_in_again_gives_a_new_key_and_ends_the_old_session(
    account: Account, at_the_door: Come
) -> None:
    door = at_the_door()
    first = sign_in(door)
    second = sign_in(door)
    assert first != second
    old = Client()
    old.cookies[COOKIE] = first
    assert old.get(reverse("identity:sessions")).status_code == 302
    assert door.is_inside()


@pytest.mark.requirement("T-09")
def test_who_reads_the_database_cannot_take_over_a_session(account: Account, at_the_door: Come) -> None:
    key = sign_in(at_the_door())
    row = LoginSession.objects.get()
    assert key not in str(LoginSession.objects.values().get())
    for stolen in (row.key_hash, str(row.public_id), hash_of(row.key_hash)):
        thief = Client()
        thief.cookies[COOKIE] = stolen
        assert thief.get(reverse("identity:sessions")).status_code == 302


def test_the_cookie_is_for_the_server_alone_and_goes_with_the_browser(
    account: Account, at_the_door: Come
) -> None:
    door = at_the_door()
    sign_in(door)
    cookie = door.client.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert (cookie["path"], cookie["domain"], cookie["expires"], cookie["max-age"]) == ("/", "", "", "")


@pytest.mark.requirement("TR-D3")
@pytest.mark.parametrize(
    "name", ["identity:sessions", "identity:settings", "identity:login", "directory:home"]
)
def test_no_personal_answer_may_be_kept_on_the_way(cast: Cast, name: str) -> None:
    client = open_session(Client(), cast.owner)
    response = client.get(reverse(name))
    assert response["Cache-Control"] == "private, no-store"
    assert "Cookie" in response["Vary"]


# -- limits -------------------------------------------------------------------------------------


def test_a_session_ends_when_nobody_is_there(cast: Cast) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        client = open_session(Client(), cast.owner)
        clockwork.shift(timedelta(seconds=settings.IDLE_SECONDS - 1))
        assert client.get(reverse("identity:sessions")).status_code == 200
        clockwork.shift(timedelta(seconds=settings.IDLE_SECONDS - 1))
        assert client.get(reverse("identity:sessions")).status_code == 200
        clockwork.shift(timedelta(seconds=settings.IDLE_SECONDS + 1))
        assert client.get(reverse("identity:sessions")).status_code == 302


@pytest.mark.parametrize(
    "headers", [{"X-Background": "1"}, {"HX-Request": "true", "HX-Trigger-Name": "background"}]
)
def test_what_a_page_asks_by_itself_does_not_keep_a_session_alive(
    cast: Cast, headers: dict[str, str]
) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        client = open_session(Client(), cast.owner)
        for _quarter in range(5):
            clockwork.shift(timedelta(seconds=settings.IDLE_SECONDS // 4))
            client.get(reverse("identity:sessions"), headers=headers)
        assert client.get(reverse("identity:sessions")).status_code == 302


def test_a_session_ends_at_its_absolute_limit_however_busy(cast: Cast) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        client = open_session(Client(), cast.owner)
        for _step in range(settings.ABSOLUTE_SECONDS // 1_800 - 1):
            clockwork.shift(timedelta(minutes=30))
            assert client.get(reverse("identity:sessions")).status_code == 200
        clockwork.shift(timedelta(minutes=31))
        assert client.get(reverse("identity:sessions")).status_code == 302


def test_presence_is_written_once_a_minute_at_the_most(cast: Cast) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        client = open_session(Client(), cast.owner)
        clockwork.shift(timedelta(minutes=2))
        client.get(reverse("identity:sessions"))
        seen = LoginSession.objects.get().last_active_at
        clockwork.shift(timedelta(seconds=30))
        client.get(reverse("identity:sessions"))
        assert LoginSession.objects.get().last_active_at == seen


@pytest.mark.requirement("24")
def test_a_page_that_stays_open_learns_when_its_session_ends(cast: Cast) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        client = open_session(Client(), cast.owner)
        clockwork.shift(timedelta(minutes=20))
        response = client.get(reverse("directory:home"), headers={"HX-Request": "true"})
        end = clock.now() + timedelta(seconds=settings.IDLE_SECONDS)
        assert response["X-Session-Ends-At"] == end.isoformat()


@pytest.mark.requirement("24")
def test_extending_begins_the_idle_time_anew_and_never_passes_the_absolute_limit(cast: Cast) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        client = open_session(Client(), cast.owner)
        row = LoginSession.objects.get()
        clockwork.shift(timedelta(seconds=settings.IDLE_SECONDS - 60))
        answer = client.post(reverse("identity:extend")).json()
        assert answer["ends_at"] == (clock.now() + timedelta(seconds=settings.IDLE_SECONDS)).isoformat()
        LoginSession.objects.update(ends_at=clock.now() + timedelta(minutes=5))
        answer = client.post(reverse("identity:extend")).json()
        assert answer["ends_at"] == (clock.now() + timedelta(minutes=5)).isoformat()
        assert row.created_at < clock.now()


# -- the end ------------------------------------------------------------------------------------


@pytest.mark.requirement("34")
@pytest.mark.requirement("T-30")
def test_after_the_sign_out_the_terminal_holds_nothing(account: Account, at_the_door: Come) -> None:
    door = at_the_door()
    key = sign_in(door)
    response = door.client.post(reverse("identity:logout"))
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert door.client.cookies[COOKIE].value == ""
    assert not door.is_inside()
    back = Client()
    back.cookies[COOKIE] = key
    assert back.get(reverse("identity:sessions")).status_code == 302
    row = LoginSession.objects.get()
    assert (row.end_reason, row.data) == (EndReason.SIGNED_OUT, "")


@pytest.mark.requirement("TR-H7")
def test_a_link_signs_nobody_out(account: Account, at_the_door: Come) -> None:
    door = at_the_door()
    sign_in(door)
    assert door.client.get(reverse("identity:logout")).status_code == 405
    assert door.is_inside()


@pytest.mark.requirement("TR-H7")
def test_a_foreign_page_signs_nobody_out(account: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    _session, key = open_login_session(account.person)
    client.cookies[COOKIE] = key
    assert client.post(reverse("identity:logout")).status_code in {403, 409, 422}
    assert client.get(reverse("identity:sessions")).status_code == 200


def test_signing_out_twice_ends_at_the_sign_in_page() -> None:
    response = Client().post(reverse("identity:logout"))
    assert (response.status_code, response["Location"]) == (302, reverse("identity:login"))


def test_one_sees_the_own_terminals_and_ends_one_of_them(cast: Cast) -> None:
    here = open_session(Client(), cast.owner)
    there = open_session(Client(), cast.owner)
    stranger = open_session(Client(), cast.colleague)
    page = BeautifulSoup(here.get(reverse("identity:sessions")).content.decode(), "html.parser")
    forms = page.select("tbody form")
    assert len(page.select("tbody tr")) == 2
    assert len(forms) == 1
    assert here.post(str(forms[0]["action"])).status_code == 302
    assert there.get(reverse("identity:sessions")).status_code == 302
    assert here.get(reverse("identity:sessions")).status_code == 200
    assert stranger.get(reverse("identity:sessions")).status_code == 200


@pytest.mark.requirement("TR-D11")
def test_the_terminal_of_somebody_else_does_not_exist(cast: Cast) -> None:
    session, _key = open_login_session(cast.colleague)
    client = open_session(Client(), cast.owner)
    foreign = client.post(reverse("identity:end_session", args=[session.public_id]))
    unknown = client.post(reverse("identity:end_session", args=["00000000-0000-4000-8000-000000000000"]))
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert policies.live_session_ids([str(session.public_id)]) == {str(session.public_id)}


def test_ending_all_others_keeps_this_one(cast: Cast) -> None:
    clients = [open_session(Client(), cast.owner) for _terminal in range(3)]
    clients[0].post(reverse("identity:end_others"))
    assert [client.get(reverse("identity:sessions")).status_code for client in clients] == [200, 302, 302]


@pytest.mark.requirement("TR-D1")
@pytest.mark.parametrize("way", ["suspended", "left", "leaves", "ended", "code"])
def test_every_end_holds_at_the_next_request(cast: Cast, way: str) -> None:
    client = open_session(Client(), cast.owner)
    account = Account.objects.select_related("person").get(person=cast.owner)
    session = LoginSession.objects.get(account=account)
    desk = actor_of(cast.maintenance, functions=["administration.accounts"])
    assert client.get(reverse("directory:home")).status_code == 200
    if way == "suspended":
        services.suspend_account(desk, account=account)
    elif way == "left":
        Person.objects.filter(pk=cast.owner.pk).update(is_active=False)
    elif way == "leaves":
        Person.objects.filter(pk=cast.owner.pk).update(leaves_on=clock.today())
    elif way == "ended":
        services.end_account_sessions(desk, account=account)
    else:
        code = services.issue_code(desk, account=account)
        services.set_first_password(actor_of(cast.owner), login=account.login, code=code, password=PASSWORD)
    assert policies.live_session_ids([str(session.public_id)]) == set()
    assert client.get(reverse("directory:home")).status_code == 302
    assert client.get(reverse("directory:home"), headers={"HX-Request": "true"}).status_code == 401


@pytest.mark.requirement("TR-D1")
@pytest.mark.django_db(transaction=True, databases=["default", "journal"])
def test_the_end_of_a_session_is_announced_to_whoever_holds_streams_open(cast: Cast) -> None:
    session, _key = open_login_session(cast.owner)
    desk = actor_of(cast.maintenance, functions=["administration.accounts"])
    account = Account.objects.get(person=cast.owner)
    parameters = connection.get_connection_params()
    for name in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(name, None)
    with psycopg.connect(**parameters, autocommit=True) as listener:
        listener.execute("LISTEN mikage_session")
        services.suspend_account(desk, account=account)
        heard = [notice.payload for notice in listener.notifies(timeout=5, stop_after=1)]
    assert heard == [str(session.public_id)]


@pytest.mark.requirement("TR-D1")
def test_a_lost_function_is_lost_at_the_next_request(cast: Cast) -> None:
    client = open_session(Client(), cast.owner, functions=[])
    keeper = actor_of(cast.maintenance, functions=["administration.rules"])
    rule = FunctionRule.objects.create(function="directory.use", audience=[f"org:{cast.city.section.pk}"])
    assert client.get(reverse("directory:home")).status_code == 200
    access_services.withdraw_function(keeper, rule=rule)
    assert client.get(reverse("directory:home")).status_code == 403


@pytest.mark.requirement("A-04")
def test_a_post_that_ends_at_midnight_ends_its_rights_at_midnight(cast: Cast) -> None:
    FunctionRule.objects.create(function="directory.use", audience=[f"org:{cast.city.affairs_centre.pk}"])
    post = make_post(cast.owner, cast.city.affairs_centre, kind=PostKind.CONCURRENT)
    tomorrow = clock.today() + timedelta(days=1)
    post.valid = DateRange(FOUNDED, tomorrow)
    post.save()
    with time_machine.travel(clock.at(clock.today(), 23, 59), tick=False) as clockwork:
        client = open_session(Client(), cast.owner, functions=[])
        assert client.get(reverse("directory:home")).status_code == 200
        clockwork.shift(timedelta(minutes=2))
        assert client.get(reverse("directory:home")).status_code == 403


@pytest.mark.requirement("TR-D4")
def test_two_people_in_one_process_keep_their_own_rights(cast: Cast) -> None:
    may = open_session(Client(), cast.owner, functions=["directory.use"])
    may_not = open_session(Client(), cast.colleague, functions=[])
    for _turn in range(3):
        assert may.get(reverse("directory:home")).status_code == 200
        assert may_not.get(reverse("directory:home")).status_code == 403


# -- cost and traces ----------------------------------------------------------------------------


def test_knowing_who_asks_costs_one_query(cast: Cast) -> None:
    client = open_session(Client(), cast.owner)
    client.get(reverse("identity:sessions"))
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("identity:sessions"))
    assert len(queries) <= 3, [query["sql"] for query in queries]


def test_the_last_sign_in_is_shown_with_its_terminal(account: Account, at_the_door: Come) -> None:
    sign_in(at_the_door("10.7.7.7"))
    door = at_the_door("10.1.2.3")
    sign_in(door)
    account.refresh_from_db()
    assert (account.previous_terminal, account.last_terminal) == ("10.7.7.7", "10.1.2.3")
    for _look in ("told once after the sign-in", "kept in the menu"):
        page = door.client.get(reverse("identity:settings"))
        assert "10.7.7.7" in page.content.decode()


def test_old_sessions_codes_and_attempts_are_removed_with_a_record(cast: Cast) -> None:
    from_long_ago = clock.now() - timedelta(days=200)
    with time_machine.travel(from_long_ago, tick=False):
        open_login_session(cast.owner)
    open_login_session(cast.colleague)
    assert services.prune_sessions(actor_of(cast.maintenance)) == 1
    assert LoginSession.objects.get().account.person == cast.colleague
    assert Record.objects.get(action="identity.session.pruned").details == {"rows": 1}


def test_the_language_of_the_screen_is_the_persons_own(cast: Cast) -> None:
    client = open_session(Client(), cast.owner)
    given = {"language": "en", "text_size": "large", "theme": "dark", "has_shortcuts": ""}
    assert client.post(reverse("identity:settings"), given).status_code == 302
    response = client.get(reverse("identity:settings"))
    assert response["Content-Language"] == "en"
    page = BeautifulSoup(response.content.decode(), "html.parser")
    assert page.html is not None
    assert (page.html["lang"], page.html["data-text"], page.html["data-theme"]) == ("en", "large", "dark")
    assert (
        open_session(Client(), cast.colleague).get(reverse("identity:settings"))["Content-Language"] == "ja"
    )


def test_functions_are_those_of_the_rules_and_no_others(cast: Cast) -> None:
    allow(cast.owner, ["directory.use"])
    session, _key = open_login_session(cast.owner)
    actor = policies.actor_for(session, rights_version=10**9, terminal="10.1.2.3")
    assert actor.functions == {"directory.use"}
    assert actor.keys >= {"all", f"person:{cast.owner.pk}", f"under:{cast.city.top.pk}"}
