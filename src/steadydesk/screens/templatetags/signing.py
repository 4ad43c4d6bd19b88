"""What the pages of sign-in need beside their forms."""

import json
from typing import Any

from django import template
from django.conf import settings
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def as_json(value: Any) -> str:
    """As text in an attribute, which the template escapes."""
    return json.dumps(value)


@register.simple_tag
def organisation() -> str:
    """What people call their organisation's own sign-in; empty where there is none."""
    found = settings.SINGLE_SIGN_ON
    return (found.name or _("your organisation's account")) if found else ""
