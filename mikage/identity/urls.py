"""Signing in and the own account."""

from django.urls import path

from mikage.identity import views

app_name = "identity"
urlpatterns = [
    path("login", views.login, name="login"),
    path("login/first", views.first_password, name="first_password"),
    path("logout", views.logout, name="logout"),
    path("session/extend", views.extend, name="extend"),
    path("settings", views.settings_page, name="settings"),
    path("settings/password", views.password, name="password"),
    path("settings/sessions", views.sessions, name="sessions"),
    path("settings/sessions/<uuid:pk>/end", views.end_session, name="end_session"),
    path("settings/sessions/end-others", views.end_others, name="end_others"),
]
