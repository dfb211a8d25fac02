"""Faults somebody could make in one line, each with the tests that must turn red; the list grows."""

from typing import NamedTuple


class Fault(NamedTuple):
    """What goes wrong, in which file, which text stands there, what stands there instead, who must notice."""

    name: str
    file: str
    right: str
    wrong: str
    noticed_by: tuple[str, ...]


KERNEL, ACCESS, JOURNAL = "mikage/kernel/tests", "mikage/access/tests", "mikage/journal/tests"
LIVE = "tests/laws/test_live_is_fresh.py::test_whose_board_changed_was_told_and_whoever_was_not_sees_the_same"
DIRECTORY, IDENTITY, SCHEDULE = "mikage/directory/tests", "mikage/identity/tests", "mikage/schedule/tests"

FAULTS = [
    Fault(
        "a door stands open",
        "mikage/kernel/doors.py",
        "if not staff_request.actor.may(key):",
        "if not key:",
        (f"{KERNEL}/test_doors.py",),
    ),
    Fault(
        "a change needs no record",
        "mikage/kernel/operations.py",
        "if (_records_written.get() or 0) == before:",
        "if False:",
        (f"{KERNEL}/test_operations.py::test_a_change_without_a_record_is_undone",),
    ),
    Fault(
        "an operation has no transaction of its own",
        "mikage/kernel/operations.py",
        "with _Attempt(actor, action), transaction.atomic(durable=True):",
        "with _Attempt(actor, action):",
        (f"{KERNEL}/test_operations.py::test_a_change_without_a_record_is_undone",),
    ),
    Fault(
        "a refusal is recorded as a failure",
        "mikage/kernel/operations.py",
        "if isinstance(error, Refused):",
        "if isinstance(error, Conflict):",
        (f"{KERNEL}/test_operations.py", f"{JOURNAL}/test_journal.py"),
    ),
    Fault(
        "personal answers may be kept on the way",
        "mikage/kernel/middleware.py",
        'response["Cache-Control"] = "private, no-store"',
        'response["Cache-Control"] = "public, max-age=60"',
        (f"{IDENTITY}/test_sessions.py::test_no_personal_answer_may_be_kept_on_the_way",),
    ),
    Fault(
        "full width is not the same as half width",
        "mikage/kernel/text.py",
        'return _CONTROL.sub("", unicodedata.normalize("NFKC", text)).strip()',
        'return _CONTROL.sub("", text).strip()',
        (f"{KERNEL}/test_text.py",),
    ),
    Fault(
        "April belongs to the old fiscal year",
        "mikage/kernel/dates.py",
        "day.month >= 4",
        "day.month > 4",
        (f"{KERNEL}/test_dates.py",),
    ),
    Fault(
        "the journal takes content",
        "mikage/journal/journal.py",
        "if not (is_code or isinstance(value, int)):",
        "if value is None:",
        (f"{JOURNAL}/test_journal.py",),
    ),
    Fault(
        "an access record holds the query",
        "mikage/journal/middleware.py",
        'target=_ids(match.kwargs) if match else "",',
        "target=request.get_full_path(),",
        ("tests/laws/test_silent_records.py",),
    ),
    Fault(
        "a text that begins like a key is one",
        "mikage/access/keys.py",
        "_KEY.fullmatch(text)",
        "_KEY.match(text)",
        (f"{ACCESS}/test_keys.py",),
    ),
    Fault(
        "a rule opens to everybody",
        "mikage/access/policies.py",
        "_in_force(on or clock.today()).filter(audience__overlap=list(keys))",
        "_in_force(on or clock.today())",
        (f"{ACCESS}/test_rules.py",),
    ),
    Fault(
        "the plane of the network does not matter",
        "mikage/access/policies.py",
        "if rule.planes and plane not in rule.planes:",
        "if rule.planes and not plane:",
        (f"{ACCESS}/test_rules.py",),
    ),
    Fault(
        "a withdrawn rule lives on in caches",
        "mikage/access/services.py",
        "    rule.delete()\n    note_rights_changed()",
        "    rule.delete()",
        (f"{ACCESS}/test_rules.py",),
    ),
    Fault(
        "anybody may open functions",
        "mikage/access/services.py",
        'if not actor.may("administration.rules"):\n'
        '        raise Refused(_("Only those who keep the function rules may change them."))\n'
        "    if function not in",
        "if function not in",
        (f"{ACCESS}/test_rules.py",),
    ),
    Fault(
        "organisations above give no key",
        "mikage/directory/policies/posts.py",
        '.values_list(Value("under"), "ancestor_id", nothing)',
        '.values_list(Value("under"), "descendant_id", nothing)',
        (f"{DIRECTORY}/test_keys.py",),
    ),
    Fault(
        "posts do not end",
        "mikage/directory/policies/posts.py",
        "posts = Post.objects.filter(person=person_id, valid__contains=day)",
        "posts = Post.objects.filter(person=person_id)",
        (f"{DIRECTORY}/test_keys.py",),
    ),
    Fault(
        "nobody needs to sign in",
        "mikage/identity/middleware.py",
        "if asked.login_session is not None or doors.key_of(view) == doors.PUBLIC:",
        "if view is not None:",
        (f"{IDENTITY}/test_sign_in.py::test_who_is_not_signed_in_reaches_no_page",),
    ),
    Fault(
        "an ended session goes on",
        "mikage/identity/sessions.py",
        "        ended_at__isnull=True,\n",
        "",
        (f"{IDENTITY}/test_sessions.py::test_every_end_holds_at_the_next_request",),
    ),
    Fault(
        "keys of sessions stand in the database",
        "mikage/identity/sessions.py",
        "return hashlib.sha256(session_key.encode()).hexdigest()",
        "return session_key",
        (f"{IDENTITY}/test_sessions.py::test_who_reads_the_database_cannot_take_over_a_session",),
    ),
    Fault(
        "one may guess passwords for ever",
        "mikage/identity/attempts.py",
        "if last is None or count < free:",
        "if last is None or count < free * 1_000:",
        (f"{IDENTITY}/test_sign_in.py::test_after_a_few_failures_even_the_right_password_waits",),
    ),
    Fault(
        "one sees the terminals of others",
        "mikage/identity/policies.py",
        "live_sessions().filter(account=actor.account_id)",
        "live_sessions()",
        (f"{IDENTITY}/test_passwords.py::test_sessions_are_seen_by_their_person_alone",),
    ),
    Fault(
        "a board shows the item of a private appointment",
        "mikage/schedule/policies/slots.py",
        "SELECT entry.item_readers && %(keys)s::varchar[] AS item,",
        "SELECT true AS item,",
        (f"{SCHEDULE}/test_visibility.py",),
    ),
    Fault(
        "a board tells the place to those without the details",
        "mikage/schedule/policies/slots.py",
        "CASE WHEN sees.details THEN entry.place ELSE '' END,",
        "entry.place,",
        (f"{SCHEDULE}/test_visibility.py",),
    ),
    Fault(
        "a card exists for everybody",
        "mikage/schedule/policies/entries.py",
        "Entry.objects.filter(deleted_at__isnull=True, item_readers__overlap=held)",
        "Entry.objects.filter(deleted_at__isnull=True)",
        (f"{SCHEDULE}/test_screens.py::test_what_is_hidden_answers_like_what_never_was",),
    ),
    Fault(
        "whoever sees an appointment may change it",
        "mikage/schedule/services/entries.py",
        "if not policies.can_change_entry(actor, taken):",
        "if taken is None:",
        (
            f"{SCHEDULE}/test_operations.py::test_the_owner_and_those_who_take_part_may_change_and_nobody_else",
        ),
    ),
    Fault(
        "the last save wins",
        "mikage/schedule/services/entries.py",
        "if taken.version != version:",
        "if taken.version < version:",
        (f"{SCHEDULE}/test_operations.py::test_the_first_save_wins_and_the_second_is_told",),
    ),
    Fault(
        "a copy is shown more widely",
        "mikage/schedule/policies/drafts.py",
        "is_wider = chosen.width > original.width",
        "is_wider = False",
        (f"{SCHEDULE}/test_operations.py::test_a_copy_keeps_the_visibility_of_the_original",),
    ),
    Fault(
        "anybody restores what somebody deleted",
        "mikage/schedule/services/entries.py",
        "policies.undoable_entries(actor).select_for_update()",
        "Entry.objects.select_for_update()",
        ("tests/laws/test_revocation.py::test_after_the_loss_each_service_refuses_by_itself",),
    ),
    Fault(
        "whoever lost an appointment from sight is not told",
        "mikage/schedule/services/entries.py",
        "    audience |= before.item_readers ^ after.item_readers\n",
        "",
        (f"{LIVE}[the item hidden, the details as before-outsider]",),
    ),
]
