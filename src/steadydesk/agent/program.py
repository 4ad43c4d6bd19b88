"""The agent put together: the key, what sends, what listens, and the mark."""

import logging
import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol

from steadydesk.agent import mark
from steadydesk.agent.asking import ask
from steadydesk.agent.kept import Kept
from steadydesk.agent.keys import Key, listener
from steadydesk.agent.link import TROUBLE, Link
from steadydesk.agent.mark import Standing
from steadydesk.agent.place import Places, body_of, this_client
from steadydesk.agent.sending import OVERDUE_S, Sender
from steadydesk.agent.settings import CannotStart, Settings, make_folder
from steadydesk.agent.single import only_one
from steadydesk.agent.watching import BACK_AFTER_S, Watcher
from steadydesk.kernel.words import gettext as _

SHOW_S = 0.25

log = logging.getLogger(__name__)


class Shows(Protocol):
    """Shows the mark."""

    def show(self, sign: str, words: str) -> None:
        """What is to be seen, and its words."""


class Agent:
    """One desk's agent."""

    def __init__(self, settings: Settings) -> None:
        make_folder(settings.folder)
        link = Link(settings)
        self._link = link
        self._watcher = Watcher(link)
        self._sender = Sender(Link(settings), Kept(settings.folder), self._watcher.confirmed)
        self._places = Places(settings.folder, settings.places)
        self._stop = threading.Event()

    def press(self) -> None:
        """The key was pressed."""
        self._sender.press({"source": "agent", **body_of(this_client(), self._places)})

    def standing(self) -> Standing:
        """What is known now."""
        linked, can_answer, alarms = self._watcher.heard()
        ages = self._sender.ages()
        client = this_client()
        return Standing(
            linked=linked,
            can_answer=can_answer,
            overdue=any(age > OVERDUE_S for age in ages),
            waiting=bool(ages),
            placed=not client or self._places.of(client) is not None,
            alarms=alarms,
        )

    def start(self, shows: Shows | None) -> None:
        """Send and listen, and show how it goes, beside the key."""
        for work in (self._sender.run, self._watcher.run):
            threading.Thread(target=work, args=(self._stop,), daemon=True).start()
        threading.Thread(target=self._show, args=(shows,), daemon=True).start()

    def stop(self) -> None:
        """What is not sent stays on disk."""
        self._stop.set()

    def wait(self) -> None:
        """Until somebody ends it."""
        self._stop.wait()

    def _show(self, shows: Shows | None) -> None:
        said, asked = "", ""
        while not self._stop.is_set():
            now = self.standing()
            words = str(mark.words(now))
            if words != said:
                said = words
                log.info("%s %s", mark.mark(now), words)
            if shows is not None:
                with suppress(Exception):  # a tray that is gone must not end what the log still says
                    shows.show(mark.mark(now), words)
            if now.linked and not now.placed and (client := this_client()) != asked:
                asked = client
                threading.Thread(target=self._ask, args=(client,), daemon=True).start()
            self._stop.wait(SHOW_S)

    def _ask(self, client: str) -> None:
        """Once for each client; until somebody says it, a press names the client instead."""
        while not self._stop.is_set():
            try:
                places = self._link.places()
                break
            except TROUBLE:
                self._stop.wait(BACK_AFTER_S)
        else:
            return
        if place := ask(str(_("Which desk is this?")), places):
            self._places.remember(client, place)


def run(settings: Settings, key: Key | None, *, tray: bool) -> int:
    """Run until the desktop goes or somebody ends it."""
    make_folder(settings.folder)
    held = only_one(settings.folder)
    keys = listener(key, os.environ) if key else None
    if keys is not None:
        keys.take()
    agent = Agent(settings)
    agent.start(_tray() if tray else None)
    try:
        if keys is None:
            agent.wait()
        else:
            keys.listen(agent.press)
    finally:
        agent.stop()
        os.close(held)
    return 0


def _tray() -> Shows:
    try:
        from steadydesk.agent.tray import Tray
    except ImportError as missing:
        sentence = _("The tray needs “pip install steadydesk[agent]”; without it, start with --no-tray.")
        raise CannotStart(sentence) from missing
    except Exception as trouble:  # pystray reaches for the desktop as soon as it is imported
        raise CannotStart(_("There is no tray here; start with --no-tray.")) from trouble
    tray = Tray()
    tray.start()
    return tray


def press_once(settings: Settings, body: Mapping[str, str]) -> int:
    """One press from a shell, a shortcut or a button: returns when it is confirmed, however long that takes."""
    make_folder(settings.folder)
    sender = Sender(Link(settings), Kept(settings.folder), lambda _alarm: None)
    places = Places(settings.folder, settings.places)
    where = {} if "place" in body else body_of(this_client(), places)
    made = sender.press({"source": "agent", **where, **body})
    stop = threading.Event()
    threading.Thread(target=sender.run, args=(stop,), daemon=True).start()
    while sender.is_waiting(made):
        stop.wait(SHOW_S / 10)
    stop.set()
    return 0
