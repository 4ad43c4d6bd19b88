"""Every kind of deadline, and why it fires nothing old after records were brought back from a backup."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from steadydesk.alarms import actions as alarms
from steadydesk.buttons import actions as buttons
from steadydesk.encounters import actions as encounters
from steadydesk.incidents import actions as incidents
from steadydesk.kernel.actor import Actor
from steadydesk.loneworking import actions as loneworking
from steadydesk.visits import actions as visits

Found = Mapping[str, list[str]]
"""Site → the ids of what was open there."""
Settle = Callable[[Actor, datetime], Found]
"""``settle(by, now)``: make what is overdue fire no more and say what it was. Runs inside ``write``."""


@dataclass(frozen=True)
class Settling:
    """How what is overdue is settled."""

    settle: Settle
    kinds: tuple[str, ...]
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
}
"""A capability with clocks of its own adds its line."""

OF_ALARMS = ("alarm",)
"""Calls are shown open and made quiet after all the rest."""

HARMLESS: Mapping[str, str] = {
    "appointments": "has those who wait looked at; whose clock passed was settled before",
    "chain-test-due": "begins a test of now, and only where the site is open and nobody waits",
    "chain-test-ends": "puts on record how a test ended, and tells nobody",
    "desks-expected": "says which desks are not started now",
    "document-review": "the review is still to come or still late",
    "engine-alive": "lists what fell due meanwhile, and that was settled before",
    "expected-look": "is only about times that are still to come",
    "forewarning-over": "takes words away, and the sooner the better",
    "hold-due": "the hold still binds, and somebody is to lift it",
    "lone-checks": "the inspection is still to be made",
    "lone-look": "reads who is alone now and who will be",
    "pass-ends": "ends a day pass whose day is over",
    "privacy-purge": "takes away what is past its time, and the sooner the better",
    "room-look": "asks about those who wait in time; whose clock passed was settled before",
    "rota-gaps": "reads the coming weeks",
    "site-closes": "the site is as its hours say; whom it expected was settled before",
    "site-closing": "the site is as its hours say",
    "site-opens": "the site is as its hours say",
    "site-wait": "puts those who were sent home on the list that asks what became of them",
    "tap-ends": "taps out somebody whose shift is long over",
    "visit-wipe": "takes a description away, and the sooner the better",
    "withdrawal-ends": "gives a service again whose last day without it is over",
}
"""Kind of deadline → why it may fire late."""
