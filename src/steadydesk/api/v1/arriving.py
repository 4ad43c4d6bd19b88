"""Reading an arrival: every fault of it at once, of its form and of what it says."""

import json
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydantic import AwareDatetime, Field, StrictBool, StrictInt, ValidationError

from steadydesk.api.v1.schemas import Body, reason
from steadydesk.kernel.errors import FieldFault, Invalid
from steadydesk.visits.actions import Arrival


class Arriving(Body):
    """A customer who comes in; everything has a default but the site, which a token may have of its own."""

    site: str | None = None
    service: str | None = None
    team: str | None = None
    mood: str = Field("calm", json_schema_extra={"enum": ["calm", "distressed", "agitated", "aggressive"]})
    appointment_at: AwareDatetime | None = None
    companions: Annotated[StrictInt, Field(ge=0)] = 0
    not_counted: Annotated[StrictInt, Field(ge=0)] = 0
    """Carers, interpreters and whoever else the protocol never counts among the companions."""
    private: StrictBool = False
    description: str | None = Field(None, max_length=10_000)
    problem: StrictBool = False
    arrived_at: AwareDatetime | None = None
    source: str = Field("desk", json_schema_extra={"enum": ["desk", "paper"]})

    def arrival(self) -> Arrival:
        """The same for the rules."""
        return Arrival(**{**self.model_dump(), "description": self.description or ""})


def arriving(request: HttpRequest) -> tuple[Arriving, list[FieldFault]]:
    """The body without the fields that cannot be used, and what is wrong with those.

    Read by hand, so that what the rules find is told together with what the form of the body shows.
    """
    raw = _object(request.body)
    try:
        return Arriving.model_validate(raw), []
    except ValidationError as error:
        faults = {str(e["loc"][0]): e for e in error.errors()}
    usable = {name: value for name, value in raw.items() if name not in faults}
    return Arriving.model_validate(usable), [FieldFault(n, reason(e)) for n, e in faults.items()]


def _object(body: bytes) -> dict[str, Any]:
    try:
        raw = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Invalid.one("body", _("The body must be JSON.")) from None
    if not isinstance(raw, dict):
        raise Invalid.one("body", _("The body must be a JSON object."))
    if not all(name.isprintable() for name in raw):
        raise Invalid.one("body", _("Names of fields must be plain text."))
    return raw


ARRIVING: dict[str, Any] = {
    "requestBody": {"content": {"application/json": {"schema": Arriving.model_json_schema()}}, "required": False}
}
"""How the body is described, which is read by hand."""
