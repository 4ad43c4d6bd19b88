"""A council building and a library on a Monday morning: the stage on which the stories are played.

Time stands still until a test moves it on; then every deadline on the way fires at its own moment.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import yaml
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models
from django.test import Client

from steadydesk.deadlines import queries as deadlines
from steadydesk.delivery.models import Delivery
from steadydesk.documents import actions as documents
from steadydesk.documents import queries as in_documents
from steadydesk.documents.models import Version
from steadydesk.journal.events import Event
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor, system
from steadydesk.kernel.clock import clock
from steadydesk.people import actions as people
from steadydesk.people.models import Device, Person
from steadydesk.people.queries import actor_of_device, actor_of_person
from steadydesk.project.setup.demo import set_up_demo

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TESTER = system("test")

_stage: list[tuple[str, list[Any]]] = []
"""Statements that put back what the real set-up left in the database the first time; that takes a fraction of it."""


class World:
    """The two sites of the demonstration, everybody at work, at nine o'clock."""

    def __init__(self) -> None:
        clock.freeze(MONDAY)
        self._tokens: dict[str, str] = {}
        self._looked_at = 0
        _set_the_stage()

    # Time

    @property
    def now(self) -> datetime:
        """The present."""
        return clock.now()

    def advance(self, to: str | timedelta) -> datetime:
        """Move time on to “10:01” (UTC, today or else tomorrow) or by a while; what falls due fires on its way."""
        until = self.now + to if isinstance(to, timedelta) else self._next(time.fromisoformat(to))
        while (due := deadlines.next_due()) is not None and due <= until:
            clock.freeze(max(due, self.now))
            self._fire()
        clock.freeze(until)
        return until

    def _next(self, at: time) -> datetime:
        moment = datetime.combine(self.now.date(), at, UTC)
        return moment if moment > self.now else moment + timedelta(days=1)

    def _fire(self) -> None:
        """Run what is due; the engine survives a bad row, a test must not."""
        from steadydesk.engine.loop import run_due

        before = Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0
        run_due(self.now)
        for entry in Entry.objects.filter(id__gt=before, type=Event.ENGINE_LATE):
            assert "failed" not in entry.facts, f"a deadline failed: {entry.subject} {entry.facts}"

    # People and desks

    def person(self, login: str) -> Actor:
        """Somebody of the demonstration, by login."""
        return actor_of_person(Person.objects.get(login=login))

    def device(self, name: str) -> Actor:
        """A desk station, by name."""
        return actor_of_device(Device.objects.select_related("place").get(name=name))

    def token(self, login: str | None = None, device: str | None = None) -> str:
        """A bearer token of the person or the device."""
        name = login or device or ""
        if name not in self._tokens:
            self._tokens[name] = people.create_token(
                person=Person.objects.get(login=login) if login else None,
                device=Device.objects.get(name=device) if device else None,
                label="test",
                by=TESTER,
                now=self.now,
            )
        return self._tokens[name]

    def client(self, login: str | None = None, device: str | None = None) -> Client:
        """Django's test client, asking as the person or the device; as nobody without either."""
        if login is None and device is None:
            return Client()
        return Client(headers={"Authorization": f"Bearer {self.token(login, device)}"})

    # Messages

    def messages(self, channel: str | None = None) -> list[Delivery]:
        """The deliveries queued since the last look that were not withdrawn; looking is expecting."""
        fresh = list(self._fresh())
        if fresh:
            self._looked_at = fresh[-1].pk
        return [row for row in fresh if channel in (None, row.channel)]

    def told(self) -> set[str]:
        """The logins of those to whom messages were queued since the last look."""
        ids = {row.person for row in self.messages() if row.person is not None}
        return set(Person.objects.filter(pk__in=ids).values_list("login", flat=True))

    def unexpected(self) -> list[str]:
        """Deliveries that the test never looked at."""
        return [f"{row.subject} by {row.channel} to person {row.person}: {row.message}" for row in self._fresh()]

    def _fresh(self) -> models.QuerySet[Delivery]:
        rows = Delivery.objects.filter(pk__gt=self._looked_at).exclude(state=Delivery.State.WITHDRAWN)
        return rows.order_by("pk")

    # The protocol

    def publish(self, site: str, settings: dict[str, Any]) -> Version:
        """Put an amendment in force at the site: settings by name, as in ``{"waiting.attend_within": "PT3S"}``."""
        document = in_documents.document_at(site)
        binding = in_documents.in_force(site)
        assert document is not None
        sections = yaml.safe_load(in_documents.as_yaml(in_documents.row(document, binding.version)))
        for name, value in settings.items():
            *path, last = name.split(".")
            block = sections
            for part in path:
                block = block[part]
            block[last] = value
        text = yaml.safe_dump(sections, sort_keys=False, allow_unicode=True)
        version = documents.import_document(document, text, by=TESTER, now=self.now)
        documents.publish(version, [site], by=TESTER, now=self.now)
        return version


def _set_the_stage() -> None:
    in_documents.version.cache_clear()  # another test's v3 may say something else
    if not _stage:
        set_up_demo(clock.now())
        _stage.extend(_statements())
        return
    with connection.cursor() as cursor:
        for statement, values in _stage:
            cursor.execute(statement, values or None)


def _statements() -> Iterator[tuple[str, list[Any]]]:
    """One for each table, below the models: to make hundreds of rows anew costs more than most tests do."""
    filled = []
    with connection.cursor() as cursor:
        for model in _in_order():
            meta, quote = model._meta, connection.ops.quote_name
            columns = [quote(field.column) for field in meta.concrete_fields]
            cursor.execute(f"SELECT {', '.join(columns)} FROM {quote(meta.db_table)} ORDER BY {quote(meta.pk.column)}")
            if rows := cursor.fetchall():
                filled.append(model)
                row = f"({', '.join(['%s'] * len(columns))})"
                into = f"INSERT INTO {quote(meta.db_table)} ({', '.join(columns)}) VALUES "
                yield into + ", ".join([row] * len(rows)), [value for row in rows for value in row]
    # PostgreSQL numbers new rows from a counter of its own, which rows with ids do not move.
    if counters := connection.ops.sequence_reset_sql(no_style(), filled):
        yield "\n".join(counters), []


def _in_order() -> list[type[models.Model]]:
    """Our models, each after those that it points at."""
    waiting = [m for a in apps.get_app_configs() if a.name.startswith("steadydesk.") for m in a.get_models()]
    done: list[type[models.Model]] = []
    while waiting:
        for model in waiting:
            targets = {f.related_model for f in model._meta.concrete_fields if f.related_model not in (None, model)}
            if targets <= set(done):
                done.append(model)
        waiting = [model for model in waiting if model not in done]
    return done
