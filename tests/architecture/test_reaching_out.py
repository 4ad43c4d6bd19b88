"""Everything that speaks over a network is named here with what it may reach: a new way out must say so first.

Calls for help leave by the channels of ``delivery/channels/table.py`` alone, and the story of contacts walks every one
of them for drills and tests. What else speaks carries no call.
"""

import ast
import re

from steadydesk.delivery.channels import table
from tests.architecture.source import ROOT, Module, lines, modules

CLIENTS = frozenset({
    "aiohttp", "aiomqtt", "apprise", "django.core.mail", "ftplib", "http.client", "httpcore", "httpx", "imaplib",
    "paho", "pywebpush", "requests", "sippy", "smtplib", "socket", "telnetlib", "urllib.request", "urllib3",
    "websockets", "xmlrpc",
})  # fmt: skip
CHANNELS = "src/steadydesk/delivery/channels/"
SPEAK = {
    "agent/link.py": "from a desk's own computer to us",
    "delivery/watch.py": "the outside dead-man's ping: an address without a word",
    "journal/bell.py": "a datagram to our own processes",
    "kernel/processes.py": "a word to the service manager of this machine",
    "project/broker/checking.py": "the check: joins the broker and listens",
    "project/broker/connection.py": "the name of this machine alone",
    "project/broker/joining.py": "joins the broker; what follows publishes nothing",
    "project/broker/listener.py": "listens at the broker and tells our own API",
    "project/environment.py": "the name of this machine alone",
    "project/listeners/reporting.py": "the name of this machine alone",
    "project/listeners/telling.py": "a listener to our own API",
    "project/listening.py": "takes connections",
    "project/reached_check.py": "the check: opens a connection and says nothing",
    "project/server.py": "takes connections",
    "project/service.py": "hears the bell of our own processes",
    "project/telephones/answering.py": "answers whoever rang",
    "project/telephones/line.py": "asks the name service",
    "project/telephones/listener.py": "starts the line",
    "project/telephones/registering.py": "registers with the telephone system",
    "project/telephones/ringing.py": "rings what the channel of telephones hands it",
    "project/telephones/stack.py": "carries what these three say",
    "reports/asking.py": "our own child process",
    "reports/renderer.py": "our own child process",
    "rota/fetching.py": "reads people's calendars",
    "screens/single_sign_on.py": "names a fault of the sign-in",
}


def _clients(module: Module) -> set[str]:
    used = (f"{source}.{name}" for source, name in module.imports())
    return {client for name in used for client in CLIENTS if f"{name}.".startswith(f"{client}.")}


def test_whatever_speaks_over_a_network_is_a_channel_or_is_named_with_what_it_reaches() -> None:
    speaking = {m.place for m in modules() if _clients(m) and not m.place.startswith(CHANNELS)}
    assert speaking == {f"src/steadydesk/{place}" for place in SPEAK}


def test_every_folder_of_channels_is_in_the_table_of_channels_that_the_walk_of_drills_goes_through() -> None:
    folders = {m.path.parent.name for m in modules() if m.place.startswith(CHANNELS) and m.name == "transport"}
    assert folders - {"channels"} == set(table.TRANSPORTS)


def test_nothing_is_ever_published_at_a_broker() -> None:
    faults = [
        f"{module.place}:{node.lineno} publishes"
        for module in modules()
        if "/broker/" in module.place
        for node in module.nodes
        if isinstance(node, ast.Attribute) and node.attr in ("publish", "will_set")
    ]
    assert not faults, lines(faults)


def test_every_fault_that_the_manual_says_is_tried_has_the_test_that_it_names() -> None:
    manual = ROOT / "docs/operate/alarm-chain.md"
    named = re.findall(r'\[tried\]\((\S+) "(\w+)"\)', manual.read_text())
    missing = [
        f"{file} has no {test}" for file, test in named if f"def {test}(" not in (manual.parent / file).read_text()
    ]
    assert len(named) > len(table.TRANSPORTS)
    assert not missing, lines(missing)
