"""Every kind of deadline, and why it fires nothing old after records were brought back from a backup."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from steadydesk.alarms import actions as alarms
from steadydesk.buttons import actions as buttons
from steadydesk.desks import actions as desks
from steadydesk.encounters import actions as encounters
from steadydesk.incidents import actions as incidents
from steadydesk.kernel.actor import Actor
from steadydesk.loneworking import actions as loneworking
from steadydesk.sites import actions as sites
from steadydesk.visits import actions as visits

Found = Mapping[str, list[str]]
"""Site → the ids of what was open there."""
Settle = Callable[[Actor, datetime], Found]
"""``settle(by, now)``: make what is overdue fire no more and say what it was. Runs inside ``write``."""


@dataclass(frozen=True)
class Settling:
    """How what is overdue is settled."""

    settle: Settle
    kinds: tuple[str, ...] = ()
    """The deadlines that are settled by it."""


SETTLING: Mapping[str, Settling] = {
    "visits": Settling(visits.settle_restored, ("visit-clock", "headcount")),
    "prompts": Settling(visits.settle_restored_prompts, ("prompt-repeat", "prompt-released")),
    "referrals": Settling(visits.settle_restored_referrals, ("referral-unanswered",)),
    "expected": Settling(visits.settle_restored_expected, ("expected-day-over",)),
    "encounters": Settling(encounters.settle_restored, ("encounter-once-more",)),
    "access": Settling(incidents.settle_restored, ("access",)),
    "lone_shifts": Settling(loneworking.settle_restored, ("lone-silence", "lone-answer")),
    "leavers": Settling(alarms.settle_restored, ("alarm-leaver",)),
    "buttons": Settling(buttons.settle_restored, ("button-silent",)),
    "forms": Settling(encounters.list_restored),
    "desks": Settling(desks.settle_restored, ("tap-ends", "pass-ends", "desks-expected")),
    "sites": Settling(sites.settle_restored, ("site-opens", "site-closing", "site-closes")),
}
"""A capability with clocks of its own adds its line. Sites come last: the others look which of them should have closed.

Not among them is ``alarm``: calls open transactions of their own, and are made quiet after all the rest.
"""

SILENT: Mapping[str, str] = {
    "appointments": "has those who wait looked at; whose clock passed was settled before",
    "chain-test-ends": "puts on record how a test ended",
    "engine-alive": "lists what fell due meanwhile, and that was settled before",
    "forewarning-over": "takes words away, and the sooner the better",
    "privacy-purge": "takes away what is past its time, and the sooner the better",
    "site-wait": "puts those who were sent home on the list that asks what became of them",
    "visit-wipe": "takes a description away, and the sooner the better",
    "withdrawal-ends": "gives a service again whose last day without it is over",
}
"""Kind of deadline → why it may fire late. It tells nobody and asks nothing."""

OF_NOW: Mapping[str, str] = {
    "chain-test-due": "begins a test of now, and only where the site is open and nobody waits",
    "document-review": "the review is still to come or still late",
    "expected-look": "is only about times that are still to come",
    "hold-due": "the hold still binds, and somebody is to lift it",
    "lone-checks": "the inspection is still to be made",
    "lone-look": "reads who is alone now and who will be",
    "room-look": "asks about those who wait in time; whose clock passed was settled before",
    "rota-gaps": "reads the coming weeks",
}
"""Kind of deadline → why what it may say late is no old news: it is so now, and nothing else would say it."""
