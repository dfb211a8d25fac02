"""Addresses of the schedule."""

from django.urls import path

from mikage.schedule import views

app_name = "schedule"
urlpatterns = [
    path("organisation/day", views.organisation_day, name="organisation_day"),
    path("organisation/week", views.organisation_week, name="organisation_week"),
    path("person/day", views.person_day, name="person_day"),
    path("person/week", views.person_week, name="person_week"),
    path("person/month", views.person_month, name="person_month"),
    path("organisations", views.organisations, name="organisations"),
    path("organisations/<int:pk>/choose", views.choose, name="choose"),
    path("organisations/<int:pk>/favourite", views.favourite, name="favourite"),
    path("deleted", views.deleted, name="deleted"),
    path("add", views.add, name="add"),
    path("entries/<uuid:pk>", views.entry, name="entry"),
    path("entries/<uuid:pk>/card", views.card, name="card"),
    path("entries/<uuid:pk>/edit", views.edit, name="edit"),
    path("entries/<uuid:pk>/copy", views.copy, name="copy"),
    path("entries/<uuid:pk>/move", views.move, name="move"),
    path("entries/<uuid:pk>/delete", views.delete, name="delete"),
    path("entries/<uuid:pk>/restore", views.restore, name="restore"),
]
