"""Accounts for the cast and a few others, opened the way the desk does it: a code first, then a password.

The passwords are drawn for this installation alone and stand in one file that only its owner can read.
"""

import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from demo.staff import CAST, Member
from mikage.access.actor import SYSTEM, Actor
from mikage.identity import services
from mikage.identity.choices import AccountKind

FILE_NAME = "demo-accounts.json"
# What each of the cast shows, in the words of the sign-in sheet.
SHOWS = {
    "owner": "予定の持ち主。非公開の予定を一件持っています。",
    "colleague": "佐藤さんと同じ係。所属までの公開範囲が見えます。",
    "head": "佐藤さんの係長。係の予定を確かめます。",
    "outsider": "別の局の職員。非公開の予定は「予定あり」だけが見えます。",
    "handler": "総務事務センターの照会担当。",
    "maintenance": "保守の担当。予定や伝言の中身は見えません。",
    "auditor": "監査の担当。",
    "administrator": "窓口と管理の担当。組織・職員・利用者・権限を扱います。",
}
WORDS = [
    "asagao", "botan", "cosmos", "dahlia", "enoki", "fuji", "hagi", "ibuki", "kaede", "matsu", "nadeshiko",
    "ran", "sakura", "tsubaki", "ume", "wakaba", "yuri",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """One account as the sheet lists it."""

    login: str
    password: str
    name: str
    role: str
    shows: str


def draw_password() -> str:
    """Three words and a number: easy to type from a sheet, and nobody guesses it (over 50 bits)."""
    words = [secrets.choice(WORDS) for _place in range(3)]
    return "-".join([*words, f"{secrets.randbelow(10**8):08}", secrets.token_hex(2)])


def open_accounts(
    cast: Iterable[tuple[str, Member, int]], others: Iterable[tuple[Member, int]], *, terminal: str
) -> list[Opened]:
    """Open an account for each, with a password set by its one-time code (A-01)."""
    logins = {part.role: part.login for part in CAST}
    found = [
        _open(person_id, logins[role], member, role=role, shows=SHOWS[role], terminal=terminal)
        for role, member, person_id in cast
    ]
    for member, person_id in others:
        found.append(_open(person_id, member.number, member, role="", shows="", terminal=terminal))
    return found


def _open(person_id: int, login: str, member: Member, *, role: str, shows: str, terminal: str) -> Opened:
    kind = AccountKind.ORGANISATION if member.is_organisation else AccountKind.STAFF
    account = services.open_account(SYSTEM, person_id=person_id, login=login, kind=kind)
    code = services.issue_code(SYSTEM, account=account)
    password = draw_password()
    newcomer = Actor(kind="anonymous", terminal=terminal)
    if services.set_first_password(newcomer, login=login, code=code, password=password) is None:
        raise RuntimeError("a code just issued was not accepted")
    name = f"{member.name.family} {member.name.given}".strip()
    return Opened(login=login, password=password, name=name, role=role, shows=shows)


def write_sheet(home: Path, accounts: Iterable[Opened]) -> Path:
    """The sheet of accounts, readable by the owner of the installation alone."""
    path = home / FILE_NAME
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    rows = [asdict(account) for account in accounts]
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path
