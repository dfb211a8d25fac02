"""Every room's addresses in one place."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("mikage.portal.urls")),
    path("", include("mikage.identity.urls")),
    path("schedule/", include("mikage.schedule.urls")),
    path("directory/", include("mikage.directory.urls")),
    path("search/", include("mikage.search.urls")),
    path("administration/", include("mikage.administration.urls")),
]
if settings.DEBUG:
    urlpatterns.append(path("_/", include("mikage.kernel.urls")))

handler400 = "mikage.kernel.views.bad_request"
handler403 = "mikage.kernel.views.permission_denied"
handler404 = "mikage.kernel.views.page_not_found"
handler500 = "mikage.kernel.views.server_error"
