"""One ready-made call for every operation of the house, in a little town where it can succeed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from mikage.access import services as access
from mikage.access.actor import SYSTEM, Actor
from mikage.access.models import FunctionRule
from mikage.access.rights import rights_version
from mikage.directory import services as directory
from mikage.directory.choices import ImportState
from mikage.directory.models import Group, ImportRun, Post
from mikage.directory.policies.runs import Uploaded
from mikage.directory.policies.sheets import OrganisationRow
from mikage.directory.tests.factories import Cast, make_group, make_person, make_position
from mikage.identity import policies as identity_policies
from mikage.identity import services as identity
from mikage.identity.models import Account, LoginSession
from mikage.identity.tests.factories import actor_of, make_account, open_login_session
from mikage.kernel import clock
from mikage.live import services as live
from mikage.schedule import services as schedule
from mikage.schedule.models import Entry
from mikage.schedule.policies import Draft

PASSWORD = "海辺の町で魚を釣った七月の朝"
NEW_PASSWORD = "山の上から見た八月の雲の形"
SHEET = "組織コード,上位組織コード,組織名,略称,組織名カナ,建制順\r\n100000,,御影市,,,1\r\n".encode()


@dataclass
class Town:
    """The town before the call: its people, an account that is signed in, and the day."""

    cast: Cast
    today: date

    def owner(self) -> Actor:
        return actor_of(self.cast.owner)

    def account(self) -> Account:
        return make_account(self.cast.owner)

    def signed_in(self) -> Actor:
        session, _key = open_login_session(self.cast.owner)
        return identity_policies.actor_for(session, rights_version=rights_version(), terminal="127.0.0.1")

    def with_password(self) -> Actor:
        code = identity.issue_code(SYSTEM, account=self.account())
        login = self.account().login
        identity.set_first_password(Actor(kind="anonymous"), login=login, code=code, password=PASSWORD)
        return self.signed_in()

    def draft(self, **changes: Any) -> Draft:
        values: dict[str, Any] = {
            "starts_at": clock.at(self.today, 9),
            "ends_at": clock.at(self.today, 10),
            "title": "打合せ",
            "participants": (self.cast.owner.pk, self.cast.colleague.pk),
            "organisations": (self.cast.city.roads_division.pk,),
        }
        return Draft(**values | changes)

    def entry(self) -> Entry:
        return schedule.add_entry(self.owner(), draft=self.draft())

    def deleted_entry(self) -> Entry:
        entry = self.entry()
        return schedule.delete_entry(self.owner(), entry=entry, version=entry.version)

    def forgotten_entry(self) -> None:
        entry = self.deleted_entry()
        Entry.objects.filter(pk=entry.pk).update(deleted_at=clock.now() - timedelta(days=31))

    def group(self) -> Group:
        return make_group("防災担当", [self.cast.owner])

    def run(self, state: ImportState = ImportState.PREPARED) -> ImportRun:
        run = directory.prepare_import(SYSTEM, files=uploaded(), on=self.today)
        ImportRun.objects.filter(pk=run.pk).update(state=state)
        return ImportRun.objects.get(pk=run.pk)

    def post(self) -> Post:
        return Post.objects.get(person=self.cast.owner)

    def session(self) -> LoginSession:
        return open_login_session(self.cast.owner)[0]

    def somebody_leaving(self) -> None:
        person = make_person("去年 去", "きょねん さる")
        type(person).objects.filter(pk=person.pk).update(leaves_on=self.today)


def uploaded() -> Uploaded:
    return Uploaded(organisations=SHEET)


# What is called, and how: made anew before each call.
Prepared = tuple[Actor, dict[str, Any]]
Call = tuple[Callable[..., Any], Callable[[Town], Prepared]]


def _first_password(town: Town) -> Prepared:
    code = identity.issue_code(SYSTEM, account=town.account())
    return Actor(kind="anonymous"), {"login": town.account().login, "code": code, "password": PASSWORD}


def _sign_in(town: Town) -> Prepared:
    town.with_password()
    actor = Actor(kind="anonymous", terminal="10.0.0.1")
    return actor, {"login": town.account().login, "password": PASSWORD}


def _other_password(town: Town) -> Prepared:
    return town.with_password(), {"current": PASSWORD, "password": NEW_PASSWORD}


def _session_from_elsewhere(town: Town) -> Prepared:
    return town.signed_in(), {"session": town.session()}


def _rule(town: Town) -> Prepared:
    rule = FunctionRule.objects.create(function="schedule.use", audience=["all"])
    return SYSTEM, {"rule": rule}


def _rows(town: Town) -> Prepared:
    row = OrganisationRow(2, "100000", "", "御影市", "", "", 1)
    return SYSTEM, {"organisations": [row], "people": [], "posts": [], "on": town.today + timedelta(days=1)}


def _purge(town: Town) -> Prepared:
    town.forgotten_entry()
    return SYSTEM, {}


def _leaving(town: Town) -> Prepared:
    town.somebody_leaving()
    return SYSTEM, {}


def _others(town: Town) -> Prepared:
    town.session()
    return town.signed_in(), {}


def _entry(town: Town, **more: Any) -> Prepared:
    entry = town.entry()
    return town.owner(), {"entry": entry, **more}


def _move(town: Town) -> Prepared:
    actor, values = _entry(town, version=1)
    people = {
        "from_subject": f"person:{town.cast.colleague.pk}",
        "to_subject": f"person:{town.cast.head.pk}",
    }
    moments = {"starts_at": clock.at(town.today, 13), "ends_at": clock.at(town.today, 14)}
    return actor, values | people | moments


CALLS: list[Call] = [
    (access.allow_function, lambda _town: (SYSTEM, {"function": "schedule.use", "audience": ["all"]})),
    (access.withdraw_function, _rule),
    (directory.add_group, lambda t: (SYSTEM, {"name": "広報", "people": [t.cast.owner], "on": t.today})),
    (directory.rename_group, lambda t: (SYSTEM, {"group": t.group(), "name": "別名"})),
    (
        directory.put_into_group,
        lambda t: (SYSTEM, {"group": t.group(), "people": [t.cast.head], "on": t.today}),
    ),
    (
        directory.take_out_of_group,
        lambda t: (SYSTEM, {"group": t.group(), "people": [t.cast.owner], "on": t.today}),
    ),
    (directory.end_group, lambda t: (SYSTEM, {"group": t.group()})),
    (
        directory.add_organisation,
        lambda t: (SYSTEM, {"code": "990", "name": "新設課", "parent": t.cast.city.top, "on": t.today}),
    ),
    (
        directory.change_organisation,
        lambda t: (SYSTEM, {"organisation": t.cast.city.section, "name": "改称"}),
    ),
    (
        directory.move_organisation,
        lambda t: (
            SYSTEM,
            {"organisation": t.cast.city.section, "parent": t.cast.city.roads_bureau, "on": t.today},
        ),
    ),
    (
        directory.end_organisation,
        lambda t: (SYSTEM, {"organisation": directory.add_organisation(
            SYSTEM, code="991", name="短命課", parent=t.cast.city.top, on=t.today
        ), "on": t.today + timedelta(days=9)}),
    ),
    (directory.add_position, lambda _t: (SYSTEM, {"code": "sanji", "name": "参事", "rank": 150})),
    (
        directory.change_position,
        lambda _t: (
            SYSTEM,
            {"position": make_position("kacho"), "name": "室長", "rank": 300, "official_order": 3},
        ),
    ),
    (
        directory.add_person,
        lambda _t: (SYSTEM, {"number": "777001", "family_name": "新人", "family_kana": "しんじん"}),
    ),
    (directory.change_person, lambda t: (SYSTEM, {"person": t.cast.owner, "extension": "9999"})),
    (directory.end_person, lambda t: (SYSTEM, {"person": t.cast.owner, "on": t.today})),
    (directory.end_people_who_left, _leaving),
    (
        directory.give_post,
        lambda t: (
            SYSTEM,
            {
                "person": t.cast.owner,
                "organisation": t.cast.city.roads_division,
                "position": make_position("shuji"),
                "on": t.today,
            },
        ),
    ),
    (directory.end_post, lambda t: (SYSTEM, {"post": t.post(), "on": t.today})),
    (directory.import_directory, _rows),
    (directory.prepare_import, lambda t: (SYSTEM, {"files": uploaded(), "on": t.today})),
    (directory.start_import, lambda t: (SYSTEM, {"run": t.run()})),
    (directory.discard_import, lambda t: (SYSTEM, {"run": t.run()})),
    (directory.fail_import, lambda t: (SYSTEM, {"run_id": t.run(ImportState.RUNNING).pk})),
    (directory.note_choices, lambda t: (t.owner(), {"chosen": [f"person:{t.cast.head.pk}"]})),
    (
        identity.open_account,
        lambda t: (SYSTEM, {"person_id": t.cast.head.pk, "login": "head"}),
    ),
    (identity.issue_code, lambda t: (SYSTEM, {"account": t.account()})),
    (identity.suspend_account, lambda t: (SYSTEM, {"account": t.session().account})),
    (identity.resume_account, lambda t: (SYSTEM, {"account": t.account()})),
    (identity.end_account_sessions, lambda t: (SYSTEM, {"account": t.session().account})),
    (identity.release_lock, lambda t: (SYSTEM, {"account": t.account()})),
    (
        identity.change_settings,
        lambda t: (
            t.signed_in(),
            {"language": "en", "text_size": "large", "theme": "dark", "has_shortcuts": False},
        ),
    ),
    (identity.set_first_password, _first_password),
    (identity.change_password, _other_password),
    (identity.sign_in, _sign_in),
    (identity.sign_out, lambda t: (t.signed_in(), {})),
    (identity.extend_session, lambda t: (t.signed_in(), {})),
    (identity.end_session, _session_from_elsewhere),
    (identity.end_other_sessions, _others),
    (identity.prune_sessions, lambda _t: (SYSTEM, {})),
    (live.prune_events, lambda _t: (SYSTEM, {})),
    (schedule.add_entry, lambda t: (t.owner(), {"draft": t.draft()})),
    (
        schedule.add_entries,
        lambda t: (SYSTEM, {"drafts": [(t.cast.owner.pk, t.draft()), (t.cast.head.pk, t.draft())]}),
    ),
    (schedule.copy_entry, lambda t: _entry(t, draft=t.draft(title="写し"))),
    (
        schedule.change_entry,
        lambda t: _entry(t, version=1, draft=t.draft(title="別件", participants=(t.cast.owner.pk,))),
    ),
    (schedule.move_entry, _move),
    (schedule.delete_entry, lambda t: _entry(t, version=1)),
    (schedule.restore_entry, lambda t: (t.owner(), {"entry": t.deleted_entry()})),
    (schedule.purge_entries, _purge),
    (schedule.note_organisation, lambda t: (t.owner(), {"organisation": t.cast.city.section})),
    (
        schedule.keep_organisation,
        lambda t: (t.owner(), {"organisation": t.cast.city.section, "is_favourite": True}),
    ),
]  # fmt: skip
# Written without this table, each with its reason.
ELSEWHERE = {
    # Tells its progress on a connection of its own, so it needs committed rows; its parts are above.
    "run_import": "mikage/directory/tests/test_imports.py",
}
