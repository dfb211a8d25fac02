"""The screens of whoever keeps the directory: taking it over from files, and writing it out again."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mikage.directory import services
from mikage.directory.choices import ImportState
from mikage.directory.forms import ImportForm
from mikage.directory.policies.imports import rows_of
from mikage.directory.policies.previews import sections_of
from mikage.directory.policies.runs import preview, visible_runs
from mikage.directory.policies.sheets import ORGANISATIONS, PEOPLE, POSTS, write_sheet
from mikage.kernel import clock
from mikage.kernel.doors import function
from mikage.kernel.http import StaffRequest, page
from mikage.kernel.operations import Refused
from mikage.kernel.witness import witnessed

SHOWN_ERRORS = 100
SHOWN_RUNS = 20


@function("directory.keep")
@require_http_methods(["GET", "HEAD", "POST"])
def prepare_import(request: StaffRequest) -> HttpResponse:
    """Upload files to look at what they would change; nothing changes yet."""
    form = ImportForm(request.POST or None, request.FILES or None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            run = services.prepare_import(request.actor, files=form.uploaded(), on=form.day())
        except Refused as refusal:
            form.add_refusal(refusal)
        else:
            return redirect("administration:import", pk=run.pk)
    context = {
        "form": form,
        "runs": list(visible_runs(request.actor)[:SHOWN_RUNS]),
        "sheets": [ORGANISATIONS, PEOPLE, POSTS],
    }
    return page(request, "administration/imports.html", context, status=422 if form.errors else 200)


@function("directory.keep")
@require_safe
def show_import(request: StaffRequest, pk: int) -> HttpResponse:
    """What the files would change, or how far the import came, or how it ended."""
    run = get_object_or_404(visible_runs(request.actor), pk=pk)
    if run.state not in {ImportState.PREPARED, ImportState.FAILED}:
        return page(
            request,
            "administration/import_progress.html",
            {"run": run},
            fragment="administration/_import_progress.html",
        )
    plan = preview(run, run.on)
    context = {
        "run": run,
        "plan": plan,
        "errors": plan.errors[:SHOWN_ERRORS],
        "more_errors": max(0, len(plan.errors) - SHOWN_ERRORS),
        "sections": [] if plan.errors else sections_of(plan),
    }
    return page(request, "administration/import_preview.html", context)


@function("directory.keep")
@require_POST
def apply_import(request: StaffRequest, pk: int) -> HttpResponse:
    """The decision: the files become the directory, in the background."""
    run = get_object_or_404(visible_runs(request.actor), pk=pk)
    services.start_import(request.actor, run=run)
    return redirect("administration:import", pk=pk)


@function("directory.keep")
@require_POST
def discard_import(request: StaffRequest, pk: int) -> HttpResponse:
    """The other decision: the files are forgotten."""
    run = get_object_or_404(visible_runs(request.actor), pk=pk)
    services.discard_import(request.actor, run=run)
    return redirect("administration:imports")


@function("directory.keep")
@require_safe
@witnessed("directory.export.made", fails_closed=True)
def export_organisations(request: StaffRequest) -> HttpResponse:
    """Today's organisations as the file an import reads."""
    return _download("organisations.csv", write_sheet(ORGANISATIONS, rows_of(clock.today())[0]))


@function("directory.keep")
@require_safe
@witnessed("directory.export.made", fails_closed=True)
def export_people(request: StaffRequest) -> HttpResponse:
    """Everybody who works here today, as the file an import reads."""
    return _download("people.csv", write_sheet(PEOPLE, rows_of(clock.today())[1]))


@function("directory.keep")
@require_safe
@witnessed("directory.export.made", fails_closed=True)
def export_posts(request: StaffRequest) -> HttpResponse:
    """Today's posts as the file an import reads."""
    return _download("posts.csv", write_sheet(POSTS, rows_of(clock.today())[2]))


def _download(name: str, data: bytes) -> HttpResponse:
    response = HttpResponse(data, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
