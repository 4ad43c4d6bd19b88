"""Every kind of record that is kept of people: who forgets it, and over what it is counted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from steadydesk.alarms import records as alarms
from steadydesk.chaintests import records as chaintests
from steadydesk.customers import records as customers
from steadydesk.delivery import records as delivery
from steadydesk.desks import records as desks
from steadydesk.encounters import records as encounters
from steadydesk.incidents import records as incidents
from steadydesk.journal import records as journal
from steadydesk.kernel.records import Overdue, Record
from steadydesk.loneworking import records as loneworking
from steadydesk.people import records as people
from steadydesk.privacy import keeping
from steadydesk.rota import records as rota
from steadydesk.training import records as training
from steadydesk.visits import expected_records, help_records
from steadydesk.visits import records as visits

Forget = Callable[[Overdue], int]
About = Callable[[str], Iterator[Record]]


class Per(Enum):
    """Over what a kind is forgotten, piece by piece."""

    SITE = "site"
    """By the protocol in force at each site."""
    PERSON = "person"
    """Each member of staff, by the longest time that any site keeps it."""
    WHOLE = "whole"
    """The installation as a whole, by the longest time that any site keeps it."""


@dataclass(frozen=True)
class Kind:
    """One kind of record in the protocol's ``retention``."""

    name: str
    per: Per
    forget: Forget


KINDS = (
    Kind("visit_description", Per.SITE, visits.forget_descriptions),
    Kind("visit_note", Per.SITE, journal.forget_words),
    Kind("alarm_note", Per.SITE, journal.forget_words),
    Kind("contact", Per.SITE, journal.forget_words),
    Kind("incident", Per.SITE, journal.forget_words),
    Kind("incident", Per.SITE, encounters.forget_incidents),
    Kind("withdrawal", Per.SITE, customers.forget),
    Kind("expected_arrival", Per.SITE, expected_records.forget),
    Kind("forewarning", Per.SITE, expected_records.forget_forewarnings),
    Kind("help_request", Per.SITE, help_records.forget),
    Kind("visit", Per.SITE, encounters.forget),
    Kind("visit", Per.SITE, visits.forget),
    Kind("lone_shift", Per.SITE, journal.forget_words),
    Kind("access_challenge", Per.SITE, journal.forget_words),
    Kind("access_challenge", Per.SITE, incidents.forget),
    Kind("lone_shift", Per.SITE, loneworking.forget),
    Kind("check_of_equipment", Per.SITE, loneworking.forget_checks),
    Kind("rehearsal", Per.SITE, training.forget),
    Kind("alarm", Per.SITE, alarms.forget),
    Kind("alarm", Per.SITE, chaintests.forget),
    Kind("delivery", Per.SITE, delivery.forget),
    Kind("presence", Per.PERSON, people.forget_presence),
    Kind("presence", Per.PERSON, rota.forget),
    Kind("presence", Per.PERSON, desks.forget),
    Kind("presence", Per.PERSON, journal.forget_person_entries),
    Kind("sign_in", Per.PERSON, people.forget_sign_ins),
    Kind("sign_in", Per.PERSON, journal.forget_person_entries),
    Kind("account", Per.PERSON, people.forget_leaver),
    Kind("export", Per.WHOLE, keeping.forget_exports),
    Kind("view_log", Per.WHOLE, keeping.forget_views),
    Kind("hold", Per.WHOLE, keeping.forget_holds),
    Kind("journal", Per.SITE, journal.forget_entries),
)
"""In the order in which they go: what was typed first, the journal's own entries last."""

ABOUT: tuple[About, ...] = (
    people.about, rota.about, desks.about, visits.about, expected_records.about, help_records.about, encounters.about,
    customers.about, incidents.about, loneworking.about, training.about, alarms.about, chaintests.about,
    delivery.about, journal.about, keeping.about,
)  # fmt: skip
"""Where everything about one subject is found."""
