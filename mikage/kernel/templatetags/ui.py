"""The parts every screen is made of: one tag a part, so that a button is the same button everywhere."""

import zlib
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mikage.kernel import clock, dates

register = template.Library()
TINTS = 8


@lru_cache(maxsize=512)
def _icon(name: str, css: str) -> SafeString:
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>',
        css,
        static("mikage/icons.svg"),
        name,
    )


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """A picture beside words; it never stands alone for a meaning."""
    return _icon(name, css)


@register.simple_tag
def product_name() -> str:
    """What the city calls its groupware."""
    return str(settings.PRODUCT_NAME)


@register.simple_tag
def avatar(name: str, key: int = 0) -> SafeString:
    """The first character of a name on a tint that stays with the person."""
    tint = zlib.crc32(str(key or name).encode()) % TINTS
    return format_html('<span class="avatar tint-{}" aria-hidden="true">{}</span>', tint, name[:1])


@register.simple_tag
def badge(count: int, words: str) -> SafeString:
    """A number to notice; a screen reader hears what it counts."""
    if not count:
        return SafeString("")
    return format_html(
        '<b class="badge" aria-hidden="true">{}</b><span class="vh">{} {}</span>', count, words, count
    )


@register.simple_tag
def status(words: str, tone: str = "") -> SafeString:
    """A state in a word; the tone only underlines it."""
    return format_html('<span class="status {}">{}</span>', f"status-{tone}" if tone else "", words)


@register.simple_tag
def day(value: date) -> str:
    """2026年11月25日（水）, or the English form for an English reader."""
    return dates.long_day(clock.local(value).date() if isinstance(value, datetime) else value)


@register.simple_tag
def short_day(value: date) -> str:
    """11月25日（水）."""
    return dates.short_day(clock.local(value).date() if isinstance(value, datetime) else value)


@register.simple_tag
def moment(value: datetime) -> SafeString:
    """Day and time on the wall of the office, readable by machines too."""
    local = clock.local(value)
    return format_html(
        '<time datetime="{}">{} {}</time>',
        local.isoformat(),
        dates.short_day(local.date()),
        # Escaping makes a text of a number first: its format has to be spelt out before.
        f"{local.hour}:{local.minute:02}",
    )


@register.simple_block_tag
def card(content: SafeString, title: str = "", href: str = "", count: int | None = None) -> SafeString:
    """A block with a title that leads into its room."""
    head = format_html('<a href="{}">{}</a>', href, title) if href else title
    number = format_html(" <small>{}</small>", count) if count is not None else ""
    header = format_html('<div class="card-head"><h2>{}{}</h2></div>', head, number) if title else ""
    return format_html('<section class="card">{}{}</section>', header, content)


@register.simple_block_tag
def empty(content: SafeString, icon_name: str = "info") -> SafeString:
    """Nothing here yet, and what to do next."""
    return format_html('<div class="empty">{}<div>{}</div></div>', _icon(icon_name, ""), content)


@register.simple_block_tag
def notice(content: SafeString, tone: str = "") -> SafeString:
    """Something to know before going on."""
    return format_html('<div class="notice {}">{}</div>', f"notice-{tone}" if tone else "", content)


@register.simple_block_tag
def dialog(content: SafeString, key: str, title: str) -> SafeString:
    """A dialog of the platform: top layer, Esc and focus come with it."""
    return format_html(
        '<dialog id="{}" aria-labelledby="{}-title"><h2 id="{}-title">{}</h2>{}</dialog>',
        key,
        key,
        key,
        title,
        content,
    )


@register.simple_tag
def button(words: str, kind: str = "", icon_name: str = "", name: str = "", value: str = "") -> SafeString:
    """The button that sends a form."""
    return format_html(
        '<button class="btn {}"{}>{}{}</button>',
        f"btn-{kind}" if kind else "",
        format_html(' name="{}" value="{}"', name, value) if name else "",
        _icon(icon_name, "icon-s") if icon_name else "",
        words,
    )


@register.simple_tag
def field(bound: BoundField, css: str = "") -> SafeString:
    """Label, 必須 or 任意 in words, help, the error at the field, and the control (behaviour 23)."""
    widget = bound.field.widget
    is_group = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    described = " ".join(
        part
        for part in (
            f"{bound.id_for_label}-help" if bound.help_text else "",
            f"{bound.id_for_label}-error" if bound.errors else "",
        )
        if part
    )
    attributes: dict[str, Any] = {"aria-describedby": described} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    parts = {
        "css": f"{css} has-error" if bound.errors else css,
        "control": bound.as_widget(attrs=attributes),
        "note": _note(bound),
        "help": _help(bound),
        "error": _error(bound),
    }
    if isinstance(widget, CheckboxInput):
        return format_html(
            '<div class="field {css}"><div class="choices"><label>{control} {label}</label></div>'
            "{help}{error}</div>",
            label=bound.label,
            **parts,
        )
    if is_group:
        return format_html(
            '<fieldset class="field {css}" id="{id}"><legend>{label}{note}</legend>{help}{error}'
            '<div class="choices">{options}</div></fieldset>',
            label=bound.label,
            id=bound.id_for_label or bound.auto_id,
            options=format_html_join("", "{}", ((option,) for option in bound.subwidgets)),
            **parts,
        )
    return format_html(
        '<div class="field {css}"><label for="{id}">{label}{note}</label>{help}{error}{control}</div>',
        label=bound.label,
        id=bound.id_for_label,
        **parts,
    )


def _note(bound: BoundField) -> SafeString:
    words, css = (
        (_("required"), "field-note is-required") if bound.field.required else (_("optional"), "field-note")
    )
    return format_html('<span class="{}">{}</span>', css, words)


def _help(bound: BoundField) -> SafeString:
    if not bound.help_text:
        return SafeString("")
    return format_html('<p class="field-help" id="{}-help">{}</p>', bound.id_for_label, bound.help_text)


def _error(bound: BoundField) -> SafeString:
    if not bound.errors:
        return SafeString("")
    return format_html(
        '<p class="field-error" id="{}-error"><span class="vh">{}</span>{}</p>',
        bound.id_for_label,
        _("Error:"),
        " ".join(str(error) for error in bound.errors),
    )


@register.simple_tag
def error_summary(form: BaseForm) -> SafeString:
    """All errors on top with links to their fields; it takes the focus (behaviour 23)."""
    if not form.errors:
        return SafeString("")
    rows: list[tuple[str, str]] = []
    for name, errors in form.errors.items():
        target = (form[name].id_for_label or form[name].auto_id) if name in form.fields else ""
        rows.extend((target, str(error)) for error in errors)
    return format_html(
        '<div class="summary" role="alert" tabindex="-1" id="error-summary"><h2>{}</h2><ul>{}</ul></div>',
        _("Please check what you entered"),
        format_html_join("", "<li>{}</li>", ((_summary_line(target, text),) for target, text in rows)),
    )


def _summary_line(target: str, text: str) -> SafeString:
    return format_html('<a href="#{}">{}</a>', target, text) if target else format_html("{}", text)


@register.simple_tag
def title_prefix(form: BaseForm) -> str:
    """A title that begins with エラー: tells before anything else that the form came back."""
    return _("Error: ") if form.errors else ""


@register.simple_tag
def tabs(items: Iterable[tuple[str, str, bool]], label: str) -> SafeString:
    """Views of the same thing beside one another: address, words, whether it is the present one."""
    return format_html(
        '<nav class="tabs" aria-label="{}">{}</nav>',
        label,
        format_html_join(
            "",
            '<a href="{}"{}>{}</a>',
            (
                (url, SafeString(' aria-current="page"') if is_current else "", words)
                for url, words, is_current in items
            ),
        ),
    )


@register.simple_tag
def pager(number: int, count: int, url: str) -> SafeString:
    """Earlier and later pages of a long list; ``url`` ends where the number goes."""
    if count <= 1:
        return SafeString("")
    earlier = (
        format_html('<a class="btn" href="{}{}">{}</a>', url, number - 1, _("Previous page"))
        if number > 1
        else ""
    )
    later = (
        format_html('<a class="btn" href="{}{}">{}</a>', url, number + 1, _("Next page"))
        if number < count
        else ""
    )
    return format_html(
        '<nav class="actions" aria-label="{}">{} {} / {} {}</nav>', _("Pages"), earlier, number, count, later
    )
