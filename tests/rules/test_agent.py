"""The desktop agent without a desktop: its mark, its keys, what it keeps, and where it says it is.

The part for Windows is tried against the documented interface, played here. NOT RUN: on a real Windows.
"""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import httpx
import pytest
from Xlib import XK, X

from steadydesk.agent import keys, mark
from steadydesk.agent.kept import Kept, new_press
from steadydesk.agent.keys import Key, read_key
from steadydesk.agent.keys.windows import HOT_KEY, Windows
from steadydesk.agent.keys.x11 import X11
from steadydesk.agent.mark import Standing
from steadydesk.agent.place import Places, body_of, client_name, windows_session
from steadydesk.agent.sending import Sender
from steadydesk.agent.settings import CannotStart, read_token
from steadydesk.agent.watching import Watcher

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
GOOD = Standing(linked=True, can_answer=2)
OPEN = {"id": "a", "state": "open", "coming": []}
COMING = {"id": "b", "state": "acknowledged", "coming": [{"name": "Viktor", "at": ""}]}


@pytest.mark.parametrize(
    ("now", "sign"),
    [
        (GOOD, "·"),
        (Standing(linked=False, can_answer=2), "?"),
        (Standing(linked=True, can_answer=0), "?"),
        (Standing(linked=True, can_answer=2, placed=False), "?"),
        (Standing(linked=True, can_answer=2, waiting=True), "○"),
        (Standing(waiting=True), "○"),
        (Standing(linked=True, can_answer=2, waiting=True, overdue=True, alarms=(COMING,)), "?"),
        (Standing(linked=True, alarms=(OPEN,)), "○"),
        (Standing(linked=True, alarms=(COMING,)), "●"),
        (Standing(linked=True, alarms=(COMING, OPEN)), "○"),
    ],
)
def test_the_mark_says_before_and_after_a_press_how_it_goes(now, sign):
    assert mark.mark(now) == sign
    assert mark.words(now)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Ctrl+Shift+9", Key("9", frozenset({"ctrl", "shift"}))),
        ("control + alt + h", Key("H", frozenset({"ctrl", "alt"}))),
        ("pause", Key("Pause")),
        ("F13", Key("F13")),
    ],
)
def test_a_key_is_read_as_people_write_it(written, key):
    assert read_key(written) == key


@pytest.mark.parametrize("written", ["9", "Shift+a", "F5", "Ctrl+", "Ctrl+F25", "Hyper+9", "Ctrl+Enter", ""])
def test_a_key_that_is_none_or_is_typed_all_day_is_refused(written):
    with pytest.raises(CannotStart):
        read_key(written)


@pytest.mark.parametrize(
    ("platform", "environ", "says"),
    [
        ("linux", {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "steadydesk press"),
        ("linux", {"XDG_SESSION_TYPE": "wayland"}, "--no-key"),
        ("linux", {}, "no DISPLAY"),
        ("darwin", {}, "not supported"),
    ],
)
def test_a_desktop_that_lets_no_program_take_a_key_says_what_to_do_instead(platform, environ, says):
    with pytest.raises(CannotStart, match=says):
        keys.listener(Key("Pause"), environ, platform)


def test_a_key_that_is_held_is_one_press_on_x11():
    x11 = X11.__new__(X11)
    x11._up_at = None
    happened = [(X.KeyPress, 100), (X.KeyRelease, 700), (X.KeyPress, 700), (X.KeyRelease, 730), (X.KeyPress, 1200)]
    told = [x11._is_press(SimpleNamespace(type=kind, time=at)) for kind, at in happened]
    assert told == [True, False, False, False, True]


class Keyboard:
    """An X server's display and root window: a layout, and the grabs that it holds."""

    def __init__(self, **layout):
        self.layout, self.grabbed = layout, set()

    def keysym_to_keycode(self, keysym):
        return next((code for name, code in self.layout.items() if XK.string_to_keysym(name) == keysym), 0)

    def get_modifier_mapping(self):
        return []

    def refresh_keyboard_mapping(self, event):
        self.layout = event.layout

    def grab_key(self, keycode, *_how, onerror):
        self.grabbed.add(keycode)

    def ungrab_key(self, keycode, modifiers):
        self.grabbed.clear()

    def sync(self):
        """Nothing is under way."""


def test_the_key_stays_where_it_was_on_a_keyboard_that_has_none_and_moves_when_there_is_one_again(caplog):
    x11 = X11.__new__(X11)
    x11._key, x11._display = Key("Pause"), Keyboard(Pause=127)
    x11._root = x11._display
    x11.take()
    x11._grab_again(SimpleNamespace(layout={"F13": 191}))
    assert x11._root.grabbed == {127}
    assert "This keyboard has no Pause" in caplog.text
    x11._grab_again(SimpleNamespace(layout={"Pause": 110}))
    assert x11._root.grabbed == {110}


class User32:
    """Windows as its documentation describes it: registers a key once, and hands out messages until the end."""

    def __init__(self, messages, *, free=True):
        self.messages, self.free, self.calls = list(messages), free, []

    def RegisterHotKey(self, window, id, held, code):
        self.calls.append(("register", window, id, held, code))
        return int(self.free)

    def GetMessageW(self, message, window, first, last):
        if not self.messages:
            return 0
        message._obj.message = self.messages.pop(0)
        return 1

    def UnregisterHotKey(self, window, id):
        self.calls.append(("unregister", window, id))
        return 1


def test_windows_registers_the_key_without_repeat_and_tells_of_each_press():
    user32, pressed = User32([0x0113, HOT_KEY, HOT_KEY]), []
    windows = Windows(read_key("Ctrl+Shift+9"), user32)
    windows.take()
    windows.listen(lambda: pressed.append(1))
    assert len(pressed) == 2, "another message of the thread is no press"
    assert user32.calls == [("register", None, 1, 0x4000 | 0x0002 | 0x0004, 0x39), ("unregister", None, 1)]


@pytest.mark.parametrize(("key", "code"), [("Pause", 0x13), ("F13", 0x7C), ("Alt+F4", 0x73), ("Super+H", 0x48)])
def test_windows_knows_the_key_by_its_virtual_code(key, code):
    user32 = User32([])
    Windows(read_key(key), user32).take()
    assert user32.calls[0][-1] == code


def test_windows_says_when_another_program_has_the_key():
    with pytest.raises(CannotStart, match="Another program has taken Ctrl\\+Shift\\+9"):
        Windows(read_key("Ctrl+Shift+9"), User32([], free=False)).take()


class Wtsapi:
    """The names of sessions' clients, as Windows documents them."""

    def __init__(self, name):
        self.name, self.freed = name, 0

    def WTSQuerySessionInformationW(self, server, session, what, found, length):
        assert (server, session, what) == (None, 0xFFFFFFFF, 10)
        found._obj.value = self.name
        return int(self.name is not None)

    def WTSFreeMemory(self, found):
        self.freed += 1


def test_windows_says_the_client_of_the_session_as_it_is_now():
    moved = Wtsapi("THIN-07")
    assert client_name({"CLIENTNAME": "THIN-01"}, lambda: windows_session(moved)) == "THIN-07"
    assert moved.freed == 1
    assert windows_session(Wtsapi(None)) == ""


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({}, ""),
        ({"CLIENTNAME": "Console"}, ""),
        ({"CLIENTNAME": "THIN-07"}, "THIN-07"),
        ({"SSH_CONNECTION": "10.0.0.7 5 x 22"}, "10.0.0.7"),
    ],
)
def test_a_virtual_desktop_is_known_by_its_client(environ, name):
    assert client_name(environ) == name


def test_the_place_of_a_virtual_desktop_is_said_once_and_never_guessed(tmp_path):
    rolled_out = tmp_path / "map"
    rolled_out.write_text("# thin clients\nTHIN-01 desk-1\n")
    places = Places(tmp_path, rolled_out)
    assert body_of("", places) == {}, "a desk's own computer: the token says it"
    assert body_of("thin-01", places) == {"place": "desk-1"}
    assert "place" not in body_of("THIN-02", places) and "THIN-02" in body_of("THIN-02", places)["note"]
    places.remember("THIN-02", "desk-2")
    assert body_of("thin-02", Places(tmp_path, rolled_out)) == {"place": "desk-2"}


def test_a_token_that_others_may_read_is_refused_with_what_to_do(tmp_path):
    file = tmp_path / "token"
    file.write_text("secret\n")
    file.chmod(0o644)
    with pytest.raises(CannotStart, match="chmod 600"):
        read_token(file)
    file.chmod(0o600)
    assert read_token(file) == "secret"


class Server:
    """Takes presses when it is up."""

    def __init__(self):
        self.up, self.got = False, []

    def raise_alarm(self, press, ago):
        if not self.up:
            raise httpx.ConnectError("down")
        self.got.append((press.key, ago))
        return OPEN | {"id": press.key}


def test_a_press_is_kept_until_it_is_confirmed_and_sent_under_one_key(tmp_path):
    server, confirmed = Server(), []
    sender = Sender(server, Kept(tmp_path), confirmed.append)
    press = sender.press({"source": "agent"})
    sender.send_all()
    assert sender.is_waiting(press) and not confirmed
    later = Sender(server, Kept(tmp_path), confirmed.append)
    server.up = True
    later.send_all()
    later.send_all()
    assert [key for key, _ago in server.got] == [press.key]
    assert not Kept(tmp_path).all() and len(confirmed) == 1


def test_a_disk_that_is_full_does_not_cost_the_press(tmp_path):
    server, confirmed = Server(), []
    server.up = True
    sender = Sender(server, Kept(tmp_path / "nowhere"), confirmed.append)
    sender.press({"source": "agent"})
    sender.send_all()
    assert len(server.got) == 1


def test_what_is_kept_survives_a_file_that_was_cut_off_and_a_clock_that_was_set_back(tmp_path):
    kept, press = Kept(tmp_path), new_press({"source": "agent"}, NOW)
    kept.keep(press)
    (tmp_path / "half.press").write_text('{"key": "')
    assert kept.all() == [press]
    assert press.ago(NOW - timedelta(hours=1)) == timedelta()


def test_an_answer_that_was_quicker_than_the_confirmation_is_not_lost():
    watcher = Watcher(None)
    watcher.take("heartbeat", {"protected": True, "can_answer": 3})
    watcher.take("alarm:acknowledged", {"facts": COMING})
    watcher.confirmed(COMING | {"coming": [], "state": "open"})
    assert watcher.heard() == (True, 3, (COMING,))
    watcher.take("alarm:closed", {"facts": COMING | {"state": "closed"}})
    assert watcher.heard()[2] == ()


def test_the_agent_starts_where_there_is_no_unix_and_brings_no_server_along():
    script = """
import sys
for name in ("fcntl", "pwd", "grp", "resource", "termios"):
    sys.modules[name] = None
from steadydesk.project.commands.main import main
try:
    main(["agent", "--help"])
except SystemExit:
    pass
assert "django" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
