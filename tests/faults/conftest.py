"""What the stories about ways of reaching people begin with."""

import pytest

from steadydesk.delivery.sender import Sender
from steadydesk.kernel.clock import clock
from tests.faults.telling import NOW


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
