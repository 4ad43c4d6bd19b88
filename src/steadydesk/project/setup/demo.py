"""The demonstration: two invented sites, each with its protocol in force."""

from datetime import datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

from steadydesk.documents import actions as documents
from steadydesk.documents import queries as in_documents
from steadydesk.documents.rules import Authorisation
from steadydesk.kernel.actor import Actor, system
from steadydesk.kernel.errors import NotFound
from steadydesk.people.models import Person
from steadydesk.people.queries import actor_of_person
from steadydesk.project.setup import actions
from steadydesk.project.setup.reading import read
from steadydesk.protocol import shipped
from steadydesk.sites import queries as sites
from steadydesk.training import actions as training
from steadydesk.training.rules import Rehearsed

DEMO = system("demo")
PROTOCOLS = {"exchange": "exchange", "branch": "library"}
"""Site → the shipped protocol that binds there."""
SAFETY_LEAD = "morgan"
A_YEAR, A_MONTH = timedelta(days=365), timedelta(days=30)
REHEARSED = {"branch": ("iris", "ruth")}
"""Site → who rehearsed the phrase, and with whom."""


def set_up_demo(now: datetime) -> None:
    """Both sites with their people, desks and protocols. A second time keeps the records and starts shifts anew."""
    text = files(__package__).joinpath("demo.yaml").read_text(encoding="utf-8")
    actions.set_up(read(text, actions.known()), by=DEMO, now=now)
    lead = actor_of_person(Person.objects.get(login=SAFETY_LEAD))
    for site, name in PROTOCOLS.items():
        if not _has_protocol(site):
            _publish(site, name, lead, now)
            _rehearse(site, now)


def _rehearse(site: str, now: datetime) -> None:
    """At the branch one colleague rehearsed the phrase last month, and the others have not."""
    if site in REHEARSED:
        one, other = (Person.objects.get(login=login).pk for login in REHEARSED[site])
        held_on = (now - A_MONTH).astimezone(ZoneInfo(sites.site(site).time_zone)).date()
        training.record_rehearsal(site, Rehearsed(one, other, held_on), by=DEMO, now=now)


def _has_protocol(site: str) -> bool:
    try:
        in_documents.in_force(site)
    except NotFound:
        return False
    return True


def _publish(site: str, name: str, lead: Actor, now: datetime) -> None:
    """Import what is shipped, amend it, and let the site's safety lead authorise and review it today.

    A completed review makes the next whole number (D2d), so v1.1, amended as v1.2, is in force as v2.
    """
    text = shipped.load(name)
    documents.import_document(name, text, by=DEMO, now=now)
    amendment = documents.save_amendment(name, text, by=DEMO, now=now)
    today = now.astimezone(ZoneInfo(sites.site(site).time_zone)).date()
    decision = Authorisation(today, "Safety lead", today + A_YEAR)
    reviewed = documents.complete_review(amendment, decision, by=lead, now=now)
    documents.publish(reviewed, [site], by=lead, now=now)
