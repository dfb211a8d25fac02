"""Passwords: the first one by a code that is good once, later ones by the person alone, none by the desk."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connections
from django.test import Client
from django.urls import reverse

from mikage.access.actor import SYSTEM, Actor
from mikage.directory.tests.factories import ROLES, Cast
from mikage.identity import attempts, hashing, policies, services
from mikage.identity.choices import EndReason
from mikage.identity.models import Account, LoginSession, OneTimeCode
from mikage.identity.services.sessions import SignIn
from mikage.identity.tests.conftest import PASSWORD, Door
from mikage.identity.tests.factories import actor_of, make_account, open_login_session, open_session
from mikage.journal.models import Record
from mikage.kernel import clock
from mikage.kernel.operations import Refused

pytestmark = pytest.mark.django_db(databases=["default", "journal"])
Come = Callable[..., Door]
STRANGER = Actor(kind="anonymous", terminal="10.1.2.3")
NEW = "green tea under the old bridge"


@pytest.fixture
def desk(cast: Cast) -> Actor:
    return actor_of(cast.maintenance, functions=["administration.accounts"])


def use_code(code: str, *, login: str = "000101", password: str = PASSWORD) -> Account | None:
    return services.set_first_password(STRANGER, login=login, code=code, password=password)


# -- the one-time code --------------------------------------------------------------------------


@pytest.mark.requirement("A-01")
def test_nobody_gets_in_before_a_password_was_set_with_the_code(
    cast: Cast, desk: Actor, at_the_door: Come
) -> None:
    account = services.open_account(desk, person_id=cast.owner.pk, login="000101")
    door = at_the_door()
    for password in ("", "!", account.password, "None"):
        assert door.sign_in("000101", password).status_code == 422
    code = services.issue_code(desk, account=account)
    response = door.client.post(
        reverse("identity:first_password"),
        {"username": "０００１０１", "code": f" {code.lower()} ", "password": PASSWORD, "repeated": PASSWORD},
        REMOTE_ADDR="10.5.5.5",
    )
    assert (response.status_code, response["Location"]) == (302, "/login?set=1")
    assert not door.is_inside()
    assert at_the_door("10.5.5.5").sign_in("000101").status_code == 302


def test_a_code_is_good_once(account: Account, desk: Actor) -> None:
    code = services.issue_code(desk, account=account)
    assert use_code(code) == account
    assert use_code(code, password=NEW) is None


def test_a_later_code_replaces_an_earlier_one(account: Account, desk: Actor) -> None:
    first, second = services.issue_code(desk, account=account), services.issue_code(desk, account=account)
    assert use_code(first) is None
    assert use_code(second) == account


def test_a_code_expires(account: Account, desk: Actor) -> None:
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        code = services.issue_code(desk, account=account)
        clockwork.shift(timedelta(days=7, seconds=1))
        assert use_code(code) is None


def test_a_code_fits_no_other_account(cast: Cast, account: Account, desk: Actor) -> None:
    make_account(cast.colleague)
    assert use_code(services.issue_code(desk, account=account), login="000102") is None


def test_a_suspended_account_is_not_opened_by_a_code(account: Account, desk: Actor) -> None:
    code = services.issue_code(desk, account=account)
    services.suspend_account(desk, account=account)
    assert use_code(code) is None


def test_a_password_that_is_refused_does_not_use_the_code_up(account: Account, desk: Actor) -> None:
    code = services.issue_code(desk, account=account)
    with pytest.raises(Refused):
        use_code(code, password="short")
    assert use_code(code) == account


def test_guessing_codes_is_slowed_down(account: Account, desk: Actor) -> None:
    code = services.issue_code(desk, account=account)
    for _attempt in range(attempts.FREE_ATTEMPTS):
        assert use_code("AAAA-AAAA-AAAA") is None
    assert use_code(code) is None
    reasons = Record.objects.filter(action="identity.password.denied").order_by("pk")
    assert [row.details["reason"] for row in reasons] == ["code"] * attempts.FREE_ATTEMPTS + ["wait"]


@pytest.mark.requirement("TR-F7")
@pytest.mark.django_db(transaction=True, databases=["default", "journal"])
def test_a_code_used_by_many_at_once_opens_the_account_once(account: Account, desk: Actor) -> None:
    code = services.issue_code(desk, account=account)
    results: list[Account | None] = []
    start = threading.Barrier(8)

    def use(number: int) -> None:
        start.wait()
        actor = Actor(kind="anonymous", terminal=f"10.1.2.{number}")
        results.append(
            services.set_first_password(actor, login="000101", code=code, password=f"{NEW} {number}")
        )
        connections.close_all()

    threads = [threading.Thread(target=use, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result is None for result in results) == [False] + [True] * 7
    assert OneTimeCode.objects.filter(used_at__isnull=False).count() == 1


# -- changing it --------------------------------------------------------------------------------


@pytest.mark.requirement("TR-H5")
def test_changing_the_password_ends_all_other_sessions_and_keeps_this_one(
    cast: Cast, account: Account
) -> None:
    here, there = open_session(Client(), cast.owner), open_session(Client(), cast.owner)
    response = here.post(
        reverse("identity:password"), {"current": PASSWORD, "password": NEW, "repeated": NEW}
    )
    assert response.status_code == 302
    assert here.get(reverse("identity:sessions")).status_code == 200
    assert there.get(reverse("identity:sessions")).status_code == 302
    account.refresh_from_db()
    assert hashing.is_right(NEW, account.password)
    assert not hashing.is_right(PASSWORD, account.password)


@pytest.mark.requirement("TR-H5")
def test_a_password_set_anew_with_a_code_ends_every_session(
    cast: Cast, account: Account, desk: Actor
) -> None:
    open_login_session(cast.owner)
    use_code(services.issue_code(desk, account=account))
    assert LoginSession.objects.get().end_reason == EndReason.PASSWORD_CHANGED


@pytest.mark.requirement("TR-H5")
@pytest.mark.django_db(transaction=True, databases=["default", "journal"])
def test_a_sign_in_with_the_old_password_does_not_slip_past_its_change(
    cast: Cast, account: Account, desk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password is changed between the moment it is verified and the moment the session stands."""
    code = services.issue_code(desk, account=account)
    is_right, results = hashing.is_right, list[SignIn]()

    def change_meanwhile(password: str, encoded: str | None) -> bool:
        found = is_right(password, encoded)
        other = threading.Thread(target=change)
        other.start()
        other.join()
        return found

    def change() -> None:
        monkeypatch.setattr(hashing, "is_right", is_right)
        actor = Actor(kind="anonymous", terminal="10.9.9.9")
        services.set_first_password(actor, login="000101", code=code, password=NEW)
        connections.close_all()

    monkeypatch.setattr(hashing, "is_right", change_meanwhile)
    results.append(services.sign_in(STRANGER, login="000101", password=PASSWORD))
    assert results[0].session is None
    assert policies.live_session_ids([str(row.public_id) for row in LoginSession.objects.all()]) == set()
    assert services.sign_in(STRANGER, login="000101", password=NEW).session is not None


def test_guessing_at_a_terminal_left_open_is_slowed_down(cast: Cast, account: Account) -> None:
    client = open_session(Client(), cast.owner)
    given = {"current": "not this one, no", "password": NEW, "repeated": NEW}
    for _attempt in range(attempts.FREE_ATTEMPTS):
        assert client.post(reverse("identity:password"), given).status_code == 422
    assert client.post(reverse("identity:password"), given | {"current": PASSWORD}).status_code == 422
    account.refresh_from_db()
    assert hashing.is_right(PASSWORD, account.password)


def test_two_different_new_passwords_are_told_at_the_field(cast: Cast, account: Account) -> None:
    client = open_session(Client(), cast.owner)
    response = client.post(
        reverse("identity:password"), {"current": PASSWORD, "password": NEW, "repeated": NEW + "."}
    )
    assert response.status_code == 422
    assert b'id="id_repeated-error"' in response.content
    assert NEW.encode() not in response.content


# -- what a password must be --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "is_good"),
    [
        (PASSWORD, True),
        (NEW, True),
        ("さくらのはなびらがまう", False),  # eleven characters
        ("さくらのはなびらがまうよ", True),
        ("a" * 40, False),
        ("abcabcabcabcabc", False),
        ("password1234", False),
        ("Password1234", False),
        ("ｐａｓｓｗｏｒｄ１２３４", False),
        ("qwertyuiop123", False),
        ("0001010001010001", False),
        ("satou-000101-satou", False),
        ("さとうはなこ123456", False),
        ("佐藤花子佐藤花子佐藤花子", False),
        ("佐藤さんちの犬は毎朝七時に散歩へ行く", True),
        ("御影市御影市御影市御影市", False),
        ("x" * 1_025, False),
        ("春はあけぼのやうやう白くなりゆく山ぎは" * 20, True),
    ],
)
def test_a_password_is_long_and_not_guessed_first(
    cast: Cast, account: Account, password: str, is_good: bool
) -> None:
    assert (policies.password_faults(account, password) == []) is is_good


# -- who may do what ----------------------------------------------------------------------------


@pytest.mark.requirement("A-04")
@pytest.mark.parametrize("role", ROLES)
def test_accounts_are_kept_by_the_desk_alone(cast: Cast, account: Account, role: str) -> None:
    actor = actor_of(cast[role], functions=["directory.keep", "administration.rules"])
    for attempt in (
        lambda: services.open_account(actor, person_id=cast.head.pk, login="somebody"),
        lambda: services.issue_code(actor, account=account),
        lambda: services.suspend_account(actor, account=account),
        lambda: services.resume_account(actor, account=account),
        lambda: services.release_lock(actor, account=account),
        lambda: services.end_account_sessions(actor, account=account),
    ):
        with pytest.raises(Refused):
            attempt()
    assert list(policies.visible_accounts(actor)) == []
    refused = Record.objects.using("journal").filter(outcome="refused", person_id=cast[role].pk)
    assert refused.count() == 6


@pytest.mark.requirement("A-04")
@pytest.mark.parametrize("role", ROLES)
def test_sessions_are_seen_by_their_person_alone(cast: Cast, role: str) -> None:
    session, _key = open_login_session(cast.owner)
    account = make_account(cast[role])
    actor = Actor(
        kind="person",
        person_id=cast[role].pk,
        account_id=account.pk,
        functions=frozenset({"administration.accounts", "administration.rules", "directory.keep"}),
    )
    assert policies.visible_sessions(actor).filter(pk=session.pk).exists() is (role == "owner")
    assert policies.own_account(actor).get() == account


def test_the_system_and_the_anonymous_have_no_account_and_no_sessions(cast: Cast) -> None:
    open_login_session(cast.owner)
    for actor in (SYSTEM, STRANGER):
        assert not policies.visible_sessions(actor).exists()
        assert not policies.own_account(actor).exists()
    assert not policies.visible_accounts(STRANGER).exists()
