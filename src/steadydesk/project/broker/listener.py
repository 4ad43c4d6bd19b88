"""The child process. ``run`` starts it when a broker is set up, and again when it dies."""

import argparse
import asyncio
import logging
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

import aiomqtt
import httpx

from steadydesk.kernel.clock import clock
from steadydesk.kernel.processes import die_with_parent
from steadydesk.project import environment
from steadydesk.project.broker.connection import TOKEN, Broker, client_name, read_broker
from steadydesk.project.broker.hearing import Event, Hearing
from steadydesk.project.broker.joining import client_of, listen_to
from steadydesk.project.listeners.standing import BROKER, confirm, note, standing
from steadydesk.project.listeners.telling import Teller, nobody_waits

PATH = "/api/v1/device-events"
KEPT = "button-presses"
BEAT_S = 5.0
PAUSES_S = (0.5, 1.0, 2.0, 5.0)
"""Between two attempts to connect; the last for all that follow."""
MOST_MENTIONS = 100
FORMAT = "{asctime} {levelname} {name}: {message}"

log = logging.getLogger(__name__)


class Inbox(asyncio.Queue[aiomqtt.Message]):
    """Takes each message as it comes: only after that is it acknowledged, and until then the broker sends it again."""

    hearing: Hearing

    def put_nowait(self, message: aiomqtt.Message) -> None:
        """One message; a press is on the disk when this returns. Whatever it says must not end the listener."""
        try:
            self.hearing.hear(
                message.topic.value,
                message.payload,
                retained=message.retain,
                now=clock.now(),
                tick=clock.monotonic(),
            )
        except Exception:
            log.exception("a message could not be read")


class Mentions:
    """Tells what buttons say by themselves: once, behind each other, and not at all while too many wait."""

    def __init__(self, teller: Teller) -> None:
        self._teller = teller
        self._hand = ThreadPoolExecutor(1, thread_name_prefix="mention")
        self._waiting = 0

    def mention(self, event: Event) -> None:
        """Soon; it is lost when the server is away, for the button will say it again."""
        if self._waiting < MOST_MENTIONS:
            self._waiting += 1
            self._hand.submit(self._tell, event)

    def _tell(self, event: Event) -> None:
        self._waiting -= 1
        try:
            self._teller.post(event)
        except (httpx.HTTPError, OSError) as error:
            log.debug("a word of a button was not told: %s", type(error).__name__)


async def serve(broker: Broker, hearing: Hearing, data: Path) -> NoReturn:
    """Listen until told to stop; a broker that is away is tried again, and that it is away is written down."""
    inbox: type[Inbox] = type("OwnInbox", (Inbox,), {"hearing": hearing})
    beat = asyncio.create_task(_beat(data))
    failed = 0
    while not beat.done():
        try:
            await _listen(broker, inbox, data)
        except (aiomqtt.MqttError, OSError, ValueError) as error:
            state = standing(data, BROKER)
            failed = 0 if state is not None and state.well else failed + 1
            note(data, BROKER, False, said_of(error))
        await asyncio.sleep(PAUSES_S[min(failed, len(PAUSES_S) - 1)])
    raise SystemExit(1)


async def _listen(broker: Broker, inbox: type[Inbox], data: Path) -> None:
    """One connection, until it ends with ``MqttError``."""
    async with client_of(broker, client_name(data), inbox) as client:
        refused = await listen_to(client, broker)
        note(data, BROKER, not refused, f"it does not let us listen to {', '.join(refused)}" if refused else "")
        async for _message in client.messages:
            pass


async def _beat(data: Path) -> None:
    """That this process lives, as often as it says."""
    while True:
        await asyncio.sleep(BEAT_S)
        confirm(data, BROKER)


def said_of(error: BaseException) -> str:
    """Why there is no connection, in one line for people."""
    return " ".join((str(error) or type(error).__name__).split())[:200]


def _stop(*_: object) -> NoReturn:
    raise SystemExit(0)


def main() -> int:
    """``python -m steadydesk.project.broker.listener --url URL``: until the parent goes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    die_with_parent()
    signal.signal(signal.SIGTERM, _stop)
    logging.basicConfig(format=FORMAT, style="{", level=logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    broker = read_broker()
    if broker is not None:
        data = environment.data_folder()
        teller = Teller(parser.parse_args().url + PATH, data / TOKEN, data / KEPT, environment.tls(data))
        mentions = Mentions(teller)
        hearing = Hearing(broker.forms, lambda event: teller.keep_and_tell(event, nobody_waits), mentions.mention)
        asyncio.run(serve(broker, hearing, data))
    return 0


if __name__ == "__main__":
    sys.exit(main())
