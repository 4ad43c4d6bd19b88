"""Numbering and authorisation of a document (D2 to D10). Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from steadydesk.kernel.errors import FieldFault, Invalid, Refusal
from steadydesk.kernel.states import StateTable
from steadydesk.kernel.words import gettext as _
from steadydesk.protocol.checks import wording_faults
from steadydesk.protocol.schema.control import Author, ControlForm

DRAFT, FINAL = "draft", "final"

STATES = StateTable(
    name="version",
    states=(DRAFT, FINAL),
    moves={"authorise": {DRAFT: FINAL}, "amend": {DRAFT: DRAFT, FINAL: DRAFT}, "publish": {FINAL: FINAL}},
    refusals={
        DRAFT: ("incomplete", _("This version is not authorised yet. Authorise it first.")),
        FINAL: (
            "not_available",
            _("This version is authorised and is never edited. Save an amendment instead."),
        ),
    },
)

_LABEL = re.compile(r"[vV](?:0\.(?P<trial>\d{2,})|(?P<major>[1-9]\d*)(?:\.(?P<minor>[1-9]\d*))?)")
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
"""The name of a document: it stands in addresses and in commands."""


@dataclass(frozen=True, order=True)
class Number:
    """The number of a version; ordered as versions follow one another."""

    major: int
    minor: int

    @classmethod
    def read(cls, label: str) -> "Number":
        """The number that “V1.1” or “v0.07” stands for. Raises ``Invalid``."""
        match = _LABEL.fullmatch(label.strip())
        if match is None:
            raise Invalid.one("control.version", _("“%s” is not a version number; write v0.01, v1 or v1.1.") % label)
        if match["trial"]:
            return cls(0, int(match["trial"]))
        return cls(int(match["major"]), int(match["minor"] or 0))

    def __str__(self) -> str:
        if self.major == 0:
            return f"v0.{self.minor:02d}"
        return f"v{self.major}.{self.minor}" if self.minor else f"v{self.major}"

    def amended(self) -> "Number":
        """The number of the next saved amendment: v0.99 is followed by v0.100, v1.9 by v1.10 (D2a, D2c)."""
        return Number(self.major, self.minor + 1)

    def finalised(self) -> "Number":
        """v1, which only a document that never was final can become (D2b)."""
        if self.major:
            raise Refusal("not_available", _("Only a version before v1 can become v1; this one is %s.") % self)
        return Number(1, 0)

    def reviewed(self) -> "Number":
        """The number after a completed review: vN.x becomes vN+1 (D2d)."""
        if not self.major:
            raise Refusal("not_available", _("%s was never final, so there is nothing to review yet.") % self)
        return Number(self.major + 1, 0)


FIRST = Number(0, 1)
"""A new document starts here (D2a)."""


def next_amendment(labels: Iterable[str]) -> Number:
    """The number after all that the document has, so that no two saved states share one (D2)."""
    return max((Number.read(label) for label in labels), default=Number(0, 0)).amended()


def require_free(number: Number, labels: Iterable[str]) -> Number:
    """``number``, unless another saved state bears it or a later one already (D2)."""
    newest = max((Number.read(label) for label in labels), default=Number(0, 0))
    if newest >= number:
        facts = {"newest": newest, "number": number}
        raise Refusal("not_available", _("%(newest)s is there already, so nothing can become %(number)s.") % facts)
    return number


def overtaken_by(label: str, finals: Iterable[str]) -> Number | None:
    """What is final already and came after this draft, whose text it replaced; ``None`` when nothing did."""
    number = Number.read(label)
    return max((later for final in finals if (later := Number.read(final)) > number), default=None)


def require_not_overtaken(label: str, finals: Iterable[str]) -> None:
    """Raise ``Refusal`` for a draft that something final came after; v0.nn are only ever followed by v1 (D2)."""
    newest = overtaken_by(label, finals)
    if newest is not None:
        facts = {"newest": newest, "number": label}
        sentence = _("%(newest)s is final already, and came after %(number)s. Save an amendment of it with your text.")
        raise Refusal("not_available", sentence % facts)


def can_be_reviewed(label: str, labels: Iterable[str]) -> bool:
    """Whether a completed review can give the version its next whole number: it was final, and none has it yet."""
    number = Number.read(label)
    return bool(number.major) and all(Number.read(other) < number.reviewed() for other in labels)


def require_newest(newest: str, known: str | None) -> None:
    """Raise ``Refusal`` when somebody else saved a version after the one that the writer knew of; ``None`` knew all."""
    if known is not None and newest != known:
        raise Refusal("not_available", _("%s was saved meanwhile. Your text is kept: look at the difference.") % newest)


def faults_of_new(document: str, title: str, titles: Mapping[str, str]) -> list[FieldFault]:
    """What keeps a document of this name and title from being begun, beside ``titles``: those there, by their names.

    Two documents of one title could not be told apart on any list (D1).
    """
    faults = []
    if not _NAME.fullmatch(document):
        sentence = _("Write a short name of small letters a to z, digits and hyphens, at most 60 of them.")
        faults.append(FieldFault("document", sentence))
    elif document in titles:
        sentence = _("There is a document “%s” already. Amend that one, or choose another name.")
        faults.append(FieldFault("document", sentence % document))
    other = next((name for name, known in titles.items() if _plain(known) == _plain(title)), None)
    if other is not None:
        sentence = _("The document “%s” has this title already. Give the new one a title of its own.")
        faults.append(FieldFault("control.title", sentence % other))
    return faults


def require_new(document: str, title: str, titles: Mapping[str, str]) -> None:
    """Raise ``Refusal`` with every reason at once unless a document may be begun so."""
    faults = faults_of_new(document, title, titles)
    if faults:
        raise Refusal("not_available", " ".join(fault.reason for fault in faults), errors=faults)


@dataclass(frozen=True)
class Authorisation:
    """What the authority decided: when, who, until when it holds, and where it is minuted (D6 to D9).

    What is missing is ``None`` and keeps the form from being complete.
    """

    on: date | None
    authority: str | None
    review_on: date | None
    information: str | None = None
    by_committee: bool = False
    """A committee or a group met and decided, and whoever writes it down is not the authority."""

    def sign(self, form: ControlForm) -> ControlForm:
        """The form with this authorisation filled in."""
        return form.model_copy(
            update={
                "authorised_on": self.on,
                "authority": self.authority,
                "review_on": self.review_on,
                "authorisation_information": self.information,
            }
        )


@dataclass(frozen=True)
class Persons:
    """Who wrote a version and who authorises it, as the journal names them; ``None`` when not known."""

    author: str | None = None
    authoriser: str | None = None
    by_committee: bool = False
    """The authority is a committee or a group: ``authoriser`` writes down what it decided."""

    @classmethod
    def behind(cls, author: str, authoriser: str, *, by_committee: bool = False) -> "Persons":
        """Of these references those that name a person: a command that imports a file is nobody."""
        wrote, authorises = (ref if ref.startswith("person:") else None for ref in (author, authoriser))
        return cls(wrote, authorises, by_committee)

    @property
    def are_one(self) -> bool:
        """Whether who wrote it also writes down that it is authorised."""
        return self.author is not None and self.author == self.authoriser


def faults_of(form: ControlForm, today: date, persons: Persons) -> list[FieldFault]:
    """Everything that keeps the form from being authorised (D6, D7, D9); empty when it is complete.

    ``today`` is the local day on which the form is looked at.
    """
    worded = [FieldFault(f"control.{field}", sentence) for field, sentence in wording_faults(form)]
    return [*worded, *_date_faults(form, today), *_authority_faults(form, persons)]


def _date_faults(form: ControlForm, today: date) -> list[FieldFault]:
    faults = []
    if form.authorised_on is None:
        faults.append(FieldFault("control.authorised_on", _("The day on which it was authorised is missing.")))
    elif form.authorised_on > today:
        sentence = _("%s is still to come; write the day on which it was authorised.")
        faults.append(FieldFault("control.authorised_on", sentence % form.authorised_on))
    if form.review_on is None:
        faults.append(FieldFault("control.review_on", _("The day of the review is missing.")))
    elif form.authorised_on is not None and form.review_on <= form.authorised_on:
        sentence = _("The review must come after the day of authorisation, %s.")
        faults.append(FieldFault("control.review_on", sentence % form.authorised_on))
    return faults


def _authority_faults(form: ControlForm, persons: Persons) -> list[FieldFault]:
    if form.authority is None:
        return [FieldFault("control.authority", _("Who authorised it is missing: a committee, a group or a person."))]
    if _same(form.authority, form.authors, persons):
        return [FieldFault("control.authority", _("The author cannot authorise it alone; somebody else must."))]
    if persons.are_one and not form.authorisation_information:
        sentence = _("Whoever wrote the version says where the decision of the committee or group is minuted.")
        return [FieldFault("control.authorisation_information", sentence)]
    return []


def _same(authority: str, authors: Iterable[Author], persons: Persons) -> bool:
    """Whether the author authorises it alone: compared by person, else by post. A committee may do both (D7)."""
    if persons.author is not None and persons.authoriser is not None and not persons.by_committee:
        return persons.author == persons.authoriser
    return _plain(authority) in {_plain(author.post) for author in authors if author.post}


def _plain(post: str) -> str:
    return " ".join(post.casefold().split())


def require_complete(form: ControlForm, today: date, persons: Persons) -> None:
    """Raise ``Refusal`` with every reason at once unless the form may be authorised."""
    faults = faults_of(form, today, persons)
    if faults:
        reasons = " ".join(fault.reason for fault in faults)
        raise Refusal("incomplete", _("The control form is not complete. %s") % reasons, errors=faults)


def begun(form: ControlForm, number: Number) -> ControlForm:
    """The form as a fresh saved state begins it: its own number, not yet published nor reviewed."""
    return form.model_copy(
        update={"version": str(number), "date_published": None, "review_completed_on": None},
    )


def unsigned(form: ControlForm) -> ControlForm:
    """The form of an amendment that nobody has authorised yet."""
    blank = ("authorised_on", "authority", "authorisation_information", "review_on")
    return form.model_copy(update=dict.fromkeys(blank))


def review_is_overdue(form: ControlForm, today: date) -> bool:
    """Whether the review date has passed and no review was completed (D10)."""
    return form.review_on is not None and form.review_on < today and form.review_completed_on is None


def last_reminder(review_on: date, before: Iterable[timedelta], today: date) -> date | None:
    """The latest day up to ``today`` of a reminder: so long before the review, and daily after it (D9)."""
    if today > review_on:
        return today
    return max((day for day in (review_on - ahead for ahead in before) if day <= today), default=None)


def next_reminder(review_on: date, before: Iterable[timedelta], after: date) -> date:
    """The first day after ``after`` on which the author is reminded."""
    daily = max(after, review_on) + timedelta(days=1)
    return min([daily, *(day for day in (review_on - ahead for ahead in before) if day > after)])


def is_reminder_owed(last: date | None, since: date, reminded: Iterable[date], today: date) -> bool:
    """Whether nobody was reminded on ``last`` or later, for a version in force since the day before that at least.

    A server that was off for a week, or a clock that was set back, leaves one reminder to send and not seven.
    """
    return last is not None and since < last and not any(last <= day <= today for day in reminded)
