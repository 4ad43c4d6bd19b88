"""Whatever fails below ``/api/`` is a problem document, also where no endpoint of ours was reached."""

import json
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from steadydesk.api.problems import TYPE, document
from steadydesk.kernel.words import gettext as _

BELOW = "/api/"
SENTENCES = {
    HTTPStatus.BAD_REQUEST: ("invalid", _("This request cannot be understood.")),
    HTTPStatus.FORBIDDEN: ("not_allowed", _("You may not do this here. Ask a manager of the site.")),
    HTTPStatus.NOT_FOUND: ("not_found", _("There is nothing at this address.")),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        "method_not_allowed",
        _("This address does not take that method. The header “Allow” says which it takes."),
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("too_large", _("This body is too large.")),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: ("unsupported", _("Send the body as application/json.")),
    HTTPStatus.TOO_MANY_REQUESTS: ("too_many", _("There were too many tries. Wait five minutes, then try again.")),
}
"""Status → code and sentence, for answers that say nothing of their own."""
FAILED = ("failed", _("Something went wrong here. Try again; the administrator finds the cause in the server's log."))


class ProblemDocuments:
    """Replaces every failed answer of the API that is not a problem document yet."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        response = self.get_response(request)
        if response.status_code < 400 or not request.path.startswith(BELOW) or response["Content-Type"] == TYPE:
            return response
        status = response.status_code
        code, sentence = SENTENCES.get(HTTPStatus(status), FAILED)
        told = json.dumps(document(status, code, sentence), ensure_ascii=False)
        problem = HttpResponse(told, content_type=TYPE, status=status)
        for kept in ("Allow", "Retry-After"):
            if kept in response:
                problem[kept] = response[kept]
        return problem
