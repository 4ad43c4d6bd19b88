"""Reads the waits of the replay back from what was recorded."""

from steadydesk.documents import queries as documents
from steadydesk.project.replay.figures import Wait
from steadydesk.project.replay.playing import entered
from steadydesk.project.replay.site import SITE
from steadydesk.visits import queries
from steadydesk.visits.queries import Passage


def waits() -> list[Wait]:
    """Those of the customers whom replays entered; whom a person at the desk entered beside them is not of the file."""
    ours = set(entered())
    names = {service.id: service.label for service in documents.in_force(SITE).protocol.services}
    return [_wait(p, names[p.service]) for p in queries.passages(SITE) if p.visit in ours]


def _wait(passage: Passage, service: str) -> Wait:
    ended = passage.attended_at or passage.ended_at
    return Wait(service, passage.attended_at is not None, ended - passage.arrived_at if ended else None)
