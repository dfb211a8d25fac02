"""The accounts desk on the screen: it lets people in, keeps them out, and is closed to everybody else."""

import pytest
from bs4 import BeautifulSoup
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from mikage.access.actor import Actor
from mikage.administration import policies
from mikage.directory.tests.factories import ROLES, Cast, cast_people
from mikage.identity import services
from mikage.identity.choices import AccountState
from mikage.identity.models import Account, OneTimeCode
from mikage.identity.tests.factories import actor_of, make_account, open_login_session, open_session
from mikage.journal.models import Access, Record

pytestmark = pytest.mark.django_db(databases=["default", "journal"])
PASSWORD = "海辺の町で魚を釣った七月の朝"
DESK = ["administration.accounts"]
BUTTONS = ["issue_code", "release_lock", "suspend_account", "resume_account", "end_sessions"]


@pytest.fixture
def cast(db: None) -> Cast:
    return cast_people()


@pytest.fixture
def desk(cast: Cast) -> Client:
    return open_session(Client(), cast.maintenance, functions=DESK)


@pytest.fixture
def account(cast: Cast) -> Account:
    return make_account(cast.owner)


def soup(response: HttpResponseBase) -> BeautifulSoup:
    content: bytes = getattr(response, "content", b"")
    return BeautifulSoup(content.decode(), "html.parser")


def facts(response: HttpResponseBase) -> str:
    found = soup(response).select_one(".facts")
    assert found is not None
    return found.get_text(" ", strip=True)


def press(client: Client, button: str, account: Account) -> HttpResponseBase:
    return client.post(reverse(f"administration:{button}", args=[account.pk]), follow=True)


@pytest.mark.requirement("ORG-3")
@pytest.mark.parametrize(
    "words", ["佐藤", "さとう", "ｻﾄｳ", "000101", "０００１０１", "佐藤 花子", "花子 000101"]
)
def test_the_desk_finds_an_account_by_each_thing_one_remembers(
    desk: Client, account: Account, words: str
) -> None:
    page = soup(desk.get(reverse("administration:accounts"), {"q": words}))
    assert [link.get_text() for link in page.select("tbody a")] == ["佐藤 花子"]


def test_without_words_nobody_is_listed(desk: Client, account: Account) -> None:
    assert soup(desk.get(reverse("administration:accounts"))).select("tbody") == []


def test_people_without_an_account_are_offered_one(desk: Client, account: Account) -> None:
    page = soup(desk.get(reverse("administration:accounts"), {"q": "鈴木"}))
    assert "鈴木 一郎" in page.select("main .list")[0].get_text()
    assert "佐藤 花子" not in soup(desk.get(reverse("administration:accounts"), {"q": "佐藤"})).select(
        ".list"
    )


def test_the_desk_opens_an_account_that_nobody_can_use_yet(desk: Client, cast: Cast) -> None:
    person = f"person:{cast.colleague.pk}"
    response = desk.post(
        reverse("administration:open_account"), {"person": person, "login": "", "kind": "staff"}, follow=True
    )
    opened = Account.objects.get(person=cast.colleague)
    assert opened.login == "000102"
    assert not opened.has_usable_password()
    assert response.status_code == 200


def test_a_login_that_is_taken_is_refused_at_its_field(desk: Client, cast: Cast, account: Account) -> None:
    person = f"person:{cast.colleague.pk}"
    response = desk.post(
        reverse("administration:open_account"), {"person": person, "login": "０００１０１", "kind": "staff"}
    )
    assert response.status_code == 422
    assert soup(response).select_one("#id_login-error") is not None
    assert not Account.objects.filter(person=cast.colleague).exists()


@pytest.mark.requirement("A-01")
def test_the_code_is_shown_once_and_never_again(desk: Client, account: Account) -> None:
    shown = soup(press(desk, "issue_code", account)).select_one("code")
    assert shown is not None
    code = shown.get_text()
    assert len(code.replace("-", "")) == 12
    assert code not in desk.get(reverse("administration:account", args=[account.pk])).content.decode()
    assert code not in str(list(OneTimeCode.objects.values())) + str(list(Record.objects.values()))
    assert services.set_first_password(
        Actor(kind="anonymous", terminal="10.0.0.9"),
        login="000101",
        code=code,
        password="海辺の町で魚を釣った七月の朝",
    )


def test_suspending_signs_everybody_out_and_resuming_lets_them_in_again(
    desk: Client, cast: Cast, account: Account
) -> None:
    victim = open_session(Client(), cast.owner, functions=[])
    assert victim.get(reverse("identity:sessions")).status_code == 200
    press(desk, "suspend_account", account)
    assert victim.get(reverse("identity:sessions")).status_code == 302
    account.refresh_from_db()
    assert account.state == AccountState.SUSPENDED
    press(desk, "resume_account", account)
    account.refresh_from_db()
    assert account.state == AccountState.ACTIVE
    assert victim.get(reverse("identity:sessions")).status_code == 302


@pytest.mark.requirement("TR-D1")
def test_signing_out_all_terminals_leaves_the_account_usable(
    desk: Client, cast: Cast, account: Account
) -> None:
    open_login_session(cast.owner)
    open_login_session(cast.owner)
    assert policies.card_of(account).sessions == 2
    press(desk, "end_sessions", account)
    assert policies.card_of(account).sessions == 0
    account.refresh_from_db()
    assert account.state == AccountState.ACTIVE


def test_the_desk_sees_a_lock_and_releases_it(desk: Client, account: Account) -> None:
    stranger = Actor(kind="anonymous", terminal="10.0.0.9")
    for _attempt in range(5):
        services.sign_in(stranger, login="000101", password="wrong")
    assert policies.card_of(account).is_locked
    assert (
        len(soup(desk.get(reverse("administration:account", args=[account.pk]))).select(".notice-warn")) == 2
    )
    press(desk, "release_lock", account)
    assert not policies.card_of(account).is_locked


def test_a_person_who_left_is_told_apart_and_gets_no_code(desk: Client, cast: Cast, account: Account) -> None:
    cast.owner.is_active = False
    cast.owner.save()
    page = soup(desk.get(reverse("administration:account", args=[account.pk])))
    assert page.select_one(".notice-bad") is not None
    assert reverse("administration:issue_code", args=[account.pk]) not in str(page)


@pytest.mark.requirement("A-05")
def test_looking_at_an_account_leaves_a_record(desk: Client, account: Account, cast: Cast) -> None:
    desk.get(reverse("administration:account", args=[account.pk]))
    record = Access.objects.using("journal").get(action="administration.account.read")
    assert (record.person_id, record.target) == (cast.maintenance.pk, f"pk:{account.pk}")


@pytest.mark.requirement("A-04")
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("button", ["accounts", "open_account", "account", *BUTTONS])
def test_without_the_function_the_desk_is_closed_to_everybody(
    cast: Cast, account: Account, role: str, button: str
) -> None:
    client = open_session(Client(), cast[role], functions=["administration.rules"])
    url = reverse(
        f"administration:{button}", args=[] if button in {"accounts", "open_account"} else [account.pk]
    )
    response = client.post(url) if button in BUTTONS else client.get(url)
    assert response.status_code == 403
    assert "佐藤 花子".encode() not in response.content or role == "owner"


@pytest.mark.requirement("A-04")
@pytest.mark.parametrize("role", ROLES)
def test_accounts_exist_for_the_desk_alone(cast: Cast, account: Account, role: str) -> None:
    without, with_function = actor_of(cast[role], functions=[]), actor_of(cast[role], functions=DESK)
    assert list(policies.find_accounts(without, "佐藤")) == []
    assert policies.people_without_account(without, "鈴木") == []
    assert list(policies.find_accounts(with_function, "佐藤")) == [account]
    assert policies.people_without_account(with_function, "鈴木") == [cast.colleague]


@pytest.mark.requirement("TR-D9")
@pytest.mark.parametrize("button", ["account", *BUTTONS])
def test_an_unknown_account_is_not_found(desk: Client, button: str) -> None:
    url = reverse(f"administration:{button}", args=[987654321])
    assert (desk.get(url) if button == "account" else desk.post(url)).status_code == 404


@pytest.mark.parametrize("button", BUTTONS)
def test_no_button_works_by_a_link(desk: Client, account: Account, button: str) -> None:
    assert desk.get(reverse(f"administration:{button}", args=[account.pk])).status_code == 405


def test_every_act_of_the_desk_stands_in_the_journal_with_the_name_of_who_did_it(
    desk: Client, cast: Cast, account: Account
) -> None:
    for button in BUTTONS:
        press(desk, button, account)
    done = Record.objects.filter(person_id=cast.maintenance.pk, outcome="done").values_list(
        "action", flat=True
    )
    assert set(done) >= {
        "identity.code.issued",
        "identity.account.released",
        "identity.account.suspended",
        "identity.account.resumed",
        "identity.session.ended",
    }
