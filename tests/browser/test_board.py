"""Appointments on the board: added, copied, moved, deleted and taken back, by mouse and by keyboard."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenDesk
from tests.browser.desk import FRIDAY, PHONE, SATURDAY, TODAY, TOMORROW, Desk, faults_of, fill


def _keep(desk: Desk, title: str) -> None:
    """Open the card by a click, so that it stays."""
    desk.chip(title).click()
    expect(desk.page.locator("#card .entry-card")).to_contain_text(title)


def _undo(page: Page) -> None:
    page.locator("#toasts [data-undo]").last.click()


def test_an_appointment_is_added_by_mouse(owner: Desk) -> None:
    owner.week()
    with owner.page.expect_navigation():
        owner.cell("owner", SATURDAY).dblclick()
    expect(owner.page.locator("[name=starts_on]")).to_have_value(re.compile("28"))
    fill(owner.page, {"title": "マウスで登録"})
    owner.save()
    expect(owner.chip("マウスで登録", day=SATURDAY)).to_be_visible()


def test_an_appointment_is_added_by_keyboard(owner: Desk) -> None:
    owner.week()
    owner.cell("owner", FRIDAY).focus()
    with owner.page.expect_navigation():
        owner.page.keyboard.press("n")
    owner.page.locator("[name=title]").focus()
    owner.page.keyboard.type("キーで登録")
    with owner.page.expect_navigation():
        owner.page.keyboard.press("Enter")
    expect(owner.chip("キーで登録", day=FRIDAY)).to_be_visible()


def test_a_copy_is_added_from_the_card(owner: Desk) -> None:
    owner.add("写しのもと", starts_on=FRIDAY)
    owner.week()
    _keep(owner, "写しのもと")
    with owner.page.expect_navigation():
        owner.page.locator('#card a[href$="/copy"]').click()
    expect(owner.page.locator("[name=title]")).to_have_value("写しのもと")
    fill(owner.page, {"starts_on": TOMORROW, "ends_on": TOMORROW})
    owner.save()
    owner.week()
    expect(owner.chip("写しのもと", day=FRIDAY)).to_be_visible()
    expect(owner.chip("写しのもと", day=TOMORROW)).to_be_visible()


def test_an_appointment_is_dragged_to_another_day_and_taken_back(owner: Desk) -> None:
    owner.add("引きずる予定", starts_on=TOMORROW)
    owner.week()
    owner.chip("引きずる予定").drag_to(owner.cell("owner", FRIDAY))
    expect(owner.chip("引きずる予定", day=FRIDAY)).to_be_visible()
    _undo(owner.page)
    expect(owner.chip("引きずる予定", day=TOMORROW)).to_be_visible()
    owner.page.reload()
    expect(owner.chip("引きずる予定", day=TOMORROW)).to_be_visible()


def test_an_appointment_is_handed_to_a_colleague_by_dragging(owner: Desk) -> None:
    owner.add("引き継ぐ予定", starts_on=TOMORROW)
    # Both rows in view, however full the first one is.
    owner.page.set_viewport_size({"width": 1366, "height": 1800})
    owner.week()
    owner.chip("引き継ぐ予定").drag_to(owner.cell("colleague", TOMORROW))
    expect(owner.chip("引き継ぐ予定", role="colleague", day=TOMORROW)).to_be_visible()


def test_an_appointment_is_moved_by_keyboard_and_taken_back(owner: Desk) -> None:
    owner.add("キーで動かす", starts_on=TOMORROW)
    owner.week()
    page = owner.page
    owner.chip("キーで動かす").focus()
    page.keyboard.press("m")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#live")).not_to_be_empty()
    page.keyboard.press("Enter")
    expect(owner.chip("キーで動かす", day=FRIDAY)).to_be_focused()
    assert faults_of(page) == []
    page.keyboard.press("u")
    expect(page.locator("#toasts [data-undo]").last).to_be_focused()
    page.keyboard.press("Enter")
    expect(owner.chip("キーで動かす", day=TOMORROW)).to_be_visible()
    owner.keeps_focus()


def test_a_move_is_given_up_with_escape(owner: Desk) -> None:
    owner.add("やめた移動", starts_on=TOMORROW)
    owner.week()
    owner.chip("やめた移動").focus()
    for key in ["m", "ArrowRight", "Escape"]:
        owner.page.keyboard.press(key)
    expect(owner.chip("やめた移動", day=TOMORROW)).to_be_focused()
    owner.page.reload()
    expect(owner.chip("やめた移動", day=TOMORROW)).to_be_visible()


def test_an_appointment_is_deleted_by_mouse_without_being_asked_twice_and_comes_back(owner: Desk) -> None:
    owner.add("消して戻す", starts_on=TOMORROW, place="第9会議室")
    owner.week()
    _keep(owner, "消して戻す")
    owner.page.locator("#card .is-danger").click()
    expect(owner.chip("消して戻す")).to_have_count(0)
    assert faults_of(owner.page) == []
    _undo(owner.page)
    expect(owner.chip("消して戻す", day=TOMORROW)).to_be_visible()
    _keep(owner, "消して戻す")
    expect(owner.page.locator("#card")).to_contain_text("第9会議室")


def test_an_appointment_is_deleted_by_keyboard_and_comes_back(owner: Desk) -> None:
    owner.add("キーで消す", starts_on=TOMORROW)
    owner.week()
    page = owner.page
    owner.chip("キーで消す").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#card .entry-card")).to_be_visible()
    for _step in range(12):
        if page.evaluate("document.activeElement.matches('#card .is-danger')"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(owner.chip("キーで消す")).to_have_count(0)
    owner.keeps_focus()
    page.keyboard.press("u")
    page.keyboard.press("Enter")
    expect(owner.chip("キーで消す", day=TOMORROW)).to_be_visible()


def test_what_was_deleted_is_restored_later_by_its_owner(owner: Desk) -> None:
    owner.add("あとで戻す", starts_on=TOMORROW)
    owner.week()
    _keep(owner, "あとで戻す")
    owner.page.locator("#card .is-danger").click()
    expect(owner.chip("あとで戻す")).to_have_count(0)
    owner.go("/schedule/deleted")
    assert faults_of(owner.page) == []
    with owner.page.expect_navigation():
        owner.page.locator("tr", has_text="あとで戻す").locator("button").click()
    owner.week()
    expect(owner.chip("あとで戻す", day=TOMORROW)).to_be_visible()


def test_hovering_shows_the_card_beside_the_appointment_and_escape_gives_the_focus_back(owner: Desk) -> None:
    owner.add("のぞいて見る", starts_on=TOMORROW)
    owner.week()
    page, chip, card = owner.page, owner.chip("のぞいて見る"), owner.page.locator("#card")
    chip.hover()
    page.clock.run_for(200)
    expect(card).not_to_be_visible()
    page.clock.run_for(200)
    expect(card).to_be_visible()
    expect(card).to_contain_text("のぞいて見る")
    over, under = card.bounding_box(), chip.bounding_box()
    assert over is not None
    assert under is not None
    assert over["x"] >= under["x"] + under["width"] or over["x"] + over["width"] <= under["x"]
    card.hover()
    page.clock.run_for(500)
    expect(card).to_be_visible()
    assert faults_of(page) == []
    page.mouse.move(5, 400)
    page.locator("h1").first.hover(force=True)
    _keep(owner, "のぞいて見る")
    page.keyboard.press("Escape")
    expect(card).not_to_be_visible()
    expect(chip).to_be_focused()


def test_a_tap_opens_the_card_on_a_phone(open_desk: OpenDesk) -> None:
    desk = open_desk("owner", viewport=PHONE, has_touch=True)
    desk.add("指で開く", starts_on=TODAY)
    desk.week()
    desk.chip("指で開く").tap()
    expect(desk.page.locator("#card")).to_contain_text("指で開く")
    assert faults_of(desk.page) == []


def test_arrows_lead_through_the_cells_and_the_focus_stays_seen(owner: Desk) -> None:
    owner.week()
    page = owner.page
    owner.cell("owner", TODAY).focus()
    page.keyboard.press("ArrowRight")
    expect(owner.cell("owner", TOMORROW)).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("ArrowLeft")
    expect(owner.cell("owner", TODAY)).to_be_focused()


def test_the_list_of_shortcuts_opens_with_a_question_mark(owner: Desk) -> None:
    owner.week()
    owner.page.keyboard.press("?")
    expect(owner.page.locator("dialog#shortcuts")).to_be_visible()
    assert faults_of(owner.page) == []
    owner.page.keyboard.press("Escape")
    expect(owner.page.locator("dialog#shortcuts")).not_to_be_visible()


def test_no_shortcut_fires_in_a_text_field_or_with_control(owner: Desk) -> None:
    owner.week()
    page, address = owner.page, owner.page.url
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("jt?")
    expect(page.locator("#search")).to_have_value("jt?")
    expect(page.locator("dialog#shortcuts")).not_to_be_visible()
    page.locator("#main").focus()
    page.keyboard.press("Alt+j")
    assert page.url == address


def test_shortcuts_can_be_turned_off(open_desk: OpenDesk) -> None:
    desk = open_desk("handler")
    page = desk.page
    for is_on in [False, True]:
        desk.go("/settings")
        page.locator("[name=has_shortcuts]").set_checked(is_on)
        with page.expect_navigation():
            page.locator("main form.fields .btn-main").click()
        desk.week()
        page.keyboard.press("?")
        expect(page.locator("dialog#shortcuts")).to_be_visible(visible=is_on)


def test_a_change_by_somebody_else_appears_and_takes_nothing_away(open_desk: OpenDesk) -> None:
    owner, colleague = open_desk("owner"), open_desk("colleague")
    colleague.week()
    cell = colleague.cell("colleague", FRIDAY)
    cell.focus()
    owner.add("いま入った予定", starts_on=FRIDAY)
    expect(colleague.chip("いま入った予定", role="owner", day=FRIDAY)).to_be_visible(timeout=4_000)
    expect(colleague.cell("colleague", FRIDAY)).to_be_focused()


def test_the_first_save_wins_and_the_second_keeps_what_was_typed(open_desk: OpenDesk) -> None:
    first = open_desk("owner")
    first.add("取り合い", starts_on=FRIDAY)
    first.week()
    entry = first.chip("取り合い").get_attribute("data-entry")
    second = open_desk("owner")
    for desk in (first, second):
        desk.go(f"/schedule/entries/{entry}/edit")
    fill(first.page, {"place": "先の部屋"})
    first.save()
    fill(second.page, {"place": "後の部屋"})
    second.save()
    expect(second.page.locator("#error-summary")).to_be_visible()
    expect(second.page.locator("[name=place]")).to_have_value("後の部屋")
    assert faults_of(second.page) == []
    assert "先の部屋" in first.text_of(f"/schedule/entries/{entry}")
