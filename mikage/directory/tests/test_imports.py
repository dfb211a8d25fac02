"""Taking the directory over from files: what a file may say, and that all of it happens or nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from mikage.access.actor import SYSTEM, Actor
from mikage.directory import policies, services
from mikage.directory.models import Edge, Organisation, Person, Post
from mikage.directory.policies import sheets
from mikage.directory.policies.imports import Plan, plan_import, rows_of
from mikage.directory.policies.sheets import (
    ORGANISATIONS,
    PEOPLE,
    POSTS,
    OrganisationRow,
    PersonRow,
    PostRow,
    read_sheet,
    write_sheet,
)
from mikage.directory.tests.factories import cast_people
from mikage.journal.models import Record
from mikage.kernel.operations import Refused
from mikage.kernel.text import normalise

# Refusals are recorded on the connection of the journal.
stored = pytest.mark.django_db(databases=["default", "journal"])
DAY = date(2026, 11, 25)
NEXT = date(2027, 4, 1)
HEADING = "組織コード,上位組織コード,組織名,略称,組織名カナ,建制順\r\n"

ORGANISATION_ROWS = [
    OrganisationRow(2, "1000", "", "御影市", "", "みかげし", 1),
    OrganisationRow(3, "1100", "1000", "企画調整局", "企画局", "きかくちょうせいきょく", 2),
    OrganisationRow(4, "1110", "1100", "情報化戦略部", "", "", 3),
]
PERSON_ROWS = [
    PersonRow(2, "000001", "staff", "佐々木", "由美", "ささき", "ゆみ", "2101", "本庁舎6階", ""),
    PersonRow(3, "000002", "staff", "髙橋", "健", "たかはし", "けん", "2102", "", ""),
    PersonRow(4, "A1110", "organisation", "情報化戦略部", "", "", "", "2100", "", ""),
]
POST_ROWS = [
    PostRow(2, "000001", "1110", "bucho", "部長", 200, 2, "main"),
    PostRow(3, "000001", "1100", "shusa", "主査", 500, 5, "concurrent"),
    PostRow(4, "000002", "1110", "shuji", "主事", 600, 6, "main"),
    PostRow(5, "A1110", "1110", "", "", 0, 0, "main"),
]


def take_over(
    organisations: Sequence[OrganisationRow] | None = ORGANISATION_ROWS,
    people: Sequence[PersonRow] | None = PERSON_ROWS,
    posts: Sequence[PostRow] | None = POST_ROWS,
    on: date = DAY,
) -> Plan:
    return services.import_directory(SYSTEM, organisations=organisations, people=people, posts=posts, on=on)


def messages(plan: Plan) -> list[tuple[str, int, str, str]]:
    return [(error.sheet, error.line, error.column, str(error.message)) for error in plan.errors]


# -- what a file may look like ------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_file_is_read_in_each_encoding_offices_use(encoding: str) -> None:
    data = (HEADING + "1100,1000,企画調整局,企画局,ｷｶｸﾁｮｳｾｲｷｮｸ,２\r\n").encode(encoding)
    rows, errors = read_sheet(ORGANISATIONS, data)
    assert errors == []
    assert rows == [OrganisationRow(2, "1100", "1000", "企画調整局", "企画局", "キカクチョウセイキョク", 2)]


def test_a_file_in_another_encoding_is_refused_in_words() -> None:
    rows, errors = read_sheet(ORGANISATIONS, HEADING.encode("utf-16"))
    assert rows == []
    assert len(errors) == 1


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (",1000,企画調整局,,,1", "組織コード"),
        ("11 00,1000,企画調整局,,,1", "組織コード"),
        ("../etc,1000,企画調整局,,,1", "組織コード"),
        ("1100,1000,,,,1", "組織名"),
        (f"1100,1000,{'局' * 101},,,1", "組織名"),
        ("1100,1000,企画調整局,,,いち", "建制順"),
        ("1100,1000,企画調整局,,,-1", "建制順"),
        ("1100,1000,企画調整局,,,9999999999", "建制順"),
        ("1100,1000,企画調整局,,,1,余り", ""),
    ],
)
def test_a_mistake_is_told_with_its_line_and_column(line: str, column: str) -> None:
    rows, errors = read_sheet(ORGANISATIONS, (HEADING + "1000,,御影市,,,1\r\n" + line).encode())
    assert [(error.line, error.column) for error in errors] == [(3, column)]
    assert [row.code for row in rows] == ["1000"]


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("組織コード,建制順", "組織名"),
        ("組織コード,組織名,建制順番", "建制順番"),
        ("組織コード,組織コード,組織名", "組織コード"),
    ],
)
def test_a_heading_that_does_not_fit_is_named(heading: str, column: str) -> None:
    _rows, errors = read_sheet(ORGANISATIONS, heading.encode())
    assert [error.column for error in errors] == [column]


def test_words_for_kinds_are_those_of_the_handbook() -> None:
    heading = "職員番号,組織コード,職コード,本務兼務\r\n"
    rows, errors = read_sheet(POSTS, (heading + "1,10,KACHO,兼務\r\n2,10,,\r\n3,10,,本籍\r\n").encode())
    assert [(row.position_code, row.kind) for row in rows] == [("kacho", "concurrent"), ("", "main")]
    assert [(error.line, error.column) for error in errors] == [(4, "本務兼務")]


@pytest.mark.parametrize("cell", ["=1+1", "+81", "-", "@SUM(A1)", "'=x", "''+x"])
def test_no_cell_is_a_formula_for_a_spreadsheet(cell: str) -> None:
    row = replace(PERSON_ROWS[0], extension=cell)
    data = write_sheet(PEOPLE, [row])
    assert f",'{cell}," in data.decode("utf-8-sig")
    assert read_sheet(PEOPLE, data) == ([row], [])


LINE = (
    st.text(max_size=30)
    .map(lambda text: " ".join(normalise(text).split()))
    .filter(lambda text: " ".join(normalise(text).split()) == text and len(text) <= 30)
)
CODES = st.from_regex(r"[0-9A-Za-z][0-9A-Za-z_-]{0,9}", fullmatch=True)


@given(
    st.lists(
        st.builds(
            PersonRow,
            line=st.just(0),
            number=CODES,
            kind=st.sampled_from(["staff", "organisation"]),
            family_name=LINE.filter(bool),
            given_name=LINE,
            family_kana=LINE,
            given_kana=LINE,
            extension=LINE,
            room=LINE,
            email=LINE,
        ),
        max_size=5,
    )
)
@settings(deadline=None, max_examples=150)
def test_what_is_written_reads_back_the_same(rows: list[PersonRow]) -> None:
    numbered = [replace(row, line=line) for line, row in enumerate(rows, start=2)]
    assert read_sheet(PEOPLE, write_sheet(PEOPLE, numbered)) == (numbered, [])


# -- what an import does ------------------------------------------------------------------------


@stored
@pytest.mark.requirement("ORG-8")
def test_an_empty_directory_is_filled() -> None:
    plan = take_over()
    assert plan.counts() | {
        "people_added": 3,
        "posts_added": 4,
        "organisations_added": 3,
        "positions_added": 3,
    } == (plan.counts())
    person = Person.objects.get(number="000001")
    assert [str(post.organisation) for post in policies.posts_of(person.pk, DAY)] == [
        "情報化戦略部",
        "企画調整局",
    ]
    top = Organisation.objects.get(code="1000")
    assert policies.below(top.pk, DAY) == set(Organisation.objects.values_list("pk", flat=True))


@stored
def test_what_was_exported_changes_nothing_when_it_comes_back() -> None:
    cast_people()
    take = rows_of(DAY)
    files = [write_sheet(ORGANISATIONS, take[0]), write_sheet(PEOPLE, take[1]), write_sheet(POSTS, take[2])]
    organisations, people, posts = (
        read_sheet(ORGANISATIONS, files[0])[0],
        read_sheet(PEOPLE, files[1])[0],
        read_sheet(POSTS, files[2])[0],
    )
    plan = plan_import(organisations=organisations, people=people, posts=posts, on=DAY)
    assert plan.errors == []
    assert plan.total == 0


class TestRoundTrip(TestCase):
    """Any directory that files can describe is the same after export and import."""

    @given(st.data())
    @settings(deadline=None, max_examples=15)
    def test_a_directory_survives_export_and_import(self, data: st.DataObject) -> None:
        codes = data.draw(st.lists(CODES, unique_by=str.lower, min_size=1, max_size=5))
        organisations = [
            OrganisationRow(
                line,
                code,
                data.draw(st.sampled_from(["", *codes[: line - 2]])),
                data.draw(LINE.filter(bool)),
                data.draw(LINE),
                data.draw(LINE),
                data.draw(st.integers(0, 99)),
            )
            for line, code in enumerate(codes, start=2)
        ]
        numbers = data.draw(st.lists(CODES, unique_by=str.lower, max_size=5))
        people = [
            PersonRow(
                line, number, "staff", data.draw(LINE.filter(bool)), data.draw(LINE), "", "", "", "", ""
            )
            for line, number in enumerate(numbers, start=2)
        ]
        posts = [
            PostRow(line, number, data.draw(st.sampled_from(codes)), "kacho", "課長", 300, 3, "main")
            for line, number in enumerate(numbers, start=2)
        ]
        take_over(organisations, people, posts)
        first = rows_of(DAY)
        plan = take_over(*first)
        assert plan.total == 0
        assert rows_of(DAY) == first
        assert {row.code: row.parent_code for row in first[0]} == {
            row.code: row.parent_code for row in organisations
        }


@stored
def test_the_plan_says_what_would_change_and_changes_nothing() -> None:
    take_over()
    people = [replace(PERSON_ROWS[0], extension="9999"), PERSON_ROWS[2]]
    posts = [POST_ROWS[0], replace(POST_ROWS[1], kind="concurrent"), POST_ROWS[3]]
    before = rows_of(NEXT)
    plan = plan_import(organisations=ORGANISATION_ROWS, people=people, posts=posts, on=NEXT)
    assert {name: count for name, count in plan.counts().items() if count} == {
        "people_changed": 1,
        "people_ended": 1,
        "posts_ended": 1,
    }
    assert rows_of(NEXT) == before


@stored
@pytest.mark.requirement("ORG-9")
def test_what_changes_on_a_day_leaves_the_days_before_alone() -> None:
    take_over()
    before = rows_of(DAY)
    moved = [*ORGANISATION_ROWS[:2], replace(ORGANISATION_ROWS[2], parent_code="1000")]
    posts = [replace(POST_ROWS[0], organisation_code="1100"), *POST_ROWS[2:]]
    take_over(moved, PERSON_ROWS, posts, on=NEXT)
    assert rows_of(DAY) == before
    person = Person.objects.get(number="000001")
    post = policies.main_post(person.pk, NEXT)
    assert post is not None
    assert post.organisation.code == "1100"
    department = Organisation.objects.get(code="1110")
    assert [each.code for each in policies.above(department.pk, DAY)] == ["1000", "1100", "1110"]
    assert [each.code for each in policies.above(department.pk, NEXT)] == ["1000", "1110"]


@stored
def test_what_was_planned_for_a_later_day_stays_planned() -> None:
    take_over()
    later = [*ORGANISATION_ROWS[:2], replace(ORGANISATION_ROWS[2], parent_code="1000")]
    posts_later = [replace(POST_ROWS[0], organisation_code="1100"), *POST_ROWS[1:]]
    take_over(later, PERSON_ROWS, posts_later, on=NEXT)
    sooner = [replace(POST_ROWS[0], organisation_code="1000"), *POST_ROWS[1:]]
    take_over(ORGANISATION_ROWS, PERSON_ROWS, sooner, on=date(2027, 1, 1))
    person = Person.objects.get(number="000001")
    places = [policies.main_post(person.pk, day) for day in (DAY, date(2027, 1, 1), NEXT)]
    assert [post.organisation.code for post in places if post] == ["1110", "1000", "1100"]


@stored
@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"organisations": [*ORGANISATION_ROWS, replace(ORGANISATION_ROWS[2], line=5)]},
         ("organisations", 5, "組織コード")),
        ({"organisations": [*ORGANISATION_ROWS[:2], replace(ORGANISATION_ROWS[2], parent_code="77")]},
         ("organisations", 4, "上位組織コード")),
        ({"organisations": [replace(ORGANISATION_ROWS[0], parent_code="1110"), *ORGANISATION_ROWS[1:]]},
         ("organisations", 2, "上位組織コード")),
        ({"organisations": ORGANISATION_ROWS[:2]}, ("posts", 2, "組織コード")),
        ({"people": [*PERSON_ROWS, replace(PERSON_ROWS[0], line=5)]}, ("people", 5, "職員番号")),
        ({"people": PERSON_ROWS[1:]}, ("posts", 2, "職員番号")),
        ({"posts": [*POST_ROWS, replace(POST_ROWS[0], line=6, organisation_code="1000")]},
         ("posts", 6, "本務兼務")),
        ({"posts": [*POST_ROWS, replace(POST_ROWS[1], line=6)]}, ("posts", 6, "")),
        ({"posts": [*POST_ROWS[:2], replace(POST_ROWS[2], position_name="")]}, ("posts", 4, "職名")),
        ({"posts": [POST_ROWS[0], replace(POST_ROWS[2], position_code="bucho")]}, ("posts", 4, "職名")),
    ],
)  # fmt: skip
def test_files_that_contradict_themselves_are_refused_whole(
    files: dict[str, list[OrganisationRow] | list[PersonRow] | list[PostRow]], expected: tuple[str, int, str]
) -> None:
    with pytest.raises(services.NotImportable) as refusal:
        take_over(**files)  # type: ignore[arg-type]
    assert expected in [message[:3] for message in messages(refusal.value.plan)]
    assert not Organisation.objects.exists()
    assert not Person.objects.exists()
    attempts = Record.objects.using("journal").values_list("action", "outcome")
    assert list(attempts) == [("directory.import.applied", "refused")]


@stored
def test_an_organisation_with_people_cannot_vanish_from_the_file() -> None:
    take_over()
    with pytest.raises(services.NotImportable) as refusal:
        take_over(ORGANISATION_ROWS[:2], None, None, on=NEXT)
    assert messages(refusal.value.plan)[0][2] == "1110"


@stored
def test_a_failure_in_the_middle_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(done: int, total: int) -> None:
        if done > 6:
            raise Refused("stopped")

    with pytest.raises(Refused):
        services.import_directory(
            SYSTEM,
            organisations=ORGANISATION_ROWS,
            people=PERSON_ROWS,
            posts=POST_ROWS,
            on=DAY,
            progress=stumble,
        )
    assert not Organisation.objects.exists()
    assert not Person.objects.exists()
    assert not Edge.objects.exists()


@stored
def test_every_changed_thing_has_its_record_and_the_import_one_with_counts() -> None:
    take_over()
    actions = list(Record.objects.values_list("action", flat=True))
    assert actions.count("directory.person.added") == 3
    assert actions.count("directory.post.given") == 4
    assert actions.count("directory.organisation.added") == 3
    last = Record.objects.get(action="directory.import.applied")
    assert last.details["people_added"] == 3


@stored
def test_progress_reaches_the_whole() -> None:
    told: list[tuple[int, int]] = []
    services.import_directory(
        SYSTEM,
        organisations=ORGANISATION_ROWS,
        people=PERSON_ROWS,
        posts=POST_ROWS,
        on=DAY,
        progress=lambda done, total: told.append((done, total)),
    )
    assert told[-1] == (13, 13)
    assert [done for done, _total in told] == sorted(done for done, _total in told)


@stored
@pytest.mark.requirement("TR-C4")
def test_whoever_receives_the_number_of_a_former_person_is_somebody_else() -> None:
    take_over()
    former = Person.objects.get(number="000002")
    take_over(None, [PERSON_ROWS[0], PERSON_ROWS[2]], None)
    take_over(None, [*PERSON_ROWS[:1], replace(PERSON_ROWS[1], family_name="田中"), PERSON_ROWS[2]], None)
    holder = Person.objects.get(number="000002", is_active=True)
    assert holder.pk != former.pk
    assert not Post.objects.filter(person=holder).exists()


@stored
def test_a_person_left_out_by_mistake_comes_back_as_themselves() -> None:
    take_over()
    person = Person.objects.get(number="000002")
    take_over(None, [PERSON_ROWS[0], PERSON_ROWS[2]], None)
    person.refresh_from_db()
    assert not person.is_active
    assert policies.keys_of(person.pk, DAY) == frozenset()
    take_over()
    again = Person.objects.get(pk=person.pk)
    assert again.is_active
    assert again.leaves_on is None
    assert policies.main_post(person.pk, DAY) is not None


@stored
def test_only_those_who_keep_the_directory_import() -> None:
    with pytest.raises(Refused):
        services.import_directory(
            Actor.of(1, functions={"directory.use"}), organisations=[], people=None, posts=None, on=DAY
        )


def test_every_column_of_a_file_fills_a_field() -> None:
    for sheet in (sheets.ORGANISATIONS, sheets.PEOPLE, sheets.POSTS):
        fields = {column.field for column in sheet.columns} | {"line"}
        assert fields == set(sheet.row.__dataclass_fields__)
