"""Handing a customer over: who may end a request, and when somebody was sent on too often."""

from collections.abc import Set

from steadydesk.protocol.schema.waiting import Waiting


def takes_back(refs: Set[str], asked_by: str, owner: str) -> bool:
    """Whether somebody may end a referral that nobody has answered: who asked, or who has the customer."""
    return bool(refs & {asked_by, owner})


def sent_on_too_often(times: int, waiting: Waiting) -> bool:
    """Whether the duty manager is told that a customer was sent on (E3b); a request that was taken back is none."""
    return times > waiting.referrals_before_alert
