"""Joining a broker: the client, and what it lets us listen to."""

from typing import Any

import aiomqtt

from steadydesk.project.broker.connection import Broker

KEEPALIVE_S = 10
AT_LEAST_ONCE = 1
REFUSED = 128
"""From this code on, the broker does not let us listen to a topic."""


def client_of(broker: Broker, name: str, inbox: type[Any] | None = None) -> aiomqtt.Client:
    """A client that is not connected yet; with an ``inbox`` the broker keeps what comes while it is away.

    Raises ``OSError`` for an authority that cannot be read. Asks for a running loop.
    """
    return aiomqtt.Client(
        broker.host,
        broker.port,
        username=broker.user or None,
        password=broker.password or None,
        identifier=name,
        clean_session=inbox is None,
        queue_type=inbox,
        keepalive=KEEPALIVE_S,
        tls_context=broker.context(),
    )


async def listen_to(client: aiomqtt.Client, broker: Broker) -> list[str]:
    """Ask for every topic; returns those that the broker refuses. Raises ``MqttError``."""
    topics = [(topic, AT_LEAST_ONCE) for topic in dict.fromkeys(form.topic for form in broker.forms)]
    answers: Any = await client.subscribe(topics)
    return [topic for (topic, _qos), code in zip(topics, answers, strict=True) if _code(code) >= REFUSED]


def _code(answer: Any) -> int:
    return int(getattr(answer, "value", answer))
