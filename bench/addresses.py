"""All addresses of the product, and the empty view."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from mikage.config import urls

handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("empty")


urlpatterns: list[URLPattern | URLResolver] = [
    path("_empty", empty),
    path("_recorded", empty),
    *urls.urlpatterns,
]
