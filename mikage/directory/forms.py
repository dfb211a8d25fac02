"""Choosing people and organisations in a form, and uploading the three files of the directory."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mikage.access import keys
from mikage.access.actor import ANONYMOUS, Actor
from mikage.directory import policies
from mikage.directory.policies.runs import Uploaded
from mikage.directory.policies.sheets import LARGEST_FILE
from mikage.kernel import clock
from mikage.kernel.forms import DayField, Form
from mikage.kernel.text import normalise

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    Upload = UploadedFile[bytes]


class AudienceWidget(forms.Widget):
    """Chips for what is chosen and one line to find more; without script the chips are boxes to untick.

    Every chip and the line carry the same name, so that both ways arrive alike: keys, or what was typed.
    """

    template_name = "directory/widgets/audience.html"

    def __init__(
        self, *, kinds: Sequence[str], actor: Actor = ANONYMOUS, attrs: dict[str, str] | None = None
    ) -> None:
        super().__init__(attrs)
        self.kinds, self.actor = tuple(kinds), actor

    def get_context(
        self, name: str, value: Iterable[str] | None, attrs: dict[str, object] | None
    ) -> dict[str, object]:
        context: dict[str, object] = super().get_context(name, None, attrs)
        given = [each for each in value or [] if each]
        context["chips"] = policies.describe_keys(given, actor=self.actor)
        # What was typed and not understood stays in the line, for the person to mend (behaviour 23).
        context["typed"] = " ".join(each for each in given if not keys.is_key(each))
        context["kinds"] = ",".join(self.kinds)
        context["remove_words"] = gettext("Take out")
        return context

    def value_from_datadict(
        self, data: Mapping[str, object], files: Mapping[str, object], name: str
    ) -> list[str]:
        if isinstance(data, MultiValueDict):
            values = data.getlist(name)
        else:
            plain = data.get(name, [])
            values = [plain] if isinstance(plain, str) else list(plain)  # type: ignore[call-overload]
        return [str(value) for value in values if normalise(str(value))]

    def value_omitted_from_data(
        self, data: Mapping[str, object], files: Mapping[str, object], name: str
    ) -> bool:
        # Unticking every chip sends nothing at all, and means nobody.
        return False

    def use_required_attribute(self, initial: object) -> bool:
        # The line may stay empty when there are chips.
        return False

    def id_for_label(self, id_: str, index: str | int | None = None) -> str:
        return id_


class AudienceField(forms.Field):
    """A list of subject keys, each of which this actor may choose (TR-D8, TR-D11).

    Say for whom with ``for_actor`` when the form is built; nobody may choose anything before that.
    """

    widget: AudienceWidget
    default_error_messages = {
        "unknown": _("Nobody is found under “%(typed)s”. Choose from the list, or write a staff number."),
        "several": _("More than one is called “%(typed)s”. Choose from the list, or write a staff number."),
        "forbidden": _("One of the chosen is no longer available. Take it out and choose again."),
        "many": _("Choose %(most)s at most."),
    }

    def __init__(
        self,
        *,
        kinds: Sequence[str] = ("person", "under", "org", "post", "group"),
        most: int = 200,
        label: "StrOrPromise | None" = None,
        help_text: "StrOrPromise" = "",
        required: bool = True,
    ) -> None:
        self.kinds, self.most = tuple(kinds), most
        self.actor, self.kept = ANONYMOUS, frozenset[str]()
        super().__init__(
            widget=AudienceWidget(kinds=kinds),
            label=label,
            help_text=help_text,
            required=required,
            initial=list,
        )

    def for_actor(self, actor: Actor, *, kept: Iterable[str] = ()) -> None:
        """Whoever fills in the form; ``kept`` are keys that stood there before and may stay."""
        self.actor, self.kept = actor, frozenset(kept)
        self.widget.actor = actor

    def to_python(self, value: object) -> list[str]:
        given = [str(each) for each in value] if isinstance(value, list | tuple) else []
        found = dict.fromkeys(each if keys.is_key(each) else self._typed(each) for each in given)
        return list(found)

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        if len(value) > self.most:
            raise ValidationError(self.error_messages["many"], code="many", params={"most": self.most})
        new = [key for key in value if key not in self.kept]
        fitting = [key for key in new if key.partition(":")[0] in self.kinds]
        if len(fitting) != len(new) or len(policies.choosable(self.actor, new)) != len(new):
            raise ValidationError(self.error_messages["forbidden"], code="forbidden")

    def _typed(self, text: str) -> str:
        """The one key somebody means by what they typed: a staff number, or a name nobody else has."""
        words = normalise(text)
        person = policies.find_by_number(words) if "person" in self.kinds else None
        if person is not None:
            return keys.person(person.pk)
        found = policies.options(self.actor, words, kinds=self.kinds)
        if len(found) == 1:
            return found[0].key
        code = "several" if found else "unknown"
        raise ValidationError(self.error_messages[code], code=code, params={"typed": words[:50]})

    def has_changed(self, initial: object, data: object) -> bool:
        before = list(initial) if isinstance(initial, list | tuple) else []
        return sorted(before) != sorted(data if isinstance(data, list) else [])


class ImportForm(Form):
    """The three files, and the day from which they hold."""

    organisations = forms.FileField(label=_("Organisations (組織.csv)"), required=False)
    people = forms.FileField(label=_("People (職員.csv)"), required=False)
    posts = forms.FileField(label=_("Posts (発令.csv)"), required=False)
    on = DayField(label=_("Holds from"), required=True)

    if TYPE_CHECKING:
        cleaned_data: dict[str, Upload | date | None]

    def clean(self) -> "dict[str, Upload | date | None]":
        for name in ("organisations", "people", "posts"):
            file = self.cleaned_data.get(name)
            if isinstance(file, UploadedFile) and (file.size or 0) > LARGEST_FILE:
                self.add_error(name, _("The file is larger than 40 MB."))
        return self.cleaned_data

    def uploaded(self) -> Uploaded:
        """The bytes of the files that were given."""
        return Uploaded(
            organisations=self._bytes("organisations"),
            people=self._bytes("people"),
            posts=self._bytes("posts"),
        )

    def day(self) -> date:
        """The day from which the files hold."""
        on = self.cleaned_data.get("on")
        return on if isinstance(on, date) else clock.today()

    def _bytes(self, name: str) -> bytes | None:
        file = self.cleaned_data.get(name)
        return file.read() if isinstance(file, UploadedFile) else None
