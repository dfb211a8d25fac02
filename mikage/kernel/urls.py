"""Pages for development."""

from django.urls import path

from mikage.kernel import views

app_name = "kernel"
urlpatterns = [path("ui/", views.components, name="components")]
