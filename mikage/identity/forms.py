"""The forms of signing in, of passwords and of the own screen."""

from typing import TYPE_CHECKING

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from mikage.identity.choices import TextSize, Theme
from mikage.identity.policies import LONGEST_PASSWORD
from mikage.kernel.forms import Form, TextField

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class PasswordField(forms.CharField):
    """A password as typed, blanks included; a whole book is refused before anything is computed (TR-I5)."""

    def __init__(self, *, autocomplete: str, label: "StrOrPromise") -> None:
        super().__init__(
            label=label,
            strip=False,
            max_length=LONGEST_PASSWORD,
            widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        )


class SignInForm(Form):
    username = TextField(
        label=_("Staff number or login name"),
        max_length=120,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        ),
    )
    password = PasswordField(autocomplete="current-password", label=_("Password"))


class FirstPasswordForm(Form):
    username = TextField(
        label=_("Staff number or login name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    code = TextField(
        label=_("One-time code"),
        max_length=60,
        help_text=_("The code on the slip you got from the desk, for example ABCD-EFGH-JKLM."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
    )
    password = PasswordField(autocomplete="new-password", label=_("New password"))
    repeated = PasswordField(autocomplete="new-password", label=_("New password once more"))

    def clean_repeated(self) -> str:
        return _same(self)


class PasswordForm(Form):
    current = PasswordField(autocomplete="current-password", label=_("Present password"))
    password = PasswordField(autocomplete="new-password", label=_("New password"))
    repeated = PasswordField(autocomplete="new-password", label=_("New password once more"))

    def clean_repeated(self) -> str:
        return _same(self)


def _same(form: Form) -> str:
    repeated: str = form.cleaned_data["repeated"]
    if "password" in form.cleaned_data and form.cleaned_data["password"] != repeated:
        raise forms.ValidationError(_("The two passwords are not the same."))
    return repeated


class SettingsForm(Form):
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    text_size = forms.ChoiceField(label=_("Size of text"), choices=TextSize.choices)
    theme = forms.ChoiceField(label=_("Colours"), choices=Theme.choices)
    has_shortcuts = forms.BooleanField(label=_("Use keyboard shortcuts"), required=False)
