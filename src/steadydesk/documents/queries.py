"""Which protocol binds, and what the versions say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from difflib import unified_diff
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _

from steadydesk.documents.models import Binding, ControlledDocument, Version
from steadydesk.documents.rules import Authorisation, Persons, faults_of
from steadydesk.kernel.errors import FieldFault, NotFound
from steadydesk.protocol import codec
from steadydesk.protocol.checks import publishing_clashes
from steadydesk.protocol.faults import ProtocolFaults
from steadydesk.protocol.schema import Document, Protocol
from steadydesk.protocol.schema.control import ControlForm
from steadydesk.sites import queries as site_queries

# A protocol takes a moment to read and binds for months; a site with open visits needs two or three at once.
_REMEMBERED = 64


@dataclass(frozen=True)
class InForce:
    """A version of a document, read."""

    document: str
    version: str
    protocol: Protocol


_NEWEST = """
SELECT v.document_id, v.label, v.digest FROM documents_binding b JOIN documents_version v ON v.id = b.version_id
WHERE b.site_id = %s ORDER BY b.id DESC LIMIT 1
"""
# In plain SQL: every arrival and every board asks it, and to build the query costs more than to run it.


def in_force(site: str) -> InForce:
    """The protocol that binds at the site now; ``NotFound`` when none was published there yet."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [site])
        row = cursor.fetchone()
    if row is None:
        raise NotFound(_("No protocol is in force at “%s”. Publish one first.") % site)
    return InForce(row[0], row[1], _protocol(row[2]))


@lru_cache(maxsize=_REMEMBERED)
def version(document: str, version: str) -> InForce:
    """One version, in force or long past: a visit keeps the one it began under. Raises ``NotFound``.

    Remembered: the text of a version is never edited.
    """
    digest = Version.objects.filter(document_id=document, label=version).values_list("digest", flat=True).first()
    if digest is None:
        raise NotFound(_("There is no version %(version)s of “%(document)s”.") % _names(document, version))
    return InForce(document, version, _protocol(digest))


@lru_cache(maxsize=_REMEMBERED)
def _protocol(digest: str) -> Protocol:
    return codec.read_stored(Version.objects.filter(digest=digest).values_list("text", flat=True)[0]).protocol


@lru_cache(maxsize=4)
def read(text: str) -> Document:
    """The document that a text to be saved or published holds; one action asks several times.

    Raises ``ProtocolFaults``.
    """
    return codec.read(text)


def row(document: str, label: str) -> Version:
    """The stored version; ``NotFound`` when there is none."""
    found = Version.objects.filter(document_id=document, label=label).first()
    if found is None:
        raise NotFound(_("There is no version %(version)s of “%(document)s”.") % _names(document, label))
    return found


def versions(document: str) -> list[Version]:
    """Every saved state of a document, oldest first."""
    return list(Version.objects.filter(document_id=document).order_by("pk"))


def control_form(version: Version) -> ControlForm:
    """The control form as it stands now, blank fields included (D0)."""
    return ControlForm.model_validate(version.control)


def protocol_of(version: Version) -> Protocol:
    """What the stored version says, read."""
    return _protocol(version.digest)


def as_yaml(version: Version) -> str:
    """The version as a file to give away: the control form as it stands now, then the protocol."""
    return codec.write(Document(control=control_form(version), protocol=_protocol(version.digest)))


def as_public_yaml(version: Version, numbers: Iterable[str]) -> str:
    """The same for everybody: nothing in it that would help an attacker, be it set up at a site and only said here.

    ``numbers`` are those of people, teams and everybody else who can be rung.
    """
    protocol = _protocol(version.digest)
    hidden = site_queries.not_public(_public_numbers(protocol), numbers)
    return codec.write_public(Document(control=control_form(version), protocol=protocol), hidden)


def _public_numbers(protocol: Protocol) -> set[str]:
    """Those that everybody may ring, of every country that the protocol knows."""
    lists = (protocol.get_help.refused_numbers, protocol.get_help.emergency_numbers)
    return {number for countries in lists for numbers in countries.values() for number in numbers}


def today(now: datetime) -> date:
    """The latest local day at any site: a form signed there this morning is not from the future."""
    zones = [site.time_zone for site in site_queries.sites()] or ["UTC"]
    return max(now.astimezone(ZoneInfo(zone)).date() for zone in zones)


def lacks(version: Version, decision: Authorisation, by: str, now: datetime) -> list[FieldFault]:
    """What would keep this decision, written down by ``by``, from making the version's form complete (D6, D7, D9)."""
    signed = decision.sign(control_form(version))
    persons = Persons.behind(version.created_by, by, by_committee=decision.by_committee)
    return faults_of(signed, today(now), persons)


def what_stops_publishing(version: Version) -> list[str]:
    """What may stand in a draft and must not bind anybody (ruling 12), a sentence each."""
    try:
        protocol = read(version.text).protocol
    except ProtocolFaults as error:
        return [f"{fault.line}: {fault.key}: {fault.sentence}" for fault in error.faults]
    return [clash.sentence for clash in publishing_clashes(protocol)]


def difference(old: Version, new: Version) -> list[str]:
    """What ``new`` says otherwise than ``old``, line by line with a little of what stands around it.

    Of both the protocol alone: the control form says anyway that they are two versions.
    """
    return changed_lines(*(codec.write_protocol(_protocol(each.digest)) for each in (old, new)))


def changed_lines(old: str, new: str) -> list[str]:
    """The lines that went (``-``) and came (``+``), each change with two lines around it and ``…`` between them."""
    lines = list(unified_diff(old.splitlines(), new.splitlines(), n=2, lineterm=""))[2:]
    return ["…" if line.startswith("@@") else line for line in lines]


def documents() -> list[ControlledDocument]:
    """Every document under control, by title."""
    return list(ControlledDocument.objects.order_by("title", "slug"))


def document(name: str) -> ControlledDocument:
    """The document of this name; ``NotFound`` when there is none."""
    found = ControlledDocument.objects.filter(pk=name).first()
    if found is None:
        raise NotFound(_("There is no document “%s”.") % name)
    return found


def titles() -> dict[str, str]:
    """What each document under control is called, by its name."""
    return dict(ControlledDocument.objects.order_by("pk").values_list("pk", "title"))


def to_begin_with() -> list[Version]:
    """Versions whose text a new document may begin from: the newest of each, and what binds at a site; by title."""
    found = {row.pk: row for document in documents() for row in versions(document.pk)[-1:]}
    binding = [in_force(site.pk) for site in site_queries.sites() if document_at(site.pk)]
    found |= {row.pk: row for row in (row(force.document, force.version) for force in binding)}
    return sorted(found.values(), key=lambda version: (version.document.title, version.document_id, version.pk))


def document_at(site: str) -> str | None:
    """The document whose version binds at the site."""
    newest = Binding.objects.filter(site_id=site).order_by("-id")
    return newest.values_list("version__document_id", flat=True).first()


def sites_of(document: str) -> set[str]:
    """The sites at which a version of the document binds: it is changed for each of them."""
    every = Binding.objects.filter(version__document=document).values_list("site", flat=True)
    return {site for site in set(every) if document_at(site) == document}


def sites_meant_by(document: str) -> set[str]:
    """The same of a document that may not be there yet.

    Where nothing binds yet, commands take the document that is named as the site is for that of the site.
    """
    return sites_of(document) | {site.pk for site in site_queries.sites() if site.pk == document}


def _names(document: str, version: str) -> dict[str, str]:
    return {"document": document, "version": version}
