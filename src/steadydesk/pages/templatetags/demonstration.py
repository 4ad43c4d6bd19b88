"""The line that makes a demonstration unmistakable; it needs nothing of the page, so a page of errors has it too."""

from django import template

from steadydesk.pages.installation import installation

register = template.Library()


@register.inclusion_tag("pages/demo.html")
def demo_banner() -> dict[str, bool]:
    """Nothing where people really work."""
    return {"demo": installation().demo}
