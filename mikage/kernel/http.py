"""How a view speaks with the browser: whole page or fragment, redirect, and a short notice."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise

if TYPE_CHECKING:
    from mikage.access.actor import Actor


class StaffRequest(HttpRequest):
    """A request whose person is known: the sign-in middleware let it through."""

    actor: "Actor"


def is_fragment(request: HttpRequest) -> bool:
    """The page is already open and only a part of it is wanted (htmx); Back and a reload want the whole."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    fragment: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """One address, one view: the whole page, or its fragment when that is what the browser asks for."""
    chosen = fragment if fragment is not None and is_fragment(request) else template
    return render(request, chosen, dict(context), status=status)


def fragment_or_redirect(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, to: str
) -> HttpResponse:
    """After a change: the changed fragment for htmx, a redirect for a browser without script."""
    return render(request, template, dict(context)) if is_fragment(request) else redirect(to)


def toast(
    response: HttpResponse,
    message: str | Promise,
    *,
    undo_url: str = "",
    undo_label: str | Promise = "",
    fields: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Tell in one line what was done, with the way back where there is one (behaviour 6)."""
    notice: dict[str, Any] = {"message": str(message)}
    if undo_url:
        notice |= {"undo_url": undo_url, "undo_label": str(undo_label), "fields": dict(fields or {})}
    # Header values are Latin-1: JSON escapes every other character.
    response["HX-Trigger"] = json.dumps({"toast": notice})
    return response
