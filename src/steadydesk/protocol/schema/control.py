"""The control form that heads a document (D1 to D11), in the order of the form."""

from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from steadydesk.kernel.words import gettext as _
from steadydesk.protocol.schema.base import Day, Label, Section, Several, Text, YesNo, refusal, spelt, words

VersionLabel = Annotated[
    str,
    spelt(r"^[vV](0\.[0-9]{2,}|[1-9][0-9]*(\.[1-9][0-9]*)?)$", _("write the version as in v0.01, v1 or v1.1")),
    BeforeValidator(words),
]


class Series(Section):
    """Whether the document belongs to a series, and where it stands in it (D1b)."""

    part_of_series: YesNo
    name: Label | None
    position: Label | None


class Author(Section):
    """A person by their post, a committee or group, or both (D5)."""

    post: Label | None = None
    committee: Label | None = None

    @model_validator(mode="after")
    def _is_somebody(self) -> "Author":
        if self.post is None and self.committee is None:
            raise refusal(_("an author needs a post, or the committee or group"))
        return self


class ControlForm(Section):
    """The eleven fields; a field that is still blank is null and is printed all the same."""

    title: Label
    series: Series
    version: VersionLabel
    date_published: Day | None
    keywords: Several[Label]
    authors: Annotated[tuple[Author, ...], Field(min_length=1)]
    authorised_on: Day | None
    authority: Label | None
    authorisation_information: Text | None
    review_on: Day | None
    review_completed_on: Day | None
    location: Text | None
