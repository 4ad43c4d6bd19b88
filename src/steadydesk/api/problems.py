"""From an error to its status: one table for every way in."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from steadydesk.kernel.errors import (
    FieldFault,
    Invalid,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refusal,
    SteadydeskError,
    StorageUnavailable,
)

TYPE = "application/problem+json"
STATUS: tuple[tuple[type[SteadydeskError], int], ...] = (
    (NotSignedIn, 401),
    (NotAllowed, 403),
    (NotFound, 404),
    (Refusal, 409),
    (Invalid, 422),
    (StorageUnavailable, 503),
)


def status_of(error: SteadydeskError) -> int:
    """The HTTP status of an error; a refusal ``not_allowed`` is a 403 like any other."""
    if error.code == "not_allowed":
        return 403
    return next((status for kind, status in STATUS if isinstance(error, kind)), 400)


def problem(error: SteadydeskError) -> tuple[int, dict[str, Any]]:
    """The status and the problem document (RFC 9457) of an error."""
    status = status_of(error)
    faults = error.faults if isinstance(error, Invalid) else []
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
