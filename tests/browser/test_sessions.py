"""When a session ends: a warning before, nothing typed lost, nothing left to read (behaviours 24, 34)."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.browser.conftest import Office, OpenDesk
from tests.browser.desk import FRIDAY, Desk, faults_of, fill


def _let_pass(office: Office, page: Page, time: timedelta) -> None:
    """The clock on the wall and the one in the terminal go on together."""
    office.let_pass(time)
    page.clock.fast_forward(int(time.total_seconds() * 1000))


def _sign_in_again(desk: Desk, office: Office) -> None:
    over = desk.page.locator("dialog.session-over")
    expect(over).to_be_visible()
    assert faults_of(desk.page) == []
    over.locator("input[name=username]").fill(office.accounts["owner"]["login"])
    over.locator("input[name=password]").fill(office.accounts["owner"]["password"])
    over.locator(".btn-main").click()


def test_somebody_who_stays_is_warned_and_goes_on(open_desk: OpenDesk, office: Office) -> None:
    desk = open_desk("owner", is_fresh=True)
    desk.go("/schedule/add")
    fill(desk.page, {"title": "書きかけ"})
    _let_pass(office, desk.page, timedelta(minutes=56))
    warning = desk.page.locator("dialog.session-warning")
    expect(warning).to_be_visible()
    assert faults_of(desk.page) == []
    with desk.page.expect_response("**/session/extend") as answer:
        warning.locator("[data-extend]").click()
    assert answer.value.ok
    expect(warning).not_to_be_visible()
    _let_pass(office, desk.page, timedelta(minutes=20))
    fill(desk.page, {"starts_on": FRIDAY, "ends_on": FRIDAY})
    desk.save()
    desk.week()
    expect(desk.chip("書きかけ", day=FRIDAY)).to_be_visible()


def test_a_form_typed_over_the_end_of_the_session_is_saved_after_signing_in(
    open_desk: OpenDesk, office: Office
) -> None:
    desk = open_desk("owner", is_fresh=True)
    desk.go("/schedule/add")
    fill(desk.page, {"title": "時間切れの前に書いた", "starts_on": FRIDAY, "ends_on": FRIDAY})
    _let_pass(office, desk.page, timedelta(minutes=61))
    desk.page.locator("main form.fields .btn-main").click()
    with desk.page.expect_navigation():
        _sign_in_again(desk, office)
    desk.week()
    expect(desk.chip("時間切れの前に書いた", day=FRIDAY)).to_be_visible()


def test_without_a_script_to_help_the_same_post_goes_through_after_signing_in(
    open_desk: OpenDesk, office: Office
) -> None:
    desk = open_desk("owner", is_fresh=True)
    desk.go("/schedule/add")
    fill(desk.page, {"title": "前のままの送信", "starts_on": FRIDAY, "ends_on": FRIDAY})
    # The terminal's clock is behind: the page believes that it is still signed in.
    office.let_pass(timedelta(minutes=61))
    with desk.page.expect_navigation():
        desk.page.locator("main form.fields .btn-main").click()
    assert "前のままの送信" in desk.page.content()
    assert faults_of(desk.page) == []


def test_a_sign_in_page_is_never_put_into_a_part_of_a_page(open_desk: OpenDesk, office: Office) -> None:
    desk = open_desk("owner", is_fresh=True)
    desk.add("残る予定", starts_on=FRIDAY)
    desk.week()
    office.let_pass(timedelta(minutes=61))
    desk.chip("残る予定").click()
    expect(desk.page.locator("dialog.session-over")).to_be_visible()
    assert desk.page.locator("#board input[type=password], #card input[type=password]").count() == 0
    expect(desk.chip("残る予定")).to_be_visible()


def test_after_signing_out_back_shows_nothing_and_nothing_stays_behind(open_desk: OpenDesk) -> None:
    desk = open_desk("owner", is_fresh=True)
    desk.week()
    desk.page.locator(".top-user").click()
    with desk.page.expect_navigation():
        desk.page.locator("[data-sign-out] button").click()
    assert "/login" in desk.page.url
    desk.page.go_back()
    desk.page.wait_for_load_state()
    assert desk.page.locator("#board").count() == 0
    assert "佐藤" not in desk.page.content()
    kept = desk.page.evaluate("[localStorage.length, sessionStorage.length, indexedDB.databases()]")
    assert kept[:2] == [0, 0]


def test_pages_are_not_kept_by_the_browser(owner: Desk) -> None:
    for path in ["/", "/schedule/organisation/week", "/search/?q=佐藤", "/settings"]:
        assert "no-store" in owner.go(path).headers["cache-control"]


def test_other_tabs_are_signed_out_too(open_desk: OpenDesk) -> None:
    desk = open_desk("owner", is_fresh=True)
    desk.week()
    other = desk.context.new_page()
    other.goto(f"{desk.origin}/schedule/person/week")
    desk.page.locator(".top-user").click()
    with desk.page.expect_navigation():
        desk.page.locator("[data-sign-out] button").click()
    expect(other.locator("#board")).to_have_count(0)
    expect(other.locator("input[name=password]")).to_be_visible()


def test_the_user_menu_is_open_to_everybody(owner: Desk) -> None:
    owner.week()
    owner.page.locator(".top-user").click()
    expect(owner.page.locator("#user-menu")).to_be_visible()
    assert faults_of(owner.page) == []
