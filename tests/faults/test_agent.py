"""The desktop agent on a real desktop, against a real server: any window in front, no network, its own end."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest
from Xlib import X, display

from tests.faults.test_telephone_line import until
from tests.peers import needs, not_run
from tests.running import Server

pytestmark = pytest.mark.fault
COMMAND = Path(sys.executable).with_name("steadydesk")
KEY = "ctrl+shift+9"


class Desktop:
    """A desktop without a screen, somebody who types, and one window in front of which they sit."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._display = display.Display(name)
        self.root = self._display.screen().root
        events = X.KeyPressMask | X.FocusChangeMask | X.ExposureMask
        self._window = self.root.create_window(0, 0, 300, 200, 0, X.CopyFromParent, event_mask=events)
        self._window.map()
        self._wait_for(X.Expose)
        self._window.set_input_focus(X.RevertToParent, X.CurrentTime)
        self._wait_for(X.FocusIn)

    def _wait_for(self, kind: int) -> None:
        self._display.sync()
        while self._display.next_event().type != kind:
            pass

    def type(self, keys: str) -> None:
        """Press and let go, as a person does."""
        subprocess.run([needs("xdotool"), "key", keys], env={**os.environ, "DISPLAY": self.name}, check=True)

    def choose_last(self, title: str) -> None:
        """The last line of a list in a window of that title."""
        words = ["search", "--sync", "--name", title, "windowfocus", "--sync"]
        environ = {**os.environ, "DISPLAY": self.name}
        subprocess.run([needs("xdotool"), *words], env=environ, check=True, stdout=subprocess.DEVNULL, timeout=300)
        self.type("ctrl+End")
        self.type("Return")

    def typed(self) -> int:
        """How many keys came to the window in front. Waits for one that is typed last, for the others before it."""
        end = self._display.keysym_to_keycode(0xFF1B)
        self.type("Escape")
        found = 0
        while True:
            event = self._display.next_event()
            if event.type == X.KeyPress:
                if event.detail == end:
                    return found
                found += 1

    def seen(self) -> list[int]:
        """The windows that can be seen, other than the one in front."""
        shown = [w for w in self.root.query_tree().children if w.get_attributes().map_state == X.IsViewable]
        return [w.id for w in shown if w.id != self._window.id]

    def take(self, keysym: int) -> None:
        """Another program takes a key."""
        code = self._display.keysym_to_keycode(keysym)
        self.root.grab_key(code, 0, False, X.GrabModeAsync, X.GrabModeAsync)
        self._display.sync()

    def close(self) -> None:
        self._display.close()


class Desk:
    """A desk's computer with the agent on it."""

    def __init__(self, folder: Path, server: Server, desktop: Desktop) -> None:
        self.folder, self.server, self.desktop = folder, server, desktop
        self.log = folder / "agent.log"
        token = folder / "token"
        token.write_text(server.token("desk-1"))
        token.chmod(0o600)
        self._words = ["--data", str(folder), "--server", server.url, "--token-file", str(token)]
        quiet = ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "SSH_CONNECTION", "CLIENTNAME", "STEADYDESK_DATA")
        self._environ = {k: v for k, v in os.environ.items() if k not in quiet} | {"DISPLAY": desktop.name}
        self.is_shown_on = ""
        self._agent: subprocess.Popen[bytes] | None = None

    def start(self, *more: str) -> "Desk":
        """Start the agent and wait until it has the key and shows what it knows."""
        before = len(self.said())
        with self.log.open("ab") as log:
            command = [str(COMMAND), "agent", *self._words, *more]
            environ = self._environ | {"CLIENTNAME": self.is_shown_on}
            self._agent = subprocess.Popen(command, stdout=log, stderr=log, env=environ)
        until(lambda: len(self.said()) > before)
        return self

    def run(self, command: str, *more: str) -> subprocess.CompletedProcess[str]:
        """One command to its end."""
        words = [str(COMMAND), command, *self._words, *more]
        return subprocess.run(words, env=self._environ, capture_output=True, text=True, timeout=300, check=False)

    def said(self) -> list[str]:
        """What the mark was, so far."""
        return self.log.read_text().splitlines() if self.log.exists() else []

    def wait_for(self, words: str) -> None:
        """Until the mark says so."""
        until(lambda: self.said() and words in self.said()[-1])

    def wait_for_another(self, words: str) -> None:
        """Until the mark says anything else."""
        until(lambda: words not in self.said()[-1])

    def waits_for(self, count: int) -> None:
        """Until so many presses are kept."""
        until(lambda: len(list((self.folder / "agent").glob("*.press"))) == count)

    def kill(self) -> None:
        """Without a word."""
        if self._agent is not None:
            self._agent.kill()
            self._agent.wait()
            self._agent = None

    def alarms(self) -> list[dict]:
        """Open calls."""
        with self.server.client("helen") as client:
            return client.get("/api/v1/alarms?open=true").raise_for_status().json()["items"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    needs("Xvfb"), needs("xdotool")
    made = Server(tmp_path_factory.mktemp("server"), "--empty").start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def screen():
    """A desktop's name. It names itself, so that two at once never take the same."""
    words = [needs("Xvfb"), "-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0", "800x600x24"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    yield f":{process.stdout.readline().strip()}"
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.fixture
def desk(tmp_path, server, screen):
    """A desk whose agent was not started yet; nothing is open afterwards."""
    desktop = Desktop(screen)
    made = Desk(tmp_path, server, desktop)
    yield made
    made.kill()
    desktop.close()
    with server.client("viktor") as client:
        for alarm in made.alarms():
            client.post(f"/api/v1/alarms/{alarm['id']}/attend", json={}).raise_for_status()
            client.post(f"/api/v1/alarms/{alarm['id']}/close", json={"disposition": "handled"}).raise_for_status()


@pytest.mark.clause("L3b-ii(1)")
def test_l3b_ii_1_the_key_calls_with_another_window_in_front_and_shows_nothing_there(desk):
    desk.start()
    desk.desktop.type(KEY)
    [alarm] = until(desk.alarms)
    assert (alarm["place"]["id"], alarm["source"], alarm["urgency"]) == ("desk-1", "agent", "help")
    assert (alarm["presses"], alarm["mode"]) == (1, "real")
    assert desk.desktop.seen() == [], "no window of the agent's"


@pytest.mark.parametrize("lock", ["Num_Lock", "Caps_Lock"])
def test_the_key_calls_whatever_lock_is_on_and_the_window_in_front_gets_no_part_of_it(desk, lock):
    desk.start("--no-tray", "--key", "Pause")
    desk.desktop.type(lock)
    try:
        desk.desktop.typed()
        desk.desktop.type("Pause")
        assert until(desk.alarms)
        assert desk.desktop.typed() == 0
    finally:
        desk.desktop.type(lock)


def test_the_mark_says_that_somebody_comes_and_that_the_link_is_gone(desk):
    desk.start("--no-tray")
    desk.desktop.type(KEY)
    desk.wait_for("Sent")
    [alarm] = until(desk.alarms)
    with desk.server.client("viktor") as client:
        client.post(f"/api/v1/alarms/{alarm['id']}/acknowledge", json={}).raise_for_status()
    desk.wait_for("A person is coming")


def test_a_press_without_a_server_outlives_the_agent_and_is_one_call_with_its_own_time(desk):
    desk.start("--no-tray")
    desk.server.stop()
    desk.wait_for("No link: use the phone")
    pressed = datetime.now(UTC)
    desk.desktop.type(KEY)
    desk.waits_for(1)
    desk.wait_for("Not sent: use the phone")
    desk.kill()
    desk.server.start()
    desk.start("--no-tray")
    desk.waits_for(0)
    [alarm] = desk.alarms()
    raised, received = (datetime.fromisoformat(alarm[name]) for name in ("raised_at", "received_at"))
    assert alarm["presses"] == 1
    assert abs((raised - pressed).total_seconds()) < 2 < (received - raised).total_seconds()


def test_a_press_from_a_shell_says_nothing_and_ends_well_when_it_is_recorded(desk):
    said = desk.run("press", "--urgency", "manager", "--place", "desk-2")
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")
    [alarm] = desk.alarms()
    assert (alarm["place"]["id"], alarm["source"], alarm["urgency"]) == ("desk-2", "agent", "manager")


def test_on_a_virtual_desktop_the_desk_is_asked_once_and_then_known(desk):
    if find_spec("_tkinter") is None:
        not_run("tkinter")
    desk.is_shown_on = "THIN-07"
    desk.start("--no-tray")
    until(desk.desktop.seen)
    desk.desktop.choose_last("Which desk is this?")
    until(lambda: not desk.desktop.seen())
    desk.wait_for_another("Which desk is this?")
    desk.desktop.type(KEY)
    [alarm] = until(desk.alarms)
    with desk.server.client("desk-1") as client:
        assert [site["id"] for site in client.get("/api/v1/sites").json()["items"]] == ["exchange"]
        last = client.get("/api/v1/sites/exchange").json()["places"][-1]
    assert alarm["place"] == {"id": last["id"], "name": last["name"]}
    assert last["id"] != "desk-1", "the token's own place would have been a guess"


def test_a_second_start_and_a_key_that_is_taken_are_said(desk):
    desk.start("--no-tray")
    again = desk.run("agent", "--no-tray")
    assert (again.returncode, again.stderr.strip()) == (1, "It runs already.")
    desk.kill()
    desk.desktop.take(0xFF13)
    taken = desk.run("agent", "--no-tray", "--key", "Pause")
    assert taken.returncode == 1 and "Another program has taken Pause" in taken.stderr
