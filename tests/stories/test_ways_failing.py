"""Every way to reach people fails in its own manner: each failure is seen on the call's page, and no other waits."""

import socket
from contextlib import ExitStack
from datetime import timedelta

import pytest

from steadydesk.delivery import browsers, ways
from steadydesk.delivery.channels.apprise import transport as services
from steadydesk.delivery.channels.push import transport as push
from steadydesk.delivery.models import Delivery
from steadydesk.delivery.sender import Sender
from steadydesk.kernel.clock import clock
from steadydesk.people.models import Person, Shift
from tests.alarming import press, shown
from tests.faults import receivers
from tests.pushing import Phone, push_service, use_push

HERE = receivers.HOST
BOT = "tgram://123456789:abcdefghijklmnopqrstuvwxyzABCDEFGHI/123"


@pytest.fixture(autouse=True)
def ways_of_viktor(world, settings):
    settings.EMAIL_HOST = settings.WEBHOOK_URL = ""
    Shift.objects.filter(person__login="viktor").update(place=None)
    Person.objects.filter(login="viktor").update(email="viktor@example.org")


def add_browser(world, endpoint):
    given = browsers.Given(**Phone().given(endpoint), name="phone", token="")
    browsers.add_browser(given, by=world.person("viktor"), now=clock.now())


def give(world, url):
    ways.give_service(url, by=world.person("viktor"), now=clock.now())


def page(world, alarm):
    return world.client("helen").get(f"/alarms/{alarm['id']}").text


def send(world):
    Sender(lambda site: set()).run_once(clock.now())
    world.messages()


def use_all(world, settings, port):
    """Every way leads to one receiver."""
    receivers.use_mail(settings, port)
    receivers.use_webhook(settings, port)
    use_push(settings, f"http://{HERE}:{port}")
    settings.APPRISE = (("json", f"{HERE}:{port}"),)
    add_browser(world, f"http://{HERE}:{port}/phone")
    give(world, f"json://{HERE}:{port}/")


SAID = (
    "The mail server cannot be reached.",
    "The push service cannot be reached.",
    "The service cannot be reached, or did not take the message.",
    "The webhook&#x27;s receiver cannot be reached.",
)


def test_receivers_that_are_down_are_each_seen_on_the_page_of_the_call(world, settings):
    use_all(world, settings, receivers.free_port())
    alarm = press(world, device="desk-2")
    send(world)
    text = page(world, alarm)
    assert [said for said in SAID if said not in text] == []
    assert shown(world, alarm)["state"] == "open"


@pytest.mark.parametrize("greeting", [b"", b"\0\xff nonsense\r\n\r\n"])
def test_receivers_that_hang_or_talk_nonsense_are_each_seen_there_too(world, settings, monkeypatch, greeting):
    settings.EMAIL_TIMEOUT = 0.2
    monkeypatch.setattr(services, "TIMEOUT_S", 2)
    monkeypatch.setattr(push, "TIMEOUT_S", 0.2)
    push._client.cache_clear()
    with receivers.mute_server(greeting) as (port, _connected):
        use_all(world, settings, port)
        alarm = press(world, device="desk-2")
        send(world)
    push._client.cache_clear()
    rows = Delivery.objects.filter(subject=f"alarm:{alarm['id']}").exclude(channel="screen").exclude(failures=[])
    assert {row.channel for row in rows} == {"mail", "push", "apprise", "webhook"}
    assert {row.state for row in rows} == {"waiting"}, "each is tried on"
    text = page(world, alarm)
    assert all(row.failures[-1]["said"].replace("'", "&#x27;") in text for row in rows)


def test_without_the_internet_the_ways_inside_go_on_and_the_others_say_why_they_do_not(world, settings, monkeypatch):
    find = socket.getaddrinfo

    def inside_only(host, *args, **how):
        if host not in (HERE, "localhost"):
            raise socket.gaierror(-3, "Temporary failure in name resolution")
        return find(host, *args, **how)

    with ExitStack() as stack:
        box, hook = (stack.enter_context(r(settings)) for r in (receivers.mailbox, receivers.receiver))
        use_push(settings)
        settings.APPRISE = (("tgram", ""),)
        add_browser(world, "https://push.example.org/phone")
        give(world, BOT)
        monkeypatch.setattr(socket, "getaddrinfo", inside_only)
        alarm = press(world, device="desk-2")
        send(world)
        assert hook.arrived.get(timeout=5).content["id"] == alarm["id"]
        assert {box.arrived.get(timeout=5)["To"] for _ in range(box.arrived.qsize())} >= {"viktor@example.org"}
    text = page(world, alarm)
    assert "The push service cannot be reached." in text
    assert "The service cannot be reached, or did not take the message." in text


def test_a_push_service_that_is_back_gets_what_waited(world, settings):
    with push_service() as service:
        use_push(settings, service.origin)
        given = browsers.Given(**service.add("phone"), name="phone", token="")
        browsers.add_browser(given, by=world.person("viktor"), now=clock.now())
        service.answers["/phone"] = [503, 503]
        alarm = press(world, device="desk-2")
        for _try in range(3):
            send(world)
            clock.advance(timedelta(seconds=1))
        assert [p.said["opens"] for p in service.taken()] == [f"/alarms/{alarm['id']}"]
    assert "The push service answered 503." in page(world, alarm), "what failed stays on the page"
