"""Push messages end to end: a browser is added, a call is sealed for it, and its service worker shows it.

Chromium subscribes with Google's service alone, so the subscription is made here: by the server it goes to a push
service of the test's own, and what that opens is put to the real service worker as the browser would.
"""

import json
from queue import Empty

import pytest

from tests.pushing import push_service
from tests.running import Server
from tests.screens.conftest import live

pytestmark = pytest.mark.browser

LONGEST_WAIT_S = 60
SUBSCRIBES = """
  const given = %s;
  const subscription = () => localStorage.subscribed ? {
    endpoint: given.endpoint,
    toJSON: () => ({ endpoint: given.endpoint, keys: { p256dh: given.p256dh, auth: given.auth } }),
    unsubscribe: async () => delete localStorage.subscribed,
  } : null;
  PushManager.prototype.getSubscription = async () => subscription();
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    if (applicationServerKey.length !== 65) throw new Error("not a key");
    localStorage.subscribed = "yes";
    return subscription();
  };
"""
"""What a browser does that reaches its push service."""
NOTIFIED = """async () => {
  const shown = await (await navigator.serviceWorker.ready).getNotifications();
  return shown.map(({ title, body, tag, silent, data }) => ({ title, body, tag, silent, opens: data.opens }));
}"""


@pytest.fixture(scope="module")
def service():
    with push_service() as service:
        yield service


@pytest.fixture(scope="module")
def server(service, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STEADYDESK_PUSH_CONTACT", "mailto:it@example.org")
        patch.setenv("STEADYDESK_PUSH_SERVICES", service.origin)
        found = Server(tmp_path_factory.mktemp("push"), "--empty").start()
    yield found
    found.kill()


def arrived(service, page):
    """The next message at the push service; what its sender says of it where none comes."""
    try:
        return service.arrived.get(timeout=LONGEST_WAIT_S)
    except Empty:
        page.reload()
        raise AssertionError(f"no message came: {page.locator('#way-push').inner_text()}") from None


def deliver(page, server, content):
    """As the browser does when its push service has something for it."""
    cdp = page.context.new_cdp_session(page)
    found = []
    cdp.on("ServiceWorker.workerRegistrationUpdated", lambda said: found.extend(said["registrations"]))
    cdp.send("ServiceWorker.enable")
    page.wait_for_function("navigator.serviceWorker.controller")
    while not found:
        page.evaluate("1")
    how = {"origin": server.url, "registrationId": found[0]["registrationId"], "data": content}
    cdp.send("ServiceWorker.deliverPushMessage", how)
    cdp.detach()


def open_with(screens, service, name, permissions=("notifications",)):
    given = service.add(name)
    page = screens.phone("viktor", "/me/reached", permissions=list(permissions))
    page.add_init_script(SUBSCRIBES % json.dumps(given))
    page.reload()
    live(page)
    return page


def test_a_browser_is_added_is_sent_a_call_and_shows_it(screens, service, server, axe):
    page = open_with(screens, service, "phone")
    page.get_by_text("This browser does not take them yet.").wait_for()
    page.get_by_role("button", name="Send calls to this browser").click()
    page.get_by_text("This browser takes them.").wait_for()
    assert axe(page) == []
    page.get_by_role("button", name="Test it: push message").click()
    page.get_by_text("A test is on its way").wait_for()
    trial = arrived(service, page)
    assert trial.said["opens"] == "/me/reached"
    call = screens.press("desk-2", urgency="help", kind="person")
    pushed = arrived(service, page)
    assert pushed.said["opens"] == f"/alarms/{call['id']}"
    deliver(page, server, json.dumps(pushed.said))
    page.wait_for_function(f"async () => (await ({NOTIFIED})()).length")
    [shown] = page.evaluate(NOTIFIED)
    wanted = {name: pushed.said[name] for name in ("title", "body", "tag", "opens")}
    assert shown == {**wanted, "silent": pushed.said["quiet"]}
    page.goto(server.url + pushed.said["opens"])
    page.locator("tr, li").filter(has_text="push message").filter(has_text="seen").first.wait_for()


def test_a_message_that_cannot_be_read_is_shown_all_the_same(screens, service, server):
    page = open_with(screens, service, "tablet")
    deliver(page, server, "\0 nonsense")
    page.wait_for_function(f"async () => (await ({NOTIFIED})()).length")
    assert page.evaluate(NOTIFIED)[0]["title"] == "Steadydesk"


def test_a_tap_opens_the_call_once(screens, service, server):
    page = open_with(screens, service, "laptop")
    page.wait_for_function("navigator.serviceWorker.controller")
    [worker] = page.context.service_workers
    opened = worker.evaluate(
        """async () => {
          const opened = [];
          Object.defineProperty(clients, "openWindow", { value: (path) => opened.push(path) });
          await openPage("/alarms/7d1e");
          WindowClient.prototype.focus = function () { opened.push(new URL(this.url).pathname + " again"); };
          await openPage("/me/reached");
          return opened;
        }"""
    )
    assert opened == ["/alarms/7d1e", "/me/reached again"]


def test_a_browser_that_may_not_show_anything_says_how_to_mend_it(screens, service):
    page = open_with(screens, service, "refusing", permissions=())
    page.evaluate("Notification.requestPermission = async () => 'denied'")
    page.get_by_role("button", name="Send calls to this browser").click()
    page.get_by_text("allow notifications of this site in its settings").wait_for()
