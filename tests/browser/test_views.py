"""Signing in, the five views, and what every page owes its reader."""

import gzip

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.browser.conftest import Office, OpenDesk
from tests.browser.desk import PHONE, Desk, faults_of, new_context, sign_in

VIEWS = ["organisation/day", "organisation/week", "person/day", "person/week", "person/month"]
PAGES = [
    "/",
    *(f"/schedule/{view}" for view in VIEWS),
    "/schedule/add",
    "/schedule/deleted",
    "/schedule/organisations",
    "/directory/",
    "/search/",
    "/search/?q=佐藤",
    "/search/?q=存在しない言葉",
    "/settings",
    "/settings/password",
    "/settings/sessions",
    "/nowhere",
]


def test_somebody_signs_in_and_stands_on_the_top_page(open_desk: OpenDesk) -> None:
    desk = open_desk("owner", is_fresh=True)
    assert desk.page.url.endswith("/")
    expect(desk.page.locator(".portal")).to_be_visible()
    expect(desk.page.locator(".top-user b")).to_have_text("佐藤 花子")


def test_a_wrong_password_is_told_and_the_name_is_kept(open_desk: OpenDesk, office: Office) -> None:
    desk = open_desk("owner", is_fresh=True)
    desk.context.clear_cookies()
    desk.go("/login")
    page = desk.page
    page.fill("input[name=username]", "sato")
    page.fill("input[name=password]", "das ist nicht richtig")
    with page.expect_navigation():
        page.locator("form .btn-main").click()
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.locator("input[name=username]")).to_have_value("sato")
    assert faults_of(page) == []


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", ["wide", "phone"])
def test_every_page_is_open_to_everybody_and_fits_its_screen(
    open_desk: OpenDesk, path: str, width: str
) -> None:
    desk = open_desk("owner", **({"viewport": PHONE, "has_touch": True} if width == "phone" else {}))
    desk.go(path)
    assert faults_of(desk.page) == []
    assert _scrolls_sideways(desk.page) is False


def _scrolls_sideways(page: Page) -> bool:
    """Behaviour 29: only a board may scroll in two ways, never the page around it."""
    return bool(
        page.evaluate(
            "() => [document.documentElement, document.querySelector('main')]"
            ".some(each => each && each.scrollWidth > each.clientWidth + 1)"
        )
    )


@pytest.mark.parametrize(
    "look",
    [
        {"viewport": {"width": 683, "height": 384}, "forced_colors": "active"},
        {"viewport": {"width": 683, "height": 384}},
        {"color_scheme": "dark"},
    ],
    ids=["forced colours at 200 %", "200 %", "dark"],
)
@pytest.mark.parametrize("path", ["/", "/schedule/organisation/week", "/schedule/add"])
def test_nothing_is_lost_when_somebody_needs_it_larger_or_in_own_colours(
    open_desk: OpenDesk, path: str, look: dict[str, object]
) -> None:
    desk = open_desk("owner", **look)
    desk.go(path)
    assert faults_of(desk.page) == []
    assert _scrolls_sideways(desk.page) is False


def test_a_category_has_a_word_or_mark_and_not_its_colour_alone(owner: Desk) -> None:
    owner.week()
    marks = owner.page.locator("button.chip .chip-mark")
    assert marks.count() > 0
    assert all(text.strip() for text in marks.all_text_contents())


@pytest.mark.parametrize("view", VIEWS)
def test_back_reload_and_a_sent_address_show_the_same_view(
    owner: Desk, open_desk: OpenDesk, view: str
) -> None:
    page = owner.page
    owner.go(f"/schedule/{view}")
    page.locator('a[data-key="j"]').click()
    page.wait_for_load_state()
    address, heading = page.url, page.title()
    page.reload()
    assert page.title() == heading
    owner.go("/")
    page.go_back()
    page.wait_for_load_state()
    assert (page.url, page.title()) == (address, heading)
    other = open_desk("owner", is_fresh=True)
    other.page.goto(address)
    assert other.page.title() == heading


def test_an_address_sent_to_somebody_opens_after_they_signed_in(open_desk: OpenDesk, office: Office) -> None:
    desk = open_desk("colleague", is_fresh=True)
    desk.context.clear_cookies()
    desk.go("/schedule/person/week?day=2026-12-02")
    assert "/login" in desk.page.url
    sign_in(desk.page, office.origin, office.accounts["colleague"])
    assert desk.page.url.endswith("/schedule/person/week?day=2026-12-02")


def test_the_language_is_switched_by_the_person_and_stays_theirs(open_desk: OpenDesk) -> None:
    desk = open_desk("handler")
    page = desk.page
    assert page.locator("html").get_attribute("lang") == "ja"
    for language, day in [("en", "Wed 25 Nov 2026"), ("ja", "2026年11月25日（水）")]:
        desk.go("/settings")
        page.locator("[name=language]").select_option(language)
        with page.expect_navigation():
            page.locator("form.fields .btn-main").click()
        desk.go("/")
        assert page.locator("html").get_attribute("lang") == language
        expect(page.locator("h1")).to_contain_text(day)


@pytest.mark.parametrize(
    ("name", "value", "attribute"),
    [
        ("text_size", "largest", "data-text"),
        ("theme", "dark", "data-theme"),
        ("theme", "contrast", "data-theme"),
    ],
)
def test_size_of_text_and_colours_are_the_persons_choice_and_readable(
    open_desk: OpenDesk, name: str, value: str, attribute: str
) -> None:
    desk = open_desk("handler")
    page = desk.page
    desk.go("/settings")
    before = page.locator(f"[name={name}]").input_value()
    page.locator(f"[name={name}]").select_option(value)
    with page.expect_navigation():
        page.locator("form.fields .btn-main").click()
    for path in ["/", "/schedule/organisation/week", "/schedule/add"]:
        desk.go(path)
        assert page.locator("html").get_attribute(attribute) == value
        assert faults_of(page) == []
    desk.go("/settings")
    page.locator(f"[name={name}]").select_option(before)
    with page.expect_navigation():
        page.locator("form.fields .btn-main").click()


def test_the_week_of_a_section_prints_on_one_sheet_across(owner: Desk) -> None:
    owner.week()
    sheet = owner.page.pdf(format="A4", landscape=True, print_background=True)
    assert sheet.count(b"/Type /Page") - sheet.count(b"/Type /Pages") == 1


def test_the_first_look_is_light(owner: Desk, browser: Browser) -> None:
    cold = new_context(browser, storage_state=owner.context.storage_state())
    page = cold.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(f"{owner.origin}/schedule/organisation/week")
    page.wait_for_load_state("load")
    loaded = [answer for answer in answers if "/ev" not in answer.url]
    assert len(loaded) <= 10
    # As the proxy in front sends it.
    assert sum(len(gzip.compress(answer.body())) for answer in loaded) <= 60_000
    cold.close()


@pytest.mark.parametrize("path", ["/nowhere", "/schedule/entries/00000000-0000-0000-0000-000000000000"])
def test_an_error_page_is_in_words_and_leads_back(owner: Desk, path: str) -> None:
    answer = owner.go(path)
    assert answer.status == 404
    words = owner.page.locator("body").inner_text()
    assert "Traceback" not in words
    assert "Exception" not in words
    assert owner.page.locator("main a").count() >= 1


def test_a_closed_function_is_told_in_words(owner: Desk) -> None:
    answer = owner.go("/administration/imports/")
    assert answer.status == 403
    assert faults_of(owner.page) == []
