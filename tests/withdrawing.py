"""The words in which a withdrawal of service is decided."""

from datetime import timedelta

from steadydesk.customers import actions
from steadydesk.customers.rules import Decision
from tests.visiting import arrive

DAY = timedelta(days=1)
CHECKS = {
    "adjustments": "A quieter room was offered twice.",
    "illness": "She says that she is not ill; nothing seen.",
    "own_account": "She says that she was told a wrong date.",
    "warned": "In writing on 20 February.",
    "child": "No.",
}


def decision(world, **said):
    return Decision(
        **{
            "scope": "one_site",
            "starts_at": world.now,
            "ends_at": world.now + 30 * DAY,
            "customer": "Ms Jane Doe",
            "reason": "Threw a chair on 2 March.",
            "answers": CHECKS,
            "ways": ("by_phone",),
            "ways_work": True,
            **said,
        }
    )


def withdraw(world, by="morgan", **said):
    visit = arrive(world)
    row = actions.withdraw_service(
        f"visit:{visit}", "exchange", decision(world, **said), by=world.person(by), now=world.now
    )
    return visit, row.pk
