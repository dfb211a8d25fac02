"""Subject keys are built from ids and read back as they were; nothing else passes for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikage.access import keys

IDS = st.integers(min_value=1, max_value=10**17)
KEYS = st.one_of(
    st.just(keys.ALL),
    IDS.map(keys.person),
    IDS.map(keys.org),
    IDS.map(keys.under),
    IDS.map(keys.group),
    st.from_regex(r"[a-z0-9][a-z0-9-]{0,30}", fullmatch=True).map(keys.post),
)


@given(KEYS)
def test_every_key_we_build_is_one(key: str) -> None:
    assert keys.is_key(key)
    assert len(key) <= 40
    kind, value = keys.parse(key)
    assert (f"{kind}:{value}" if value else kind) == key


@pytest.mark.requirement("TR-D13")
@pytest.mark.parametrize(
    "text",
    [
        "", "person:", "person:0", "person:-1", "person:01", "person: 1", "person:1 ", "person:1\n",
        "person:１", "person:٣", "Person:1", "PERSON:1", "all ", "ALL", "all:1", "user:1", "org:1;all",
        "post:Mayor", "post:", "person:佐藤", "post:-x", "person:" + "9" * 19,
    ],
)  # fmt: skip
def test_nothing_that_only_looks_like_a_key_is_one(text: str) -> None:
    assert not keys.is_key(text)
    with pytest.raises(ValueError, match="not a subject key"):
        keys.parse(text)


@given(st.text(max_size=45))
def test_any_text_is_a_key_or_refused(text: str) -> None:
    if keys.is_key(text):
        assert keys.parse(text).kind in {"all", "person", "org", "under", "post", "group"}
        assert text.isascii()
    else:
        with pytest.raises(ValueError, match="not a subject key"):
            keys.parse(text)


@given(st.lists(KEYS))
def test_an_audience_has_one_form(chosen: list[str]) -> None:
    once = keys.canonical(chosen)
    assert keys.canonical(once) == once == sorted(set(once))
    assert keys.canonical(reversed(chosen)) == once
    assert once == ([keys.ALL] if keys.ALL in chosen else sorted(set(chosen)))


def test_an_audience_with_something_else_in_it_is_refused() -> None:
    with pytest.raises(ValueError, match="not a subject key"):
        keys.canonical(["person:1", "everybody"])
