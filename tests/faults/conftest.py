"""What the stories of faults begin with."""

from collections.abc import Iterator

import pytest

from steadydesk.delivery.sender import Sender
from steadydesk.kernel.clock import clock
from tests.faults.telling import NOW
from tests.world import World


@pytest.fixture
def frozen(settings):
    """The time stands still, and there is no way out but those that the story opens."""
    settings.EMAIL_HOST = settings.WEBHOOK_URL = ""
    clock.freeze(NOW)
    yield
    clock.thaw()


@pytest.fixture
def sender():
    return Sender(lambda site: set())


@pytest.fixture
def stage(transactional_db: None) -> Iterator[World]:
    """The world in a database that other connections can read."""
    try:
        yield World()
    finally:
        clock.thaw()
