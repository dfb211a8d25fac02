"""The three CSV files of the directory: their columns, how a file is read, and how one is written.

Errors say the line and the column in words. Cells that a spreadsheet would run as a formula are written
with an apostrophe before them, which reading takes away again.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Generic, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mikage.directory.choices import PersonKind, PostKind
from mikage.directory.models import CODE_PATTERN, POSITION_CODE_PATTERN
from mikage.kernel.text import normalise

MOST_LINES = 100_000
LARGEST_FILE = 40 * 1024 * 1024
FILE_NAMES = {"organisations": "組織.csv", "people": "職員.csv", "posts": "発令.csv"}
_FORMULA = re.compile(r"'*[=+\-@\t＝＋－＠]")
_GUARDED = re.compile(r"'+[=+\-@\t＝＋－＠]")


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong, where: line 1 holds the headings, and an empty column means the whole line."""

    sheet: str
    line: int
    column: str
    message: str | Promise

    @property
    def file_name(self) -> str:
        """The file as people know it."""
        return FILE_NAMES[self.sheet]


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """One organisation as a line of 組織.csv."""

    line: int
    code: str
    parent_code: str
    name: str
    short_name: str
    kana: str
    official_order: int


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person as a line of 職員.csv."""

    line: int
    number: str
    kind: str
    family_name: str
    given_name: str
    family_kana: str
    given_kana: str
    extension: str
    room: str
    email: str


@dataclass(frozen=True, slots=True)
class PostRow:
    """One post as a line of 発令.csv; its position travels with it."""

    line: int
    number: str
    organisation_code: str
    position_code: str
    position_name: str
    rank: int
    position_order: int
    kind: str


Row = TypeVar("Row", OrganisationRow, PersonRow, PostRow)


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, the field it fills, and what may stand below it."""

    heading: str
    field: str
    longest: int
    is_required: bool = False
    pattern: str = ""
    words: tuple[tuple[str, str], ...] = ()
    is_number: bool = False
    largest: int = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Sheet(Generic[Row]):
    """One of the three files."""

    name: str
    file_name: str
    label: str | Promise
    row: type[Row]
    columns: tuple[Column, ...]


KIND_WORDS = (("職員", PersonKind.STAFF.value), ("組織アカウント", PersonKind.ORGANISATION.value))
POST_WORDS = (("本務", PostKind.MAIN.value), ("兼務", PostKind.CONCURRENT.value))

ORGANISATIONS = Sheet(
    name="organisations",
    file_name=FILE_NAMES["organisations"],
    label=_("Organisations"),
    row=OrganisationRow,
    columns=(
        Column("組織コード", "code", 30, is_required=True, pattern=CODE_PATTERN),
        Column("上位組織コード", "parent_code", 30),
        Column("組織名", "name", 100, is_required=True),
        Column("略称", "short_name", 50),
        Column("組織名カナ", "kana", 200),
        Column("建制順", "official_order", 10, is_number=True),
    ),
)
PEOPLE = Sheet(
    name="people",
    file_name=FILE_NAMES["people"],
    label=_("People"),
    row=PersonRow,
    columns=(
        Column("職員番号", "number", 30, is_required=True, pattern=CODE_PATTERN),
        Column("区分", "kind", 20, words=KIND_WORDS),
        Column("姓", "family_name", 100, is_required=True),
        Column("名", "given_name", 100),
        Column("姓カナ", "family_kana", 100),
        Column("名カナ", "given_kana", 100),
        Column("内線", "extension", 30),
        Column("場所", "room", 100),
        Column("メールアドレス", "email", 200),
    ),
)
POSTS = Sheet(
    name="posts",
    file_name=FILE_NAMES["posts"],
    label=_("Posts"),
    row=PostRow,
    columns=(
        Column("職員番号", "number", 30, is_required=True, pattern=CODE_PATTERN),
        Column("組織コード", "organisation_code", 30, is_required=True, pattern=CODE_PATTERN),
        Column("職コード", "position_code", 31, pattern=POSITION_CODE_PATTERN),
        Column("職名", "position_name", 50),
        Column("職位", "rank", 5, is_number=True, largest=32_000),
        Column("職の建制順", "position_order", 10, is_number=True),
        Column("本務兼務", "kind", 10, words=POST_WORDS),
    ),
)


def read_sheet(sheet: Sheet[Row], data: bytes) -> tuple[list[Row], list[RowError]]:
    """The rows of a file and everything wrong in it. UTF-8 (with or without BOM) and CP932 are read."""
    if len(data) > LARGEST_FILE:
        return [], [RowError(sheet.name, 1, "", _("The file is larger than 40 MB."))]
    text = _decode(data)
    if text is None:
        return [], [RowError(sheet.name, 1, "", _("The file is neither UTF-8 nor Shift_JIS (CP932) text."))]
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""))
    try:
        headings = [_clean(cell) for cell in next(reader, [])]
        errors = _heading_errors(sheet, headings)
        if errors:
            return [], errors
        return _read_rows(sheet, headings, reader)
    except csv.Error:
        return [], [RowError(sheet.name, reader.line_num, "", _("This line cannot be read as CSV."))]


def _decode(data: bytes) -> str | None:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _clean(cell: str) -> str:
    """A cell in its stored form: one line, NFKC, trimmed, without the apostrophe that guards formulas."""
    text = " ".join(normalise(cell).split())
    return text[1:] if _GUARDED.match(text) else text


def guard(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if _FORMULA.match(value) else value


def _heading_errors(sheet: Sheet[Row], headings: Sequence[str]) -> list[RowError]:
    known = {column.heading: column for column in sheet.columns}
    errors = [
        RowError(sheet.name, 1, heading, _("There is no such column in this file."))
        for heading in headings
        if heading not in known
    ]
    errors += [
        RowError(sheet.name, 1, heading, _("This column appears twice."))
        for heading in sorted({heading for heading in headings if headings.count(heading) > 1})
    ]
    errors += [
        RowError(sheet.name, 1, heading, _("This column is missing."))
        for heading, column in known.items()
        if column.is_required and heading not in headings
    ]
    return errors


def _read_rows(
    sheet: Sheet[Row], headings: Sequence[str], lines: Iterable[list[str]]
) -> tuple[list[Row], list[RowError]]:
    rows: list[Row] = []
    errors: list[RowError] = []
    for line, cells in enumerate(lines, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if line > MOST_LINES + 1:
            errors.append(RowError(sheet.name, line, "", _("A file may have 100,000 lines at most.")))
            break
        if len(cells) > len(headings):
            errors.append(
                RowError(sheet.name, line, "", _("This line has more cells than there are columns."))
            )
            continue
        values, wrong = _read_cells(sheet, line, dict(zip(headings, map(_clean, cells), strict=False)))
        errors += wrong
        if not wrong:
            rows.append(sheet.row(line=line, **values))  # type: ignore[arg-type]
    return rows, errors


def _read_cells(
    sheet: Sheet[Row], line: int, cells: dict[str, str]
) -> tuple[dict[str, str | int], list[RowError]]:
    values: dict[str, str | int] = {}
    errors: list[RowError] = []
    for column in sheet.columns:
        try:
            values[column.field] = _read_cell(column, cells.get(column.heading, ""))
        except ValueError as error:
            errors.append(RowError(sheet.name, line, column.heading, error.args[0]))
    return values, errors


def _read_cell(column: Column, text: str) -> str | int:
    """The value of a cell. Raises ValueError whose argument is the sentence for the person."""
    if not text:
        if column.is_required:
            raise ValueError(_("This must be filled in."))
        if column.is_number:
            return 0
        return column.words[0][1] if column.words else ""
    if len(text) > column.longest:
        raise ValueError(_("This is too long."))
    if column.is_number:
        if not (text.isascii() and text.isdigit() and int(text) <= column.largest):
            raise ValueError(_("Write a whole number that is not too large."))
        return int(text)
    if column.words:
        words = dict(column.words)
        if text not in words:
            raise ValueError(_("Write one of the words that the handbook lists for this column."))
        return words[text]
    # Codes of positions are part of subject keys, which know small letters only.
    text = text.lower() if column.pattern == POSITION_CODE_PATTERN else text
    if column.pattern and re.fullmatch(column.pattern, text) is None:
        raise ValueError(_("Only half-width letters, digits and hyphens may stand here."))
    return text


def write_sheet(sheet: Sheet[Row], rows: Iterable[Row]) -> bytes:
    """The rows as a file that reads back as the same rows: UTF-8 with BOM, so that Excel shows it right."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([column.heading for column in sheet.columns])
    for row in rows:
        values = asdict(row)
        writer.writerow([guard(_written(column, values[column.field])) for column in sheet.columns])
    return out.getvalue().encode("utf-8-sig")


def _written(column: Column, value: str | int) -> str:
    words = {code: word for word, code in column.words}
    return words.get(str(value), str(value))
