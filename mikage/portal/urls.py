"""The address of the top page."""

from django.urls import path

from mikage.portal import views

app_name = "portal"
urlpatterns = [path("", views.home, name="home")]
