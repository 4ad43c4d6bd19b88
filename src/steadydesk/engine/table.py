"""Every kind of deadline and what fires for it."""

from steadydesk.alarms import clockwork as alarms
from steadydesk.buttons import clockwork as buttons
from steadydesk.chaintests import clockwork as chaintests
from steadydesk.customers import clockwork as customers
from steadydesk.deadlines.firing import Clockwork, Together
from steadydesk.desks import clockwork as desks
from steadydesk.documents import clockwork as documents
from steadydesk.encounters import clockwork as encounters
from steadydesk.engine import alive
from steadydesk.incidents import clockwork as incidents
from steadydesk.loneworking import clockwork as loneworking
from steadydesk.privacy import clockwork as privacy
from steadydesk.rota import clockwork as rota
from steadydesk.sites import clockwork as sites
from steadydesk.visits import clockwork as visits

CLOCKWORK: Clockwork = {
    **alarms.WORK,
    **buttons.WORK,
    **chaintests.WORK,
    **customers.WORK,
    **desks.WORK,
    **documents.WORK,
    **encounters.WORK,
    **incidents.WORK,
    **loneworking.WORK,
    **visits.WORK,
    **privacy.WORK,
    **rota.WORK,
    **sites.WORK,
    **alive.WORK,
}

TOGETHER: dict[str, Together] = {**visits.TOGETHER}
"""Of these kinds ten thousand may come at one instant: they are done several at a time."""
