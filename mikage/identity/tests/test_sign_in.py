"""Signing in: one answer for everything that is wrong, growing delays, and no lock by name alone."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from mikage.access.actor import Actor
from mikage.directory.tests.factories import Cast
from mikage.identity import attempts, hashing, services
from mikage.identity.choices import AccountState
from mikage.identity.models import Account, LoginSession, SignInAttempt
from mikage.identity.tests.conftest import PASSWORD, Door
from mikage.identity.tests.factories import make_account
from mikage.journal.models import Access, Record
from mikage.kernel import clock

pytestmark = pytest.mark.django_db(databases=["default", "journal"])
Come = Callable[..., Door]


def content(response: HttpResponseBase) -> str:
    found: bytes = getattr(response, "content", b"")
    return found.decode()


def words(response: HttpResponseBase) -> str:
    """What the page tells, without the one-time tokens."""
    page = BeautifulSoup(content(response), "html.parser")
    for field in page.select("input"):
        field.extract()
    return page.get_text(" ", strip=True)


@pytest.mark.requirement("A-01")
@pytest.mark.parametrize("typed", ["000101", "０００１０１", " 000101　", "000 101"])
def test_staff_sign_in_with_number_and_password(account: Account, at_the_door: Come, typed: str) -> None:
    door = at_the_door()
    response = door.sign_in(typed)
    assert (response.status_code, response["Location"]) == (302, reverse("portal:home"))
    assert door.is_inside()


@pytest.mark.requirement("TR-D13")
def test_a_login_is_one_whatever_its_width_and_case(cast: Cast, at_the_door: Come, account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(login="root-k")
    assert at_the_door().sign_in("ＲＯＯＴ－Ｋ").status_code == 302


def test_a_password_typed_in_full_width_is_the_same_password(account: Account, at_the_door: Come) -> None:
    account.password = hashing.hashed("blue bicycle 2026")
    account.save()
    assert at_the_door().sign_in("000101", "ｂｌｕｅ　ｂｉｃｙｃｌｅ　２０２６").status_code == 302


@pytest.mark.requirement("A-01")
def test_every_wrong_attempt_gets_the_same_answer(cast: Cast, account: Account, at_the_door: Come) -> None:
    suspended = make_account(cast.colleague)
    Account.objects.filter(pk=suspended.pk).update(password=account.password, state=AccountState.SUSPENDED)
    make_account(cast.head)
    cast.outsider.is_active = False
    cast.outsider.save()
    Account.objects.filter(pk=make_account(cast.outsider).pk).update(password=account.password)
    answers = {
        name: at_the_door(f"10.9.9.{number}").sign_in(login, password)
        for number, (name, login, password) in enumerate(
            [
                ("unknown", "999999", PASSWORD),
                ("wrong", "000101", "not this one, no"),
                ("suspended", "000102", PASSWORD),
                ("without a password", "000103", PASSWORD),
                ("left", "000104", PASSWORD),
                ("the mark of no password", "000103", "!"),
            ]
        )
    }
    assert {answer.status_code for answer in answers.values()} == {422}
    assert len({words(answer) for answer in answers.values()}) == 1
    assert not any(
        "sessionid" in str(answer.cookies) or "mikage=" in str(answer.cookies) for answer in answers.values()
    )
    assert LoginSession.objects.count() == 0


@pytest.mark.requirement("A-01")
@pytest.mark.usefixtures("real_hash")
@pytest.mark.parametrize("login", ["999999", "000101", "000102", "000103"])
def test_an_unknown_login_costs_the_work_of_a_known_one(
    cast: Cast, account: Account, monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    suspended = make_account(cast.colleague)
    Account.objects.filter(pk=suspended.pk).update(password=account.password, state=AccountState.SUSPENDED)
    make_account(cast.head)
    hashing.unknown_hash()
    verified: list[str] = []
    verify = Argon2PasswordHasher.verify

    def counting(self: Argon2PasswordHasher, password: str, encoded: str) -> bool:
        verified.append(encoded.split("$")[3])
        return verify(self, password, encoded)

    monkeypatch.setattr(Argon2PasswordHasher, "verify", counting)
    services.sign_in(Actor(kind="anonymous", terminal="10.1.2.3"), login=login, password="not this one")
    assert len(verified) == 1
    assert verified[0] == account.password.split("$")[3]


@pytest.mark.requirement("TR-I5")
def test_a_password_of_a_megabyte_is_refused_before_it_is_hashed(
    account: Account, at_the_door: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashing, "is_right", lambda *given: pytest.fail("it was hashed"))
    assert at_the_door().sign_in("000101", "x" * 1_000_000).status_code == 422


def test_a_crowd_at_the_door_is_asked_to_come_back(
    account: Account, at_the_door: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashing, "_places", threading.BoundedSemaphore(1))
    monkeypatch.setattr(hashing, "WAIT_SECONDS", 0.05)
    door = at_the_door()
    with hashing.place():
        response = door.sign_in("000101")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert door.sign_in("000101").status_code == 302


# -- delays -------------------------------------------------------------------------------------


def fail(door: Door, times: int, login: str = "000101") -> None:
    for _attempt in range(times):
        door.sign_in(login, "not this one, no")


@pytest.mark.requirement("TR-H2")
def test_after_a_few_failures_even_the_right_password_waits(account: Account, at_the_door: Come) -> None:
    door = at_the_door()
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        fail(door, attempts.FREE_ATTEMPTS)
        assert door.sign_in("000101").status_code == 422
        clockwork.shift(timedelta(seconds=3))
        assert door.sign_in("000101").status_code == 302


@pytest.mark.requirement("TR-H2")
def test_delays_grow_and_hold_without_any_cache_and_in_every_process(account: Account) -> None:
    login_hash = attempts.hash_of_login("000101")
    waits = []
    with time_machine.travel(clock.now(), tick=False):
        for _attempt in range(attempts.FREE_ATTEMPTS + 6):
            attempts.note_failure(login_hash, "10.1.2.3")
            moment = attempts.wait_until(login_hash, "10.1.2.3")
            waits.append((moment - clock.now()).total_seconds() if moment else 0)
    assert waits == [0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128]


@pytest.mark.requirement("TR-H3")
@pytest.mark.parametrize("alias", ["０００１０１", " 000101", "000101　", "000 101"])
def test_the_same_login_written_differently_counts_as_one(
    account: Account, at_the_door: Come, alias: str
) -> None:
    door = at_the_door()
    fail(door, attempts.FREE_ATTEMPTS, alias)
    assert door.sign_in("000101").status_code == 422


@pytest.mark.requirement("TR-H3")
def test_nobody_is_locked_out_by_a_stranger_at_another_terminal(account: Account, at_the_door: Come) -> None:
    stranger, owner = at_the_door("10.66.66.66"), at_the_door("10.1.2.3")
    login_hash = attempts.hash_of_login("000101")
    for _attempt in range(attempts.LOCK_ATTEMPTS + 5):
        attempts.note_failure(login_hash, "10.66.66.66")
    assert stranger.sign_in("000101").status_code == 422
    assert owner.sign_in("000101").status_code == 302


def test_an_unknown_login_is_delayed_like_a_known_one(account: Account, at_the_door: Come) -> None:
    known, unknown = at_the_door("10.1.1.1"), at_the_door("10.1.1.2")
    with time_machine.travel(clock.now(), tick=False):
        fail(known, attempts.FREE_ATTEMPTS)
        fail(unknown, attempts.FREE_ATTEMPTS, "999999")
        assert words(known.sign_in("000101")) == words(unknown.sign_in("999999"))


def test_one_terminal_that_tries_many_names_is_slowed_down(account: Account, at_the_door: Come) -> None:
    rows = [
        SignInAttempt(
            login_hash=attempts.hash_of_login(f"9{number:05}"), terminal="10.66.66.66", at=clock.now()
        )
        for number in range(attempts.TERMINAL_FREE_ATTEMPTS)
    ]
    SignInAttempt.objects.bulk_create(rows)
    assert at_the_door("10.66.66.66").sign_in("000101").status_code == 422
    assert at_the_door("10.1.2.3").sign_in("000101").status_code == 302


def test_the_desk_releases_a_lock_and_a_success_ends_the_count(
    cast: Cast, account: Account, at_the_door: Come
) -> None:
    door = at_the_door()
    for _attempt in range(attempts.LOCK_ATTEMPTS):
        attempts.note_failure(attempts.hash_of_login("000101"), door.terminal)
    assert door.sign_in("000101").status_code == 422
    desk = Actor.of(cast.maintenance.pk, functions={"administration.accounts"})
    services.release_lock(desk, account=account)
    assert door.sign_in("000101").status_code == 302
    fail(door, attempts.FREE_ATTEMPTS - 1)
    assert door.sign_in("000101").status_code == 302


# -- what is written down -----------------------------------------------------------------------


@pytest.mark.requirement("A-01")
@pytest.mark.requirement("A-05")
def test_every_record_after_the_sign_in_carries_the_person(
    cast: Cast, account: Account, at_the_door: Come
) -> None:
    door = at_the_door()
    door.sign_in("000101")
    door.is_inside()
    opened = Record.objects.get(action="identity.session.opened")
    assert (opened.person_id, opened.person_label, opened.terminal) == (
        cast.owner.pk,
        "佐藤 花子",
        "10.1.2.3",
    )
    assert (opened.organisation_label, opened.post_label) == ("企画係", "主事")
    seen = Access.objects.using("journal").filter(view="identity:sessions").latest("pk")
    assert seen.person_id == cast.owner.pk


@pytest.mark.requirement("A-05")
def test_a_refused_attempt_is_recorded_without_what_was_typed(account: Account, at_the_door: Come) -> None:
    door = at_the_door()
    door.sign_in("000101", "himitsu-no-kotoba")
    door.sign_in("typed-my-passw0rd-here", "x")
    rows = list(Record.objects.filter(action="identity.session.denied").order_by("pk").values())
    assert [row["details"]["reason"] for row in rows] == ["password", "unknown"]
    assert [row["target_id"] for row in rows] == [str(account.pk), ""]
    everything = (
        str(rows)
        + str(list(SignInAttempt.objects.values()))
        + str(list(Access.objects.using("journal").values()))
    )
    assert "himitsu" not in everything
    assert "passw0rd" not in everything


# -- the way in ---------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", ["/schedule/week/", "/directory/?q=%E4%BD%90"])
def test_after_the_sign_in_one_gets_the_page_one_asked_for(
    account: Account, at_the_door: Come, wanted: str
) -> None:
    assert at_the_door().sign_in("000101", next=wanted)["Location"] == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "/\t/evil.example",
        " //evil.example",
        "evil.example",
    ],
)
def test_no_sign_in_leads_to_another_site(account: Account, at_the_door: Come, wanted: str) -> None:
    location = at_the_door().sign_in("000101", next=wanted)["Location"]
    assert location == reverse("portal:home")


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.requirement("A-01")
def test_who_is_not_signed_in_reaches_no_page(method: str) -> None:
    response = getattr(Client(), method)(reverse("identity:settings"))
    if method == "get":
        assert (response.status_code, response["Location"]) == (302, "/login?next=%2Fsettings")
    else:
        assert response.status_code == 401


@pytest.mark.parametrize("headers", [{"HX-Request": "true"}, {"X-Requested-With": "fetch"}])
@pytest.mark.requirement("24")
def test_a_part_of_a_page_never_receives_a_sign_in_page(headers: dict[str, str]) -> None:
    for response in (
        Client().get(reverse("directory:home"), headers=headers),
        Client().post(reverse("identity:extend"), headers=headers),
    ):
        assert (response.status_code, response["X-Sign-In"], response.content) == (401, "1", b"")


@pytest.mark.requirement("24")
def test_signing_in_again_inside_the_page_gives_a_fresh_token(account: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    form = client.get(reverse("identity:login"), {"dialog": "1"})
    page = BeautifulSoup(form.content.decode(), "html.parser")
    assert page.select_one("html") is None
    token = page.select_one("[name=csrfmiddlewaretoken]")
    assert token is not None
    response = client.post(
        reverse("identity:login"),
        {"username": "000101", "password": PASSWORD, "csrfmiddlewaretoken": str(token["value"])},
        headers={"X-Requested-With": "fetch"},
    )
    assert (response.status_code, response["X-Person"]) == (204, str(account.person_id))
    assert response["X-Session-Ends-At"] > clock.now().isoformat()
    again = client.post(reverse("identity:extend"), headers={"X-CSRFToken": response["X-CSRF-Token"]})
    assert again.status_code == 200


@pytest.mark.requirement("24")
def test_what_was_typed_when_the_session_had_ended_can_be_sent_once_more() -> None:
    response = Client().post(
        reverse("identity:password"), {"note": "長い文章", "current": "a", "password": "b", "repeated": "c"}
    )
    page = BeautifulSoup(response.content.decode(), "html.parser")
    kept = {str(field["name"]): str(field["value"]) for field in page.select("form input[type=hidden]")}
    assert response.status_code == 401
    assert kept.pop("csrfmiddlewaretoken")
    assert kept == {"note": "長い文章"}


@pytest.mark.requirement("TR-H8")
@pytest.mark.parametrize(
    "given", [{}, {"username": "000101"}, {"password": "x"}, {"username": "\x00", "password": "x"}]
)
def test_an_unfinished_sign_in_leaves_nothing_usable(account: Account, given: dict[str, str]) -> None:
    client = Client()
    response = client.post(reverse("identity:login"), given)
    assert response.status_code == 422
    assert set(client.cookies) <= {"mikage-csrf"}
    assert LoginSession.objects.count() == 0
