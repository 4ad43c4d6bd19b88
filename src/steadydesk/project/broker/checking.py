"""What ``check`` says of the broker for buttons, and how to mend it: it tries."""

import asyncio
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

from aiomqtt.exceptions import MqttConnectError, MqttError
from django.conf import settings

from steadydesk.project.broker.connection import Broker, client_name
from steadydesk.project.broker.joining import client_of, listen_to

NOT_LET_IN = frozenset({4, 5, 134, 135})
"""Answers of a broker to a wrong name or password."""


def findings() -> Iterator[str]:
    """Everything that would keep a press from being heard."""
    broker: Broker | None = settings.BROKER
    if broker is None:
        return
    if broker.password and not broker.is_sealed and not _is_here(broker.host):
        yield (
            f"The password for the broker {broker.address} travels readably: let it speak TLS, and write "
            "STEADYDESK_MQTT_BROKER with mqtts://."
        )
    if said := asyncio.run(_try(broker, f"{client_name(Path(settings.DATA))}-check")):
        yield said


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


async def _try(broker: Broker, name: str) -> str:
    """Connect and listen as the listener does; why that fails and how to mend it, or nothing."""
    try:
        client = client_of(broker, name)
    except OSError as error:
        return f"The authority {broker.authority} of the broker cannot be used ({error}): look at STEADYDESK_MQTT_CA."
    try:
        async with client:
            refused = await listen_to(client, broker)
    except MqttConnectError as error:
        code = getattr(error.rc, "value", error.rc)
        where = "STEADYDESK_MQTT_USER and STEADYDESK_MQTT_PASSWORD" if code in NOT_LET_IN else "the broker's log"
        return f"The broker {broker.address} does not let us in ({error}): look at {where}."
    except MqttError as error:
        return f"The broker {broker.address} cannot be used ({error}): look at {_mends(str(error))}."
    if refused:
        return (
            f"The broker {broker.address} does not let us listen to {', '.join(refused)}: let "
            f"{broker.user or 'everybody'} read it there, or mend STEADYDESK_MQTT_TOPICS."
        )
    return ""


def _mends(said: str) -> str:
    if "CERTIFICATE" in said:
        return "STEADYDESK_MQTT_CA, which names the authority of its certificate, and at the name in that"
    if "SSL" in said:
        return "STEADYDESK_MQTT_BROKER: is this the port on which it speaks TLS"
    return "STEADYDESK_MQTT_BROKER and at the firewall"
