"""What may be dialled for help at a site: nothing that could hold up a call to a public number (L2a, L3b-ii(4))."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from steadydesk.alarms.numbers import HELP, PRESET, TEST, plain, several, twice
from steadydesk.documents import queries as documents
from steadydesk.journal.models import Entry
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import FieldFault, Invalid, NotFound
from steadydesk.people import queries as people
from steadydesk.protocol.schema.alarms import GetHelp
from steadydesk.sites import queries as sites
from steadydesk.sites.models import Site, Telephone


@dataclass(frozen=True)
class CodeFault:
    """Something about the telephones of a site that cannot stay so."""

    subject: str
    """The row it is about, as entries name it."""
    field: str
    sentence: str
    holds_up: bool = False
    """Whether a public number would be delayed."""


def refuse_codes(entry: Entry, by: Actor, now: datetime) -> None:
    """A site, a place or a telephone was set up: what it says of telephones must hold. Raises ``Invalid``.

    Another country or outside line may make a code dangerous that was none before.
    """
    kind, _colon, id = entry.subject.partition(":")
    if kind == "person" and id.isdigit():
        _refuse_public(int(id), now)
    if kind not in ("site", "place", "telephone"):
        return
    found = [
        f
        for site in sites.sites()
        for f in code_faults(site)
        if f.subject == entry.subject or (kind == "site" and site.pk == id and f.holds_up)
    ]
    if found:
        raise Invalid([FieldFault(f.field, f.sentence) for f in found])


def _refuse_public(person: int, now: datetime) -> None:
    """A telephone of a person is rung for calls, in drills too: an emergency number is nobody's."""
    number = plain(people.telephone(person, now))
    for site in sites.sites():
        if number in _emergency(site):
            raise Invalid.one("phone", _("%s is an emergency number and nobody's telephone.") % number)


def _emergency(site: Site) -> set[str]:
    try:
        known = documents.in_force(site.pk).protocol.get_help.emergency_numbers.get(site.country, ())
    except NotFound:
        return set()
    return {prefix + number for number in known for prefix in ("", site.outside_line)}


def code_faults(site: Site) -> Iterator[CodeFault]:
    """Everything that is wrong with what can be dialled at the site."""
    yield from _one_place_each(site)
    public = _emergency(site)
    for spot in sites.places(site.pk):
        for number in set(several(spot.extension)) & public:
            sentence = _("%s is an emergency number and no telephone of the house.") % number
            yield CodeFault(f"place:{spot.pk}", "extension", sentence)
    try:
        help = documents.in_force(site.pk).protocol.get_help
    except NotFound:
        return
    for row in sites.telephones(site.pk):
        if row.use in (HELP, TEST):
            yield from _of_number(row, site, help)
        elif row.use == PRESET and plain(row.number) != help.preset_alarm_code:
            sentence = _("The preset code of the protocol in force is %s; change it there first.")
            yield CodeFault(f"telephone:{row.pk}", "number", sentence % help.preset_alarm_code)
    if sentence := _holds_up(help.preset_alarm_code, site, help):
        yield CodeFault(f"site:{site.pk}", "outside_line", sentence, holds_up=True)


def _one_place_each(site: Site) -> Iterator[CodeFault]:
    spots = sites.places(site.pk)
    names = {s.id: s.name for s in spots}
    for number, places in twice((s.id, s.extension) for s in spots).items():
        where = ", ".join(names[p] for p in places)
        sentence = _("The telephone %(number)s would stand at %(where)s: a call from it can name one place only.")
        for spot in spots:
            if spot.id in places:
                yield CodeFault(f"place:{spot.pk}", "extension", sentence % {"number": number, "where": where})


def _of_number(row: Telephone, site: Site, help: GetHelp) -> Iterator[CodeFault]:
    number, subject = plain(row.number), f"telephone:{row.pk}"
    if len(number) != help.extension_length:
        sentence = _(
            "%(number)s is not %(length)s digits long. Another length is recorded in the protocol first, with its "
            "reason (get_help.extension_length)."
        )
        yield CodeFault(subject, "number", sentence % {"number": row.number, "length": help.extension_length})
    if sentence := _holds_up(number, site, help):
        yield CodeFault(subject, "number", sentence, holds_up=True)
    for spot in sites.places(site.pk):
        if number in several(spot.extension):
            sentence = _("%(number)s is the telephone of %(place)s; nobody could ring it any more.")
            yield CodeFault(subject, "number", sentence % {"number": number, "place": spot.name})


def _holds_up(code: str, site: Site, help: GetHelp) -> str:
    """Why the code is refused; empty when it delays nobody."""
    number = help.shadows(code, site.country, site.outside_line)
    if number is None:
        return ""
    facts = {"code": code, "number": number}
    if code in (number, site.outside_line + number):
        return _("%(code)s is a public number: choose a code that nobody dials for anything else.") % facts
    if code.startswith((number, site.outside_line + number)):
        sentence = _("%(code)s begins with %(number)s: whoever dials that would wait until no more digits come.")
        return sentence % facts
    sentence = _("%(number)s begins with %(code)s: whoever dials it would raise a call here and reach nobody outside.")
    return sentence % facts
