"""Visits, calls and members of staff as these pages name them."""

from django.utils.translation import gettext as _

from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import NotFound
from steadydesk.people import queries as people
from steadydesk.privacy.subjects import refuse_hidden, site_of


def require_subject(subject: str, by: Actor, permission: Permission) -> str:
    """The subject's site, empty for a member of staff. Raises ``NotFound`` or ``NotAllowed``."""
    site = site_of(subject)
    if site is None:
        raise NotFound(_("There is no such record."))
    refuse_hidden(subject, by)
    by.check(permission, site or None)
    return site


def title_of(subject: str) -> str:
    """What the subject is called on a page."""
    noun, _colon, id = subject.partition(":")
    if noun == "person":
        return people.actor_names([subject]).get(subject, "") or subject
    known = {"visit": _("Visit %s"), "expected": _("Appointment %s"), "paper-call": _("Call on paper %s")}
    return known.get(noun, _("Call %s")) % id
