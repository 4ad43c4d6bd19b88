"""The key by which a form that is sent twice is known again."""

from uuid import uuid4

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from steadydesk.pages.once import FIELD

register = template.Library()


@register.simple_tag
def once() -> SafeString:
    """A hidden field, another one each time that the form is drawn."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, uuid4())
