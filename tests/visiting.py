"""The words in which the stories about visits are told."""

from datetime import timedelta

from steadydesk.journal import queries as journal
from steadydesk.people import actions as people
from steadydesk.visits import actions, queries
from steadydesk.visits.actions import Arrival, CannotBeMet

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def arrive(world, by="amira", **fields):
    visit = actions.arrive(Arrival(**{"site": "exchange", **fields}), by=world.person(by), now=world.now)
    return visit.pk


def shown(visit):
    return queries.as_json(queries.visit(visit))


def clock(visit, kind="attend"):
    return next(c for c in shown(visit)["clocks"] if c["kind"] == kind)


def prompts(visit, kind=None):
    """Those that wait for an answer."""
    return [p for p in shown(visit)["prompts"] if p["answered_at"] is None and kind in (None, p["kind"])]


def events(visit, type=None):
    return [e for e in journal.of_subject(f"visit:{visit}") if type in (None, e.type)]


def texts(moment):
    """What was typed at this moment of the timeline, by field."""
    return {field: [words.text for words in said] for field, said in moment.words.items()}


def act(world, name, visit, *words, by="amira", **said):
    return getattr(actions, name)(visit, *words, **said, by=world.person(by), now=world.now)


def answer(world, prompt, reached, by="amira", **said):
    return actions.answer_prompt(int(prompt["id"]), reached=reached, **said, by=world.person(by), now=world.now)


def away(world, *logins, site="exchange"):
    for login in logins:
        person = world.person(login)
        people.mark_absent(int(person.id), site, by=person, now=world.now)


def met(world, visit):
    said = CannotBeMet(reason="papers_missing", alternatives=("appointment",), told=True)
    return act(world, "cannot_meet", visit, said)
