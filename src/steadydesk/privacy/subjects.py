"""The subjects that personal data are about: visits, alarms and members of staff."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from steadydesk.alarms import from_paper
from steadydesk.alarms import records as alarms
from steadydesk.encounters import queries as encounters
from steadydesk.kernel.actor import Actor, Permission
from steadydesk.kernel.errors import NotFound
from steadydesk.people import queries as people
from steadydesk.privacy.models import View
from steadydesk.sites import queries as sites
from steadydesk.visits import expected_records, hiding
from steadydesk.visits import queries as visits

TOO_LONG = 19
"""An id of so many digits is beyond every number that a database counts to."""

SEARCH = "search"
"""What a search stands under in the view log."""


def site_of(subject: str) -> str | None:
    """The site of a visit or an alarm, empty for a member of staff; ``None`` when there is no such subject."""
    noun, _colon, id = subject.partition(":")
    if noun == "alarm":
        return alarms.site_of(id)
    if noun == from_paper.NOUN:
        return from_paper.site_of(subject)
    if not (id.isascii() and id.isdigit() and len(id) < TOO_LONG):
        return None
    if noun == "person":
        return "" if people.names([int(id)]) else None
    if noun == "expected":
        return expected_records.site_of(id)
    try:
        return visits.visit(int(id)).site if noun == "visit" else None
    except NotFound:
        return None


def refuse_hidden(subject: str, by: Actor) -> None:
    """Raise ``NotFound`` for what is about whoever asks, or stands beside a visit that is (ruling 16)."""
    if hiding.is_hidden(subject, encounters.kept_from(by)):
        raise NotFound(_("There is no such record."))


def hidden_from(ref: str) -> frozenset[str]:
    """What does not exist for one member of staff, as the journal names them, wherever they are."""
    noun, _colon, id = ref.partition(":")
    return encounters.kept_from_person(int(id)) if noun == "person" else frozenset()


@dataclass(frozen=True)
class Reach:
    """Whose records a reader keeps watch over: those of their sites, and of whoever works there."""

    sites: frozenset[str]
    """Where they may do so."""
    people: frozenset[str]
    """Members of staff of these sites, as the journal names them."""
    of_here_alone: frozenset[str]
    """Those of them who work nowhere else."""
    everywhere: bool
    hidden: frozenset[str]

    def shows(self, subject: str, site: str = "") -> bool:
        """Whether a record is one of theirs. One of no site is of the site where its person works."""
        if hiding.is_hidden(subject, self.hidden):
            return False
        return self.everywhere or site in self.sites or (not site and subject in self.people)

    def shows_look(self, view: View) -> bool:
        """Whether a line of the view log is: by what was looked at. A search names people of wherever it was made."""
        if view.subject == SEARCH:
            return self.everywhere or view.by in self.of_here_alone
        return self.shows(view.subject, "" if self.everywhere else site_of(view.subject) or "")


def reach_of(by: Actor, permission: Permission) -> Reach:
    """Of whoever may do this at some sites, or at every one."""
    every = [site.pk for site in sites.sites()]
    here = by.sites(permission, every)
    staff = {c.person for site in here for c in people.workers(site)}
    alone = {person for person in staff if people.belongs_to(person) <= here}
    named, of_here_alone = (frozenset(f"person:{id}" for id in ids) for ids in (staff, alone))
    return Reach(here, named, of_here_alone, here == frozenset(every), encounters.kept_from(by))
