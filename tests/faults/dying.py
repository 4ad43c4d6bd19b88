"""A process that dies as it sends, and whoever takes over."""

from collections import Counter
from types import SimpleNamespace

from django.db import connection

from steadydesk.delivery import actions as delivery
from steadydesk.delivery.models import Browser, Service
from steadydesk.delivery.rules import LEASE
from steadydesk.delivery.sender import Sender
from steadydesk.kernel.clock import clock
from steadydesk.people.models import Person, Team
from steadydesk.sites.models import Place

MOST_LIVES = 2_000


class Killed(BaseException):
    """The process ends here."""


class Death:
    """Each thing that is sent costs one process its life: right before it leaves, or right after."""

    def __init__(self, moment: str) -> None:
        self._moment = moment
        self._died: set[object] = set()

    def at(self, moment: str, what: object) -> None:
        """This is about to be sent (``before``), or was just sent (``after``)."""
        if moment == self._moment and what not in self._died:
            self._died.add(what)
            raise Killed


class WaysOut:
    """Every channel, and how often each message left by it."""

    def __init__(self, death: Death) -> None:
        self._death, self.left = death, Counter[str]()
        self.again: dict[str, bool] = {}

    def __call__(self, outgoing) -> None:
        self._death.at("before", outgoing.key)
        self.left[outgoing.key] += 1
        self.again[outgoing.key] = outgoing.again
        self._death.at("after", outgoing.key)


def reach(settings, *logins: str) -> None:
    """Every channel is set up. These have every way, and the others none but their screens."""
    settings.EMAIL_HOST, settings.RINGS_OUT, settings.WEBHOOK_URL = "mail.example", True, "https://hook.example"
    settings.APPRISE, settings.TEXT_GATEWAY = ["json://service.example"], "json://text.example/?:to={to}"
    settings.PUSH = SimpleNamespace(public_key="key")
    Place.objects.update(extension="")
    Team.objects.update(phone="")
    Person.objects.exclude(login__in=logins).update(phone="")
    for person in Person.objects.filter(login__in=logins):
        Person.objects.filter(pk=person.pk).update(email=f"{person.login}@example.org")
        Service.objects.create(person=person, url="json://service.example/", given_at=clock.now())
        Browser.objects.create(
            person=person, endpoint="https://push.example", digest=person.login, p256dh="k", auth="a", name="phone",
            added_at=clock.now(),
        )  # fmt: skip


def send_all() -> int:
    """Send until nothing is due; whenever the process dies another takes over. Returns how many died."""
    for lives in range(MOST_LIVES):
        try:
            Sender(lambda _site: ()).run_once(clock.now())
        except Killed:
            _begin_again()
        else:
            return lives
    raise AssertionError("it never came to an end")


def _begin_again() -> None:
    """As the next process does: on SQLite it knows that nobody else sends, elsewhere leases run out."""
    if connection.vendor == "sqlite":
        delivery.free_leases(clock.now())
    else:
        clock.advance(LEASE)
