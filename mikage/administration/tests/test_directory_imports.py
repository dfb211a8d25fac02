"""The import screens: look first, decide once, watch, and nothing for those who do not keep the directory."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.http.response import HttpResponseBase
from django.test import RequestFactory
from django.urls import resolve, reverse

from mikage.access.actor import Actor
from mikage.directory import tasks
from mikage.directory.models import ImportRun, Organisation, Person
from mikage.directory.policies.sheets import PEOPLE, read_sheet
from mikage.directory.tests.factories import Cast, actor_of, cast_people
from mikage.journal.models import Access, Record
from mikage.kernel.doors import NoFunction
from mikage.kernel.operations import Conflict

pytestmark = pytest.mark.django_db(databases=["default", "journal"])
PEOPLE_FILE = "職員番号,姓,名,内線\r\n000101,佐藤,花子,7777\r\n000999,新田,進,7999\r\n"
Visit = Callable[..., HttpResponseBase]


@pytest.fixture
def cast(db: None) -> Cast:
    return cast_people()


@pytest.fixture
def keeper(cast: Cast) -> Actor:
    return actor_of(cast.maintenance, "directory.use", "directory.keep")


def visit(actor: Actor, url: str, data: dict[str, object] | None = None) -> HttpResponseBase:
    factory = RequestFactory(headers={"HX-Request": "true"})
    request = factory.get(url) if data is None else factory.post(url, data)
    match = resolve(url)
    request.actor = actor  # type: ignore[attr-defined]
    request.resolver_match = match
    response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    return response


def upload(actor: Actor, text: str) -> ImportRun:
    file = SimpleUploadedFile("people.csv", text.encode("cp932"), content_type="text/csv")
    response = visit(actor, reverse("administration:imports"), {"people": file, "on": "令和8年11月23日"})
    assert response.status_code == 302
    return ImportRun.objects.latest("pk")


def soup(response: HttpResponseBase) -> BeautifulSoup:
    content: bytes = getattr(response, "content", b"")
    return BeautifulSoup(content.decode(), "html.parser")


def test_an_upload_changes_nothing_and_shows_what_would_change(keeper: Actor) -> None:
    run = upload(keeper, PEOPLE_FILE)
    page = soup(visit(keeper, reverse("administration:import", args=[run.pk])))
    numbers = [cell.get_text() for cell in page.select(".adm-counts td")]
    # Six people are missing from the file and end, with their posts; one is new, one has another extension.
    assert numbers == ["6", "6", "1", "1"]
    assert "7777" in page.get_text()
    assert not Person.objects.filter(number="000999").exists()


def test_mistakes_are_shown_by_line_and_column_and_cannot_be_applied(keeper: Actor) -> None:
    run = upload(keeper, "職員番号,姓\r\n000101,佐藤\r\n00 1,鈴木\r\n")
    page = soup(visit(keeper, reverse("administration:import", args=[run.pk])))
    cells = [cell.get_text() for cell in page.select(".adm-table td")]
    assert cells[:3] == ["職員.csv", "3", "職員番号"]
    assert page.select_one(f"form[action='{reverse('administration:import_apply', args=[run.pk])}']") is None


def test_the_decision_is_carried_out_in_the_background_and_the_files_are_emptied(keeper: Actor) -> None:
    run = upload(keeper, PEOPLE_FILE)
    visit(keeper, reverse("administration:import_apply", args=[run.pk]), {})
    page = soup(visit(keeper, reverse("administration:import", args=[run.pk])))
    assert page.select_one("[hx-trigger='every 2s']") is not None
    tasks.apply_import(run.pk)
    run.refresh_from_db()
    assert (run.state, run.people) == ("applied", None)
    assert Person.objects.get(number="000101").extension == "7777"
    assert Person.objects.filter(is_active=True).count() == 2
    page = soup(visit(keeper, reverse("administration:import", args=[run.pk])))
    assert page.select_one("[hx-trigger]") is None
    assert Record.objects.filter(action="directory.import.started").count() == 1


def test_two_decisions_are_one(keeper: Actor) -> None:
    run = upload(keeper, PEOPLE_FILE)
    visit(keeper, reverse("administration:import_apply", args=[run.pk]), {})
    with pytest.raises(Conflict):
        visit(keeper, reverse("administration:import_apply", args=[run.pk]), {})
    with pytest.raises(Conflict):
        visit(keeper, reverse("administration:import_discard", args=[run.pk]), {})


def test_what_became_impossible_in_the_meantime_changes_nothing(keeper: Actor) -> None:
    run = upload(keeper, PEOPLE_FILE)
    visit(keeper, reverse("administration:import_apply", args=[run.pk]), {})
    ImportRun.objects.filter(pk=run.pk).update(people="職員番号\r\n1\r\n".encode())
    tasks.apply_import(run.pk)
    run.refresh_from_db()
    assert run.state == "failed"
    assert Person.objects.filter(is_active=True).count() == 7


def test_discarded_files_are_gone(keeper: Actor) -> None:
    run = upload(keeper, PEOPLE_FILE)
    visit(keeper, reverse("administration:import_discard", args=[run.pk]), {})
    run.refresh_from_db()
    assert (run.state, run.people) == ("discarded", None)


def test_an_export_reads_back_and_leaves_a_record_before_it_leaves(keeper: Actor) -> None:
    response = visit(keeper, reverse("administration:export_people"))
    rows, errors = read_sheet(PEOPLE, getattr(response, "content", b""))
    assert (len(rows), errors) == (7, [])
    assert Access.objects.using("journal").filter(action="directory.export.made").count() == 1


@pytest.mark.requirement("A-04")
@pytest.mark.parametrize("name", ["imports", "export_organisations", "export_people", "export_posts"])
def test_those_who_do_not_keep_the_directory_stay_outside(cast: Cast, name: str) -> None:
    with pytest.raises(NoFunction):
        visit(actor_of(cast.owner, "directory.use"), reverse(f"administration:{name}"))
    assert Organisation.objects.exists()


def test_an_unknown_import_is_not_found(keeper: Actor) -> None:
    with pytest.raises(Http404):
        visit(keeper, reverse("administration:import", args=[987654]))
