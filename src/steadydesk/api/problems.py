"""An error as a problem document."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from steadydesk.kernel.errors import FieldFault, Invalid, SteadydeskError
from steadydesk.pages.statuses import status_of

TYPE = "application/problem+json"


def problem(error: SteadydeskError) -> tuple[int, dict[str, Any]]:
    """The status and the problem document (RFC 9457) of an error."""
    status = status_of(error)
    # A refusal because of a time names those that are possible, for programs to offer.
    times = [FieldFault("at", at) for at in error.facts.get("times", ())]
    faults = error.faults if isinstance(error, Invalid) else times
    return status, document(status, error.code, error.sentence, faults)


def document(status: int, code: str, detail: str, faults: Iterable[FieldFault] = ()) -> dict[str, Any]:
    """A problem document, in the language that is active."""
    return {
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(detail),
        "code": code,
        "errors": [{"field": f.field, "reason": str(f.reason)} for f in faults],
    }
