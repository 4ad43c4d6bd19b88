"""The API object: who may ask, and how errors are told."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import DataError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.utils import check_csrf

import steadydesk
from steadydesk.api.problems import TYPE, problem
from steadydesk.api.v1 import (
    access,
    alarms,
    calendars,
    chain,
    company,
    devices,
    expected,
    help_requests,
    journal,
    kiosk,
    lone,
    people,
    phones,
    prompts,
    rehearsals,
    rota,
    sites,
    visits,
)
from steadydesk.api.v1.schemas import reason
from steadydesk.kernel.actor import Actor
from steadydesk.kernel.errors import (
    FieldFault,
    Invalid,
    NotAllowed,
    NotFound,
    NotSignedIn,
    SteadydeskError,
    StorageUnavailable,
)
from steadydesk.pages.cookies import bearer
from steadydesk.pages.middleware import actor


def who(request: HttpRequest) -> Actor | None:
    """Who asks. A cookie alone is believed only with the page's CSRF token; a bearer token needs none."""
    try:
        found = actor(request)
    except NotSignedIn:
        return None
    if bearer(request.headers.get("Authorization")) is None and check_csrf(request) is not None:
        raise NotAllowed(_("Reload the page and try again: it had expired."))
    return found


api = NinjaAPI(
    title="Steadydesk",
    version=steadydesk.__version__,
    description="Runs a public desk's written procedure, live.",
    urls_namespace="api-v1",
    auth=who,
    docs_url=None,
)
api.add_router("/sites", sites.router)
api.add_router("/sites", visits.room)
api.add_router("/sites", chain.of_site)
api.add_router("/chain-tests", chain.router)
api.add_router("/sites", rehearsals.router)
api.add_router("/sites", access.router)
api.add_router("/visits", visits.router)
api.add_router("/visits", expected.of_visits)
api.add_router("/sites", expected.of_sites)
api.add_router("/expected", expected.router)
api.add_router("/visits", help_requests.router)
api.add_router("/visits", company.router)
api.add_router("/prompts", prompts.router)
api.add_router("/alarms", alarms.router)
api.add_router("/phone-events", phones.router)
api.add_router("/device-events", devices.router)
api.add_router("/lone-shifts", lone.router)
api.add_router("/sites", lone.planned)
api.add_router("/journal", journal.router)
api.add_router("/people", people.router)
api.add_router("/sites", people.of_sites)
api.add_router("/rota", rota.router)
api.add_router("/rota", calendars.router)
api.add_router("/kiosk", kiosk.router)


def _answer(request: HttpRequest, error: SteadydeskError) -> HttpResponse:
    status, body = problem(error)
    response = api.create_response(request, body, status=status)
    response["Content-Type"] = TYPE
    return response


@api.exception_handler(SteadydeskError)
def refused(request: HttpRequest, error: SteadydeskError) -> HttpResponse:
    """A rule, a permission or the input."""
    return _answer(request, error)


@api.exception_handler(AuthenticationError)
def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Nobody is known to be asking."""
    return _answer(request, NotSignedIn(_("This token is not known. Sign in, or ask an administrator for one.")))


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Fields that cannot be used, each with its reason."""
    return _answer(request, Invalid([_fault(e) for e in error.errors]))


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """A body that is no JSON."""
    return _answer(request, Invalid.one("body", _("The body must be JSON.")))


@api.exception_handler(RequestDataTooBig)
def too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    """A body that is larger than anything here needs; the middleware makes the document."""
    return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


@api.exception_handler(DataError)
def unkeepable(request: HttpRequest, error: DataError) -> HttpResponse:
    """An address or a question with a character that PostgreSQL cannot keep, so nothing there has it."""
    return _answer(request, NotFound(_("There is nothing at this address.")))


@api.exception_handler(OperationalError)
def storage_away(request: HttpRequest, error: OperationalError) -> HttpResponse:
    """The database is locked, full or gone. Nothing was changed."""
    return _answer(request, StorageUnavailable(_("This could not be saved just now. Try again.")))


@csrf_exempt  # a cookie does nothing here, and a program must learn the reason as it does everywhere else
def not_found(request: HttpRequest, rest: str = "") -> HttpResponse:
    """An address of the API that does not exist."""
    return _answer(request, NotFound(_("There is nothing at this address.")))


def _fault(error: dict[str, Any]) -> FieldFault:
    where = [str(part) for part in error["loc"] if part not in ("body", "payload", "query", "path", "data")]
    return FieldFault(".".join(where) or "body", reason(error))
