"""What is typed is kept in one form and found in any: width, kana, old characters, hidden marks."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikage.kernel.text import fold, normalise


@pytest.mark.requirement("F-19")
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("　企画会議　", "企画会議"),
        ("ＡＢＣ１２３", "ABC123"),
        ("ｻｻｷ", "ササキ"),
        ("一行目\r\n二行目", "一行目\n二行目"),
        ("見え\u200bない", "見えない"),
        ("逆\u202eさ", "逆さ"),
        ("欠\ud800け", "欠け"),
        ("零\x00", "零"),
        ("𠮷野", "𠮷野"),
        ("葛\U000e0100城", "葛\U000e0100城"),
    ],
)
def test_text_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert normalise(typed) == kept


@pytest.mark.requirement("ORG-3")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ささき", "ササキ"),
        ("ササキ", "ｻｻｷ"),
        ("ガッコウ", "ｶﾞｯｺｳ"),
        ("髙橋", "高橋"),
        ("山﨑", "山崎"),
        ("渡邉", "渡辺"),
        ("渡邊", "渡辺"),
        ("齋藤", "斎藤"),
        ("佐藤 花子", "佐藤花子"),
        ("Web会議", "ＷＥＢ会議"),
        ("葛\U000e0100城", "葛城"),
    ],
)
def test_two_ways_to_write_a_name_are_found_as_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("ささき", "さざき"), ("高橋", "高崎"), ("会議1", "会議2")])
def test_different_names_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(alphabet=st.characters()))
def test_what_is_kept_stays_as_it_is_when_it_is_kept_again(typed: str) -> None:
    assert normalise(normalise(typed)) == normalise(typed)


@given(st.text(alphabet=st.characters()))
def test_the_form_for_finding_is_its_own_form(typed: str) -> None:
    assert fold(fold(typed)) == fold(typed)


@given(st.text(alphabet=st.characters()))
def test_how_it_was_kept_does_not_matter_for_finding(typed: str) -> None:
    assert fold(normalise(typed)) == fold(typed)


@given(st.text(alphabet=st.characters()))
def test_nothing_kept_hides_or_reorders_its_neighbours(typed: str) -> None:
    kept = normalise(typed)
    assert not [each for each in kept if each in "\u200b\u202a\u202b\u202c\u202d\u202e\u2066\u2069\ufeff"]
    assert not [
        each for each in kept if unicodedata.category(each) == "Cs" or (ord(each) < 32 and each not in "\n\t")
    ]
    kept.encode("utf-8")
