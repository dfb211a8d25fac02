"""The cast with accounts and passwords, and a quick hash where a test is not about the hash."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from mikage.directory.tests.factories import Cast, cast_people
from mikage.identity import hashing
from mikage.identity.models import Account
from mikage.identity.tests.factories import make_account

PASSWORD = "海辺の町で魚を釣った七月の朝"


@pytest.fixture(autouse=True)
def _quick_hash(settings: Settings, request: pytest.FixtureRequest) -> Iterator[None]:
    """Argon2 costs a quarter of a second on purpose; only tests marked so pay it."""
    if "real_hash" not in request.fixturenames:
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    hashing.unknown_hash.cache_clear()
    yield
    hashing.unknown_hash.cache_clear()


@pytest.fixture
def real_hash() -> None:
    """This test is about the work of Argon2 itself."""


@pytest.fixture
def cast(db: None) -> Cast:
    return cast_people()


@pytest.fixture
def account(cast: Cast) -> Account:
    """The owner's account, with a password."""
    return give_password(make_account(cast.owner))


def give_password(account: Account, password: str = PASSWORD) -> Account:
    """The account with this password, as if its person had set it."""
    account.password = hashing.hashed(password)
    account.save()
    return account


@dataclass
class Door:
    """Somebody in front of the sign-in page at a terminal."""

    client: Client
    terminal: str = "10.1.2.3"

    def sign_in(self, username: str, password: str = PASSWORD, **more: str) -> HttpResponseBase:
        data = {"username": username, "password": password} | more
        return self.client.post(reverse("identity:login"), data, REMOTE_ADDR=self.terminal)

    def is_inside(self) -> bool:
        response = self.client.get(reverse("identity:sessions"), REMOTE_ADDR=self.terminal)
        return response.status_code == 200


@pytest.fixture
def at_the_door() -> Callable[..., Door]:
    """A new browser at a terminal."""

    def come(terminal: str = "10.1.2.3") -> Door:
        return Door(Client(), terminal)

    return come
