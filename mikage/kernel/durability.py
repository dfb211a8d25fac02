"""What any database must promise before it may hold a record: a write that was confirmed stays (TR-J2)."""

import psycopg
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Setting, accepted values, sentence.
PROMISES: list[tuple[str, set[str], Promise | str]] = [
    ("fsync", {"on"}, _("fsync is off: a power cut may destroy the database.")),
    (
        "synchronous_commit",
        {"on", "remote_write", "remote_apply"},
        _("synchronous_commit is off: what was confirmed to a person may be lost."),
    ),
    ("full_page_writes", {"on"}, _("full_page_writes is off: a power cut may tear pages of the database.")),
    ("data_sync_retry", {"off"}, _("data_sync_retry is on: a failed write may be taken for a written one.")),
    ("data_checksums", {"on"}, _("Data checksums are off: a damaged page would go unnoticed.")),
    ("server_encoding", {"UTF8"}, _("The database is not encoded in UTF-8.")),
]


def broken_promises(connection: psycopg.Connection[tuple[object, ...]]) -> list[Promise | str]:
    """What the database fails to promise, as sentences; empty when committed data is safe (TR-J2)."""
    broken = []
    for name, accepted, sentence in PROMISES:
        row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
        if row is None or row[0] not in accepted:
            broken.append(sentence)
    return broken + _wrong_letters(connection)


def _wrong_letters(connection: psycopg.Connection[tuple[object, ...]]) -> list[Promise | str]:
    """Letters are known beyond ASCII, and order is the same on every machine: by code point."""
    # Seen by behaviour, because providers and names of the same locale differ between versions.
    row = connection.execute(
        r"SELECT 'ア' ~ '^\w$' AND upper('é') = 'É' AND lower('Ａ') = 'ａ', 'B' < 'a' AND 'ん' < 'ア'"
    ).fetchone()
    knows_letters, has_stable_order = row if row else (False, False)
    broken: list[Promise | str] = []
    if not knows_letters:
        broken.append(_("The database does not know Japanese letters: create it with the locale C.UTF-8."))
    if not has_stable_order:
        broken.append(_("The database sorts by a language of the system: create it with the locale C.UTF-8."))
    return broken


def check(dsn: str) -> list[Promise | str]:
    """The broken promises of the database at this address; an address that does not answer is one too."""
    try:
        with psycopg.connect(dsn, autocommit=True, connect_timeout=5) as connection:
            return broken_promises(connection)
    except psycopg.OperationalError:
        return [_("The database does not answer.")]
