"""One appointment: its card and page, adding, changing, copying, moving, deleting and restoring it."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mikage.access import keys
from mikage.directory import policies as directory
from mikage.kernel import clock, dates
from mikage.kernel.doors import function
from mikage.kernel.http import StaffRequest, is_fragment, page, toast
from mikage.kernel.operations import Conflict, Refused
from mikage.schedule import forms, policies, services
from mikage.schedule.forms import EntryForm

SAFE_HOME = "schedule:organisation_week"


def _card(request: StaffRequest, pk: UUID) -> policies.Card:
    card = policies.card_of(request.actor, pk, is_english=get_language() == "en")
    if card is None:
        raise Http404
    return card


def time_words(starts_at: datetime, ends_at: datetime, *, is_all_day: bool) -> str:
    """11月25日（水） 10:00–11:30; days alone where it lasts all day."""
    starts, ends = clock.local(starts_at), clock.local(ends_at)
    if is_all_day:
        last = (ends - timedelta(days=1)).date()
        first_words = dates.short_day(starts.date())
        return first_words if last == starts.date() else f"{first_words} – {dates.short_day(last)}"
    end = f"{ends.hour}:{ends.minute:02}"
    if ends.date() != starts.date():
        end = f"{dates.short_day(ends.date())} {end}"
    return f"{dates.short_day(starts.date())} {starts.hour}:{starts.minute:02}–{end}"


def _card_context(request: StaffRequest, card: policies.Card) -> dict[str, Any]:
    context: dict[str, Any] = {
        "card": card,
        "when": time_words(card.starts_at, card.ends_at, is_all_day=card.is_all_day),
        "participants": [],
    }
    if card.has_details:
        entry = policies.whole_entries(request.actor).get(pk=card.entry_id)
        context["entry"] = entry
        context["participants"] = directory.describe_keys(
            policies.participant_keys(entry), actor=request.actor
        )
    return context


@function("schedule.use")
@require_safe
def card(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The card that a board opens beside an appointment: what the reader may see, and what they may do."""
    return render(request, "schedule/_card.html", _card_context(request, _card(request, pk)))


@function("schedule.use")
@require_safe
def entry(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The page of an appointment; who sees its details also sees who else can (TR-D12)."""
    found = _card(request, pk)
    context = _card_context(request, found)
    if found.has_details:
        whole = context["entry"]
        item, details = policies.readers_of(whole)
        names = directory.names_of([whole.owner_id, whole.registered_by_id])
        context |= {
            "shared_with": directory.describe_keys(whole.shared_with, actor=request.actor),
            "item_readers": directory.describe_keys(item, actor=request.actor),
            "details_readers": directory.describe_keys(details, actor=request.actor),
            "owner": names[whole.owner_id],
            "registrar": names[whole.registered_by_id],
        }
    return page(request, "schedule/entry.html", context)


# The form -------------------------------------------------------------------------------------------


def _way_back(request: StaffRequest) -> str:
    """The board one came from, kept through the form; only addresses of this house."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    if not asked:
        before = urlsplit(request.headers.get("Referer", ""))
        if before.netloc == request.get_host():
            asked = f"{before.path}?{before.query}" if before.query else before.path
    is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=None) and asked.startswith("/")
    return asked if is_ours else ""


def _form_page(
    request: StaffRequest, form: EntryForm, *, title: str, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"form": form, "title": title, "next": _way_back(request)} | more
    return render(request, "schedule/form.html", context, status=status)


def _saved(request: StaffRequest, words: str, day: date) -> HttpResponse:
    messages.success(request, words)
    return redirect(_way_back(request) or f"{reverse(SAFE_HOME)}?day={_monday(day).isoformat()}")


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _refuse(form: EntryForm, refusal: Refused) -> int:
    """Put the refusal into the form and say with which status it goes back."""
    form.add_refusal(refusal)
    return 409 if isinstance(refusal, Conflict) else 422


@function("schedule.use")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """The form of a new appointment, prepared for the cell it was opened from."""
    if request.method != "POST":
        form = EntryForm(actor=request.actor, initial=_initial(request))
        return _form_page(request, form, title=_("Add an appointment"))
    form, status = EntryForm(request.POST, actor=request.actor), 422
    if form.is_valid():
        try:
            draft = form.draft()
            services.add_entry(request.actor, draft=draft, form_token=form.cleaned_data["form_token"])
            return _saved(request, _("The appointment was added."), clock.local(draft.starts_at).date())
        except Refused as refusal:
            status = _refuse(form, refusal)
    return _form_page(request, form, title=_("Add an appointment"), status=status)


def _initial(request: StaffRequest) -> dict[str, Any]:
    """Who and when, from the address: ``subject`` (12 or org:5) or ``people``, ``day``, ``start``."""
    subject = request.GET.get("subject", "")
    asked = [subject, *request.GET.get("people", "").split(",")]
    wanted = [
        f"person:{each}" if each.isdigit() else each.replace("org:", "under:") for each in asked if each
    ]
    chosen = directory.choosable(request.actor, [key for key in wanted if keys.is_key(key)])
    try:
        day = dates.parse_day(request.GET.get("day", "")[:40], clock.today())
    except ValueError:
        day = clock.today()
    try:
        start: time | None = dates.parse_time(request.GET.get("start", "")[:20])
    except ValueError:
        start = None
    return forms.blank(
        participants=chosen or [keys.person(request.actor.person_id or 0)], day=day, start=start
    )


@function("schedule.use")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, pk: UUID) -> HttpResponse:
    """The form of an appointment; the first save wins, the second keeps what was typed (behaviour 12)."""
    found = get_object_or_404(policies.visible_entries(request.actor), pk=pk)
    if not policies.can_change_entry(request.actor, found):
        raise Refused(_("Only the owner and those who take part may change this appointment."))
    title = _("Change the appointment")
    if request.method != "POST":
        whole = policies.whole_entries(request.actor).get(pk=pk)
        form = EntryForm(actor=request.actor, entry=whole, initial=forms.filled(whole))
        return _form_page(request, form, title=title, entry_pk=pk)
    form, status = EntryForm(request.POST, actor=request.actor, entry=found), 422
    if form.is_valid():
        try:
            draft = form.draft()
            services.change_entry(
                request.actor, entry=found, version=form.cleaned_data["version"] or 0, draft=draft
            )
            return _saved(request, _("The appointment was changed."), clock.local(draft.starts_at).date())
        except Refused as refusal:
            status = _refuse(form, refusal)
            # Who was told saves again knowingly, over what they were asked to look at.
            form.data = request.POST.copy()
            form.data["version"] = str(found.version)
    return _form_page(request, form, title=title, status=status, entry_pk=pk)


@function("schedule.use")
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: StaffRequest, pk: UUID) -> HttpResponse:
    """複写して追加: the form filled like the original, never to be shown more widely (B-05)."""
    found = get_object_or_404(policies.visible_entries(request.actor), pk=pk)
    if not policies.can_copy_entry(request.actor, found):
        raise Refused(_("Only those who see the whole appointment may copy it."))
    source = policies.whole_entries(request.actor).get(pk=pk)
    title = _("Copy and add")
    if request.method != "POST":
        form = EntryForm(actor=request.actor, entry=source, initial=forms.filled(source) | {"version": None})
        return _form_page(request, form, title=title, is_copy=True)
    form, status = EntryForm(request.POST, actor=request.actor, entry=source), 422
    if form.is_valid():
        try:
            draft = form.draft()
            services.copy_entry(
                request.actor, entry=source, draft=draft, form_token=form.cleaned_data["form_token"]
            )
            return _saved(request, _("The appointment was added."), clock.local(draft.starts_at).date())
        except Refused as refusal:
            status = _refuse(form, refusal)
    return _form_page(request, form, title=title, status=status, is_copy=True)


# On the board ---------------------------------------------------------------------------------------


def _told(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """On a board a refusal is told in one line, and the board shows what is true."""

    @wraps(view)
    def telling(request: StaffRequest, /, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refused as refusal:
            if not is_fragment(request):
                raise
            return toast(HttpResponse(status=409 if isinstance(refusal, Conflict) else 422), refusal.message)

    return telling


def _version(request: StaffRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _posted_day(request: StaffRequest, name: str) -> date:
    try:
        return date.fromisoformat(request.POST.get(name, "")[:10])
    except ValueError as error:
        raise Refused(_("This is not a day of the board.")) from error


def _posted_subject(request: StaffRequest, name: str) -> str:
    text = request.POST.get(name, "")
    subject = f"person:{text}" if text.isascii() and text.isdigit() else text
    if subject and (not keys.is_key(subject) or keys.parse(subject).kind not in {"person", "org"}):
        raise Refused(_("This is not a row of the board."))
    return subject


@function("schedule.use")
@require_POST
@_told
def move(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Taken from one cell and put into another, with the way back (behaviours 6 and 8)."""
    found = get_object_or_404(policies.visible_entries(request.actor), pk=pk)
    day_from, day_to = _posted_day(request, "day_from"), _posted_day(request, "day")
    source, target = _posted_subject(request, "person_from"), _posted_subject(request, "person_to")
    starts_at = _moved_start(
        found.starts_at, day_from, day_to, request.POST.get("start", ""), is_all_day=found.is_all_day
    )
    moved = services.move_entry(
        request.actor, entry=found, version=_version(request), starts_at=starts_at,
        ends_at=found.ends_at + (starts_at - found.starts_at), from_subject=source, to_subject=target,
    )  # fmt: skip
    words = _("“%(title)s” was moved.") % {"title": _title(request, pk)}
    if not is_fragment(request):
        messages.success(request, words)
        return redirect(_way_back(request) or SAFE_HOME)
    before, now = clock.local(found.starts_at), clock.local(starts_at)
    fields = {
        "person_from": request.POST.get("person_to", ""),
        "person_to": request.POST.get("person_from", ""),
        "day_from": now.date().isoformat(),
        "day": before.date().isoformat(),
        "start": "" if found.is_all_day else f"{before.hour:02}:{before.minute:02}",
        "version": str(moved.version),
    }
    undo_url = reverse("schedule:move", args=[pk])
    return toast(HttpResponse(status=204), words, undo_url=undo_url, undo_label=_("Undo"), fields=fields)


def _moved_start(
    starts_at: datetime, day_from: date, day_to: date, start: str, *, is_all_day: bool
) -> datetime:
    """As many days later as the cells are apart; at the hour of the cell where it has one."""
    starts = clock.local(starts_at)
    day = starts.date() + (day_to - day_from)
    if not dates.EARLIEST_DAY <= day <= dates.LATEST_DAY:
        raise Refused(_("Enter a day between 1900 and 2199."))
    # A later day of a long appointment was taken: its first hour is not what the cell names.
    if not start or is_all_day or day_from != starts.date():
        return clock.at(day, starts.hour, starts.minute)
    try:
        hour = dates.parse_time(start[:5])
    except ValueError as error:
        raise Refused(str(error)) from error
    return clock.at(day, hour.hour, hour.minute)


def _title(request: StaffRequest, pk: UUID) -> str:
    found = policies.card_of(request.actor, pk, is_english=get_language() == "en")
    return found.title if found else _("Appointment")


@function("schedule.use")
@require_POST
@_told
def delete(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Nobody is asked twice: it goes, and comes back by the toast at once, by its owner for thirty days."""
    found = get_object_or_404(policies.visible_entries(request.actor), pk=pk)
    words = _("“%(title)s” was deleted.") % {"title": _title(request, pk)}
    services.delete_entry(request.actor, entry=found, version=_version(request))
    if not is_fragment(request):
        messages.success(request, words)
        return redirect("schedule:deleted")
    undo_url = reverse("schedule:restore", args=[pk])
    return toast(HttpResponse(status=204), words, undo_url=undo_url, undo_label=_("Undo"))


@function("schedule.use")
@require_POST
@_told
def restore(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Back on every board it stood on."""
    found = get_object_or_404(policies.undoable_entries(request.actor), pk=pk)
    services.restore_entry(request.actor, entry=found)
    words = _("The appointment was restored.")
    if is_fragment(request):
        return toast(HttpResponse(status=204), words)
    messages.success(request, words)
    return redirect("schedule:deleted")


@function("schedule.use")
@require_safe
def deleted(request: StaffRequest) -> HttpResponse:
    """What one's own appointments were deleted in the last thirty days, to take back."""
    rows = [
        {
            "pk": found.pk,
            "title": found.title or (found.category.label if found.category else ""),
            "when": time_words(found.starts_at, found.ends_at, is_all_day=found.is_all_day),
            "deleted_at": found.deleted_at,
        }
        for found in policies.restorable_entries(request.actor).select_related("category")[:200]
    ]
    return page(request, "schedule/deleted.html", {"rows": rows, "kept_days": policies.KEPT_DAYS})
