"""Headers that every answer carries, and the page a person gets when a rule says no."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from mikage.kernel.doors import NoFunction
from mikage.kernel.operations import Conflict, Refused
from mikage.kernel.witness import Unwitnessed

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class TerminalMiddleware:
    """The address of the terminal: the connection's own, or what a trusted proxy says of it (TR-A17).

    A forwarded header from anywhere else is forged or useless and is dropped.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.proxies = [ipaddress.ip_network(each, strict=False) for each in settings.TRUSTED_PROXIES]

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        forwarded = request.META.pop("HTTP_X_FORWARDED_FOR", "")
        address = request.META.get("REMOTE_ADDR", "")
        # From the nearest hop outwards: the first one that is not a proxy of ours is the terminal.
        hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
        while hops and self._is_proxy(address):
            address = hops.pop()
        request.META["REMOTE_ADDR"] = address if self._is_address(address) else ""
        return self.get_response(request)

    def _is_proxy(self, address: str) -> bool:
        return self._is_address(address) and any(
            ipaddress.ip_address(address) in network for network in self.proxies
        )

    @staticmethod
    def _is_address(address: str) -> bool:
        try:
            ipaddress.ip_address(address)
        except ValueError:
            return False
        return True


class HeadersMiddleware:
    """Nothing personal is kept by anything between us and the person (TR-D3), and no device is offered."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=(), display-capture=()"
        )
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("X-Permitted-Cross-Domain-Policies", "none")
        # Static files answer before this line is reached with a caching rule of their own.
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
            patch_vary_headers(response, ["Cookie", "HX-Request"])
        return response


class RefusalMiddleware:
    """Turns the refusals of doors and services into answers in words."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NoFunction):
            return render(request, "no_right.html", {"function_key": exception.function_key}, status=403)
        if isinstance(exception, Conflict):
            return render(request, "refused.html", {"message": exception.message}, status=409)
        if isinstance(exception, Refused):
            return render(request, "refused.html", {"message": exception.message}, status=422)
        if isinstance(exception, Unwitnessed):
            return render(request, "503.html", status=503)
        return None
