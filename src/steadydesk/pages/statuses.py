"""From an error to its HTTP status: one table for pages and API."""

from steadydesk.kernel.errors import (
    Invalid,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refusal,
    SteadydeskError,
    StorageUnavailable,
)

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
