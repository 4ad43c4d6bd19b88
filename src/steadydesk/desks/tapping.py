"""People tap in and out at a desk: by PIN or badge, two at most, in three seconds."""

from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from steadydesk.deadlines.actions import clear_deadline, set_deadline
from steadydesk.desks import queries, rules
from steadydesk.desks.models import DayPass, Key, Tap, WrongKey
from steadydesk.journal.actions import record, write
from steadydesk.journal.events import Event
from steadydesk.kernel.actor import HELD_BESIDE, Actor, Permission
from steadydesk.kernel.errors import Invalid, Refusal
from steadydesk.people import actions as people
from steadydesk.people import devices
from steadydesk.people import queries as in_people

TAP_ENDS = "tap-ends"


class PinHasher(PBKDF2PasswordHasher):
    """Ten thousand PINs fall to any hash; what keeps them is that few may be tried. So it is quick at the desk."""

    iterations = 50_000


_hasher = PinHasher()


def hash_pin(pin: str) -> str:
    """What is kept of a PIN."""
    return _hasher.encode(pin, _hasher.salt())


def _badge(number: str) -> str:
    return salted_hmac("steadydesk.badge", number.strip(), algorithm="sha256").hexdigest()


# Keys


def set_pin(person: int, pin: str, *, once: bool = False, by: Actor, now: datetime) -> None:
    """A person chooses a PIN. One that an administrator sets is changed at its first use."""
    own = by.person == person and not once
    if not own:
        by.check_each(Permission.SET_UP, in_people.belongs_to(person))
    _refuse_pin(pin)
    hash = hash_pin(pin)
    with write(now):
        Key.objects.update_or_create(person_id=person, defaults={"pin": hash, "once": not own})
        record(Event.KEY_CHANGED, f"person:{person}", by=by, pin=True)


def set_badge(person: int, number: str, *, by: Actor, now: datetime) -> None:
    """Give a person a badge; an empty number takes it away."""
    by.check_each(Permission.SET_UP, in_people.belongs_to(person))
    badge = _badge(number) if number.strip() else ""
    with write(now):
        if badge and Key.objects.filter(badge=badge).exclude(pk=person).exists():
            raise Invalid.one("badge", _("Somebody else has this badge."))
        Key.objects.update_or_create(person_id=person, defaults={"badge": badge})
        record(Event.KEY_CHANGED, f"person:{person}", by=by, badge=bool(badge))


def badge_owner(number: str) -> int | None:
    """Whose badge it is, active or not."""
    return Key.objects.filter(badge=_badge(number)).values_list("pk", flat=True).first()


def take_keys(person: int, *, by: Actor, now: datetime) -> None:
    """Neither PIN nor badge of theirs opens anything any more."""
    by.check_each(Permission.SET_UP, in_people.belongs_to(person))
    with write(now):
        Key.objects.filter(pk=person).delete()
        record(Event.KEY_CHANGED, f"person:{person}", by=by, pin=False, badge=False)


def _refuse_pin(pin: str) -> None:
    fault = rules.pin_fault(pin)
    if fault is rules.PinFault.DIGITS:
        raise Invalid.one("new_pin", _("Choose four to eight digits."))
    if fault is rules.PinFault.EASY:
        raise Invalid.one("new_pin", _("Others would try this one first. Choose another."))


# Who it is


def recognise(key: str, *, person: int | None = None, by: Actor, now: datetime) -> int:
    """Whose PIN or badge this is. Without a person it is a badge; wrong ones count, and too many must wait.

    A call for help is never counted, slowed or refused by this.
    """
    device = _desk(by)
    wrong = WrongKey.objects.filter(device_id=device, **_for(person)).first()
    if wrong is not None and rules.is_barred(wrong.times, wrong.last_at, now):
        raise Refusal("wait", _wait(person))
    found = _owner(key.strip(), person)
    if found is None:
        _count_wrong(device, person, wrong, now)
        raise Refusal("not_known", _("This is not right. Choose your name and type your PIN, or use your badge."))
    if wrong is not None:
        WrongKey.objects.filter(pk=wrong.pk).delete()
    _refuse_stranger(found, device, by, now)
    return found


def _wait(person: int | None) -> str:
    """What still works meanwhile: wrong badges bar the badges of all, wrong PINs one person's PIN."""
    if person is None:
        return _("Too many wrong tries. Wait five minutes, or choose your name and use your PIN.")
    return _("Too many wrong tries. Wait five minutes, or use a badge.")


def _for(person: int | None) -> dict[str, Any]:
    return {"person__isnull": True} if person is None else {"person_id": person}


def _owner(key: str, person: int | None) -> int | None:
    if person is None:
        badge = _badge(key) if 0 < len(key) <= rules.LONGEST_BADGE else None
        return Key.objects.filter(badge=badge, person__is_active=True).values_list("pk", flat=True).first()
    pin = Key.objects.filter(pk=person, person__is_active=True).values_list("pin", flat=True).first()
    return person if pin and len(key) <= rules.LONGEST_PIN and _hasher.verify(key, pin) else None


def _count_wrong(device: int, person: int | None, wrong: WrongKey | None, now: datetime) -> None:
    times = rules.wrong_times(wrong.times, wrong.last_at, now) if wrong else 1
    fresh = {"device_id": device, "person_id": person, "times": times, "last_at": now}
    with write(now):
        WrongKey.objects.update_or_create(
            device_id=device, **_for(person), defaults={"times": times, "last_at": now}, create_defaults=fresh
        )


def _refuse_stranger(person: int, device: int, by: Actor, now: datetime) -> None:
    """Who works at the site may tap in at each of its desks; a day pass is for one desk alone."""
    held = DayPass.objects.filter(person_id=person).first()
    if held is not None and (held.ended_at is not None or held.device_id != device):
        raise Refusal("other_desk", _("This day pass is for another desk, or has ended."))
    roles = {role for role, where in in_people.actor(person).roles if where in (None, by.site)}
    if not roles:
        raise Refusal("other_site", _("You do not work at this site. A manager can give you a day pass."))
    set_up_as_one = held is None and roles - HELD_BESIDE == {"day_pass"}
    if set_up_as_one and in_people.shift_place(person, by.site or "", now) != by.place:
        raise Refusal("other_desk", _("Your day pass is for the desk of your shift. A manager can give you another."))


def _desk(by: Actor) -> int:
    if by.kind != "device":
        raise Refusal("no_desk", _("Only at a desk can people tap in."))
    return int(by.id)


# In and out


def tap_in(key: str, *, person: int | None = None, new_pin: str = "", by: Actor, now: datetime) -> int:
    """A person begins to work at this desk and stops at any other; returns who. At most two at one desk."""
    device = _desk(by)
    who = recognise(key, person=person, by=by, now=now)
    if person is not None and Key.objects.filter(pk=who, once=True).exists():
        _choose_own(who, key, new_pin, by=by, now=now)
    begin(who, device, by=by, now=now)
    return who


def _choose_own(person: int, old: str, new: str, *, by: Actor, now: datetime) -> None:
    if not new:
        raise Refusal("new_pin", _("This PIN was set for you. Choose one of your own, four to eight digits."))
    if new == old:
        raise Invalid.one("new_pin", _("Choose another PIN than the one you were given."))
    set_pin(person, new, by=queries.acting(by, person), now=now)


def begin(person: int, device: int, *, by: Actor, now: datetime) -> None:
    """Tap a person in who is known already."""
    desk, acting = devices.one(device), queries.acting(by, person)
    with write(now):
        open_taps = Tap.objects.select_for_update().filter(ended_at__isnull=True)
        here = [t.person_id for t in open_taps.filter(device_id=device)]
        if person in here:
            return
        if len(here) >= rules.MOST_AT_DESK:
            raise Refusal("desk_full", _("Two people are tapped in here. One of them taps out first, or take over."))
        for elsewhere in open_taps.filter(person_id=person):
            end(elsewhere, by=acting, now=now)
        tap = Tap.objects.create(device_id=device, person_id=person, at=now)
        set_deadline(TAP_ENDS, f"tap:{tap.pk}", now + rules.TAP_LASTS)
        record(Event.DESK_TAPPED_IN, f"device:{device}", by=acting, site=desk.site, person=person)
        if queries.terms(desk.site).presence_follows:
            people.stand_at(person, desk.site, desk.place_pk, by=acting, now=now)


def end(tap: Tap, *, going_home: bool = False, by: Actor, now: datetime) -> None:
    """One tap ends; the shift goes on until the person goes home."""
    with write(now):
        if not Tap.objects.filter(pk=tap.pk, ended_at__isnull=True).update(ended_at=now):
            return
        clear_deadline(TAP_ENDS, f"tap:{tap.pk}")
        site = devices.one(tap.device_id).site
        record(Event.DESK_TAPPED_OUT, f"device:{tap.device_id}", by=by, site=site, person=tap.person_id)
        if going_home:
            people.end_shift(tap.person_id, site, by=by, now=now)


def tap_out(person: int, *, going_home: bool = False, by: Actor, now: datetime) -> None:
    """Somebody leaves this desk. It asks for no PIN: nobody is kept at a desk."""
    device = _desk(by)
    for tap in Tap.objects.filter(device_id=device, person_id=person, ended_at__isnull=True):
        end(tap, going_home=going_home, by=queries.acting(by, person), now=now)


def send_home(person: int, device: int, *, by: Actor, now: datetime) -> None:
    """The day is over for somebody at this desk: said there, or by whoever looks after who is at work."""
    if by.holder == f"device:{device}":
        by = queries.acting(by, person)
    else:
        by.check(Permission.PRESENCE_SET, devices.one(device).site)
    for tap in Tap.objects.filter(device_id=device, person_id=person, ended_at__isnull=True):
        end(tap, going_home=True, by=by, now=now)


def end_old(id: int, *, by: Actor, now: datetime) -> None:
    """Somebody forgot to tap out; they went home long ago."""
    for tap in Tap.objects.filter(pk=id, ended_at__isnull=True):
        end(tap, going_home=True, by=by, now=now)
