"""Law 1: every address names its function and refuses the anonymous; what is public stands here."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse

from mikage.access import policies
from mikage.kernel import doors
from mikage.kernel.doors import key_of
from tests.laws.house import Address, addresses

pytestmark = pytest.mark.django_db(databases=["default", "journal"])

# Everything else asks for a sign-in.
# The way out also stands open to whoever is out already.
PUBLIC = {"identity:first_password", "identity:login", "identity:logout"}
ONLY_SENT = {"identity:logout"}
# Open to everybody who is signed in: one's own account.
SIGNED_IN = {
    "identity:end_others",
    "identity:end_session",
    "identity:extend",
    "identity:password",
    "identity:sessions",
    "identity:settings",
}
EXAMPLES = {"int": "1", "uuid": str(uuid.UUID(int=1)), "str": "2026-11-25", "slug": "a", "path": "a"}


def url_of(address: Address) -> str:
    return reverse(address.name, kwargs={name: EXAMPLES.get(kind, "1") for name, kind in address.holes})


def wrong_doors(found: dict[str, Callable[..., Any]]) -> list[str]:
    """What is wrong with the doors of these views, in words."""
    faults = []
    for name, view in found.items():
        key = key_of(view)
        if not key:
            faults.append(f"{name}: has no door")
        elif (key == doors.PUBLIC) != (name in PUBLIC):
            faults.append(f"{name}: public and not on the list, or the other way round")
        elif (key == doors.SIGNED_IN) != (name in SIGNED_IN):
            faults.append(f"{name}: open to everybody signed in and not on the list, or the other way round")
        elif key not in {doors.PUBLIC, doors.SIGNED_IN, *policies.declared_functions()}:
            faults.append(f"{name}: names the function {key}, which no room declares")
    return faults


@pytest.mark.requirement("A-04")
def test_every_address_names_its_function() -> None:
    assert wrong_doors({address.name: address.view for address in addresses()}) == []


def test_every_address_has_a_name_of_its_own() -> None:
    names = [address.name for address in addresses()]
    assert [name for name in names if names.count(name) > 1 or name.endswith("None")] == []


@pytest.mark.requirement("A-01")
@pytest.mark.parametrize("address", addresses(), ids=lambda address: address.name)
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_passes_without_signing_in(address: Address, method: str) -> None:
    if address.name in PUBLIC:
        assert Client().get(url_of(address)).status_code == (405 if address.name in ONLY_SENT else 200)
        return
    whole = getattr(Client(), method)(url_of(address))
    if method == "get":
        assert whole.status_code == 302
        assert whole["Location"].startswith(reverse("identity:login"))
    else:
        assert whole.status_code == 401
    part = getattr(Client(), method)(url_of(address), headers={"HX-Request": "true"})
    assert (part.status_code, part.content, part["X-Sign-In"]) == (401, b"", "1")


def test_a_view_without_a_door_is_found() -> None:
    def bare(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    assert wrong_doors({"planted:bare": bare}) == ["planted:bare: has no door"]


def test_a_public_view_that_is_not_on_the_list_is_found() -> None:
    @doors.public
    def open_to_all(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    assert len(wrong_doors({"planted:open": open_to_all})) == 1


def test_a_function_that_nobody_declared_is_found() -> None:
    @doors.function("planted.use")
    def somewhere(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    assert "no room declares" in wrong_doors({"planted:somewhere": somewhere})[0]
