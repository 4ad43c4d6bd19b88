"""Draws Django's forms with the classes of GOV.UK Frontend; set as `FORM_RENDERER`.

A form needs nothing of its own for this: labels, hints, errors and `aria-describedby` come from Django, the
error summary from `pages/forms/form.html`. In a page: `{{ form }}` for all of it,
`{{ form.name.as_field_group }}` for one field.
"""

from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest

WIDGETS = "django/forms/widgets/"

# Django's template of a widget -> our template for it
TEMPLATES = {
    f"{WIDGETS}checkbox_select.html": "pages/forms/choices.html",
    f"{WIDGETS}radio.html": "pages/forms/choices.html",
    "django/forms/errors/list/default.html": "pages/forms/errors.html",
}

# Django's template of a widget -> its class in GOV.UK Frontend
CLASSES = {
    f"{WIDGETS}checkbox.html": "govuk-checkboxes__input",
    f"{WIDGETS}date.html": "govuk-input",
    f"{WIDGETS}datetime.html": "govuk-input",
    f"{WIDGETS}email.html": "govuk-input",
    f"{WIDGETS}number.html": "govuk-input",
    f"{WIDGETS}password.html": "govuk-input",
    f"{WIDGETS}search.html": "govuk-input",
    f"{WIDGETS}tel.html": "govuk-input",
    f"{WIDGETS}text.html": "govuk-input",
    f"{WIDGETS}time.html": "govuk-input",
    f"{WIDGETS}url.html": "govuk-input",
    f"{WIDGETS}file.html": "govuk-file-upload",
    f"{WIDGETS}clearable_file_input.html": "govuk-file-upload",
    f"{WIDGETS}select.html": "govuk-select",
    f"{WIDGETS}textarea.html": "govuk-textarea",
}


class Renderer(DjangoTemplates):
    """Django's own, with our templates and classes put in."""

    form_template_name = "pages/forms/form.html"
    field_template_name = "pages/forms/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        if base := CLASSES.get(template_name):
            add_classes(context["widget"]["attrs"], base)
        drawn: str = super().render(TEMPLATES.get(template_name, template_name), context, request)
        return drawn


def add_classes(attrs: dict[str, Any], base: str) -> None:
    """Adds `base` to a widget's classes, and its error form where Django marked the value as invalid."""
    classes = [base, f"{base}--error"] if attrs.get("aria-invalid") == "true" else [base]
    attrs["class"] = " ".join([*classes, *str(attrs.get("class", "")).split()])
