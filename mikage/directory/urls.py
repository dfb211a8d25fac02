"""Addresses of the staff directory."""

from django.urls import path

from mikage.directory import views

app_name = "directory"
urlpatterns = [
    path("", views.home, name="home"),
    path("organisations/<int:pk>/", views.organisation, name="organisation"),
    path("organisations/<int:pk>/branches/", views.branches, name="branches"),
    path("people/<int:pk>/", views.person, name="person"),
    path("picker/", views.picker, name="picker"),
]
