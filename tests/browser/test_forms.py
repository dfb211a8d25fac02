"""Forms as an office fills them in: conversion, kana, dates, people, errors, impatience."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk import FRIDAY, TODAY, Desk, faults_of, fill

PICKER = "people-picker[name=participants]"


def test_enter_while_converting_sends_nothing(owner: Desk) -> None:
    owner.go("/schedule/add")
    page, address = owner.page, owner.page.url
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    title = page.locator("[name=title]")
    title.fill("へんかんちゅう")
    title.evaluate(
        """field => {
            const enter = {key: 'Enter', bubbles: true, cancelable: true, isComposing: true, keyCode: 229};
            if (field.dispatchEvent(new KeyboardEvent('keydown', enter))) field.form.requestSubmit();
        }"""
    )
    page.wait_for_timeout(300)
    assert sent == []
    assert page.url == address


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("佐藤", "佐藤 花子"), ("さとう", "佐藤 花子"), ("サトウ", "佐藤 花子"), ("ｻﾄｳ", "佐藤 花子"),
        ("高橋", "髙橋 みどり"), ("山崎", "山﨑 彩"), ("渡辺", "渡邉 大輔"), ("吉田陸", "𠮷田 陸"),
        ("000104", "田中 誠"), ("市長", ""),
    ],
)  # fmt: skip
def test_people_are_found_by_kanji_kana_number_and_post(owner: Desk, typed: str, name: str) -> None:
    owner.go("/schedule/add")
    owner.page.locator(f"{PICKER} .picker-input").fill(typed)
    options = owner.page.locator(f"{PICKER} [role=option]")
    expect(options.first).to_be_visible()
    if name:
        assert any(name in text for text in options.all_text_contents())


def test_two_of_the_same_name_are_told_apart_by_where_they_work(owner: Desk) -> None:
    owner.go("/schedule/add")
    owner.page.locator(f"{PICKER} .picker-input").fill("鈴木一郎")
    options = owner.page.locator(f"{PICKER} [role=option]", has_text="鈴木 一郎")
    expect(options).to_have_count(2)
    assert len(set(options.all_text_contents())) == 2


def test_somebody_is_chosen_by_keyboard_and_stands_on_their_board(owner: Desk) -> None:
    owner.go("/schedule/add")
    page = owner.page
    fill(page, {"title": "鈴木さんと", "starts_on": FRIDAY, "ends_on": FRIDAY})
    page.locator(f"{PICKER} .picker-input").focus()
    page.keyboard.type("000102")
    expect(page.locator(f"{PICKER} [role=option]").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(f'{PICKER} [data-key="person:{owner.people["colleague"]}"]')).to_be_visible()
    assert faults_of(page) == []
    owner.save()
    owner.week()
    expect(owner.chip("鈴木さんと", role="colleague", day=FRIDAY)).to_be_visible()


def test_the_section_stands_in_its_official_order_and_then_by_kana(owner: Desk) -> None:
    owner.week()
    found = owner.page.locator("tbody th .board-person b").all_text_contents()
    order = [
        "佐藤 花子",
        "企画係",
        "髙橋 みどり",
        "佐々木 由美",
        "鈴木 一郎",
        "中村 悠斗",
        "山﨑 彩",
        "渡邉 大輔",
        "𠮷田 陸",
    ]
    # Behind the own name stands that it is one's own.
    assert all(text.strip().startswith(name) for text, name in zip(found, order, strict=True)), found


@pytest.mark.parametrize(
    "typed", ["8.11.27", "R8/11/27", "令和8年11月27日", "1127", "２０２６／１１／２７", "あさって"]
)
def test_a_day_is_understood_however_an_office_writes_it(owner: Desk, typed: str) -> None:
    owner.add(f"書き方 {typed}", starts_on=typed)
    owner.week()
    day = owner.chip(f"書き方 {typed}".translate(str.maketrans("２０２６／１７", "2026/17"))).get_attribute(
        "data-day"
    )
    assert day == FRIDAY


def test_what_is_typed_in_full_width_is_accepted_and_stored_in_one_form(owner: Desk) -> None:
    owner.add("　ＡＢＣ会議　ｶﾅ　", starts_on=FRIDAY, starts_time="１３：３０", ends_time="１４時")
    owner.week()
    expect(owner.chip("ABC会議 カナ", day=FRIDAY)).to_be_visible()


def test_a_form_that_cannot_be_saved_says_why_and_keeps_what_was_typed(owner: Desk) -> None:
    owner.go("/schedule/add")
    page = owner.page
    fill(
        page,
        {"title": "", "place": "残る場所", "starts_on": TODAY, "starts_time": "15:00", "ends_time": "14:00"},
    )
    owner.save()
    summary = page.locator("#error-summary")
    expect(summary).to_be_focused()
    links = summary.locator("a[href^='#']")
    assert links.count() >= 1
    target = links.first.get_attribute("href") or ""
    assert page.locator(f"[id='{target[1:]}']").count() == 1
    expect(page.locator("[name=place]")).to_have_value("残る場所")
    assert page.locator(".field-error").count() >= 1
    assert page.title().startswith(("エラー", "Error"))
    assert faults_of(page) == []


def test_every_field_says_whether_it_is_required(owner: Desk) -> None:
    owner.go("/schedule/add")
    fields = owner.page.locator("main form .field").filter(has_not=owner.page.locator("input[type=checkbox]"))
    for number in range(fields.count()):
        assert fields.nth(number).locator(".field-note").count() == 1


def test_a_double_click_makes_one_record(owner: Desk) -> None:
    owner.go("/schedule/add")
    fill(owner.page, {"title": "二度押し", "starts_on": FRIDAY, "ends_on": FRIDAY})
    with owner.page.expect_navigation():
        owner.page.locator("main form.fields .btn-main").dblclick(no_wait_after=True)
    owner.week()
    row = owner.page.locator(f'td[data-person="{owner.people["owner"]}"] .chip', has_text="二度押し")
    expect(row).to_have_count(1)


def test_lists_with_nothing_in_them_say_what_to_do_next(owner: Desk) -> None:
    for path in ["/search/", "/search/?q=存在しない言葉", "/directory/?q=存在しない言葉"]:
        owner.go(path)
        expect(owner.page.locator("main .empty")).to_be_visible()
        assert faults_of(owner.page) == []
