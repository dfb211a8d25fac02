"""Addresses of the administration's screens."""

from django.urls import path

from mikage.administration.views import accounts, directory, home, rules

app_name = "administration"
urlpatterns = [
    path("", home.home, name="home"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/new/", accounts.open_account, name="open_account"),
    path("accounts/<int:pk>/", accounts.account, name="account"),
    path("accounts/<int:pk>/code/", accounts.issue_code, name="issue_code"),
    path("accounts/<int:pk>/release/", accounts.release_lock, name="release_lock"),
    path("accounts/<int:pk>/suspend/", accounts.suspend_account, name="suspend_account"),
    path("accounts/<int:pk>/resume/", accounts.resume_account, name="resume_account"),
    path("accounts/<int:pk>/sign-out/", accounts.end_sessions, name="end_sessions"),
    path("rules/", rules.rules, name="rules"),
    path("rules/<int:pk>/withdraw/", rules.withdraw, name="withdraw_rule"),
    path("rules/why/", rules.why, name="why"),
    path("imports/", directory.prepare_import, name="imports"),
    path("imports/<int:pk>/", directory.show_import, name="import"),
    path("imports/<int:pk>/apply/", directory.apply_import, name="import_apply"),
    path("imports/<int:pk>/discard/", directory.discard_import, name="import_discard"),
    path("exports/organisations.csv", directory.export_organisations, name="export_organisations"),
    path("exports/people.csv", directory.export_people, name="export_people"),
    path("exports/posts.csv", directory.export_posts, name="export_posts"),
]
