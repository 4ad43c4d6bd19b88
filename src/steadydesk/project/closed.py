"""What a page says while the records are brought to a new version. A customer may read it."""

from http import HTTPStatus

from django.utils.translation import gettext as _

from steadydesk.api.asgi import Receive, Scope, Send
from steadydesk.project.answering import answer_browser, answer_program, is_program

STATUS = HTTPStatus.SERVICE_UNAVAILABLE
COMES_BACK = ((b"refresh", b"5"), (b"retry-after", b"5"))


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """503, as a document for programs and as a page that comes back by itself for browsers."""
    if is_program(scope):
        said = _("This is being brought up to date. Try again in a minute.")
        await answer_program(send, STATUS, "storage_unavailable", said)
        return
    words = _("This is being brought up to date. The page comes back by itself in a minute.")
    await answer_browser(send, STATUS, _("Not just now"), words, COMES_BACK)
