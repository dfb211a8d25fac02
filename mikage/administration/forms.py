"""What the desk and the keepers of rules fill in."""

from typing import cast

from django import forms
from django.utils.translation import gettext_lazy as _

from mikage.access import keys
from mikage.access import policies as access
from mikage.access.actor import Actor
from mikage.directory.forms import AudienceField
from mikage.identity.choices import AccountKind
from mikage.kernel.forms import DayField, Form, LongTextField, TextField

WHO = ("under", "org", "post", "group", "person", "all")


class FunctionChoice(forms.ChoiceField):
    """One of the functions that the rooms declare."""

    def __init__(self) -> None:
        super().__init__(label=_("Function"), choices=lambda: list(access.declared_functions().items()))


class RuleForm(Form):
    """Who may use a function, from which addresses, and for how long."""

    function = FunctionChoice()
    audience = AudienceField(kinds=WHO, label=_("Who may use it"))
    terminals = LongTextField(
        label=_("Only from these addresses"),
        required=False,
        max_length=2_000,
        help_text=_("Address ranges such as 10.1.0.0/16, one on each line. Empty: from everywhere."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    since = DayField(label=_("First day"), required=False)
    until = DayField(label=_("Last day"), required=False)

    def for_actor(self, actor: Actor) -> None:
        """Whoever writes the rule chooses from what they may know of."""
        cast(AudienceField, self.fields["audience"]).for_actor(actor)

    def clean(self) -> dict[str, object]:
        cleaned: dict[str, object] = self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:  # type: ignore[operator]
            self.add_error("until", _("The last day is before the first day."))
        return cleaned


class PersonForm(Form):
    """One person, chosen as everywhere: by name, reading or staff number."""

    person = AudienceField(kinds=("person",), most=1, label=_("Person"))

    def for_actor(self, actor: Actor) -> None:
        """Whoever asks finds the people they may know of."""
        cast(AudienceField, self.fields["person"]).for_actor(actor)

    def person_id(self) -> int:
        """The person that was chosen."""
        return int(keys.parse(self.cleaned_data["person"][0]).value)


class WhyForm(PersonForm):
    """ "Why can this person use this function?" """

    function = FunctionChoice()
    terminal = TextField(
        label=_("From this address"),
        required=False,
        max_length=64,
        help_text=_("Only needed when a rule holds for certain addresses."),
    )


class OpenAccountForm(PersonForm):
    """The account of a person who has none yet."""

    login = TextField(
        label=_("Login name"),
        required=False,
        max_length=60,
        help_text=_("Empty: the staff number."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    kind = forms.ChoiceField(label=_("Kind of account"), choices=AccountKind.choices)
