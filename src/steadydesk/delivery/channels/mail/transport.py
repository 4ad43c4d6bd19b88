"""Mail by SMTP. The settings give the server and a time-out of five seconds for each of its answers."""

import hashlib
import smtplib
from email.mime.text import MIMEText

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMessage
from django.utils.translation import gettext as _

from steadydesk.delivery import words
from steadydesk.delivery.channels.transport import Outgoing, TransportError


def send(outgoing: Outgoing) -> None:
    """Hand the mail over to the server. Its Message-ID stays the same at every attempt."""
    if not settings.EMAIL_HOST:
        raise TransportError(_("No mail server is set up. Set STEADYDESK_SMTP."), permanent=True)
    if not outgoing.address:
        raise TransportError(_("The person has no e-mail address."), permanent=True)
    try:
        _mail(outgoing).send()
    except BadHeaderError as error:
        raise TransportError(_("The e-mail address cannot be used."), permanent=True) from error
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused(max(code for code, _said in error.recipients.values())) from error
    except smtplib.SMTPConnectError as error:
        # A server that turns the connection away says nothing about this mail.
        raise TransportError(_("The mail server turned the connection away.")) from error
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code) from error
    except (smtplib.SMTPException, OSError) as error:
        raise TransportError(_("The mail server cannot be reached.")) from error


def _mail(outgoing: Outgoing) -> EmailMessage:
    id = hashlib.sha256(outgoing.key.encode()).hexdigest()[:32]
    mail = EmailMessage(
        subject=words.subject_line(outgoing),
        body=words.text(outgoing),
        to=[outgoing.address],
        headers={"Message-ID": f"<{id}@steadydesk>", "Auto-Submitted": "auto-generated"},
    )
    if outgoing.file:
        mail.attach(_calendar(outgoing.file))
    return mail


def _calendar(file: str) -> MIMEText:
    """RFC 6047: programs of mail offer to take it over when its type names the method, as the file does."""
    part = MIMEText(file, "calendar", "utf-8")
    part.set_param("method", "PUBLISH")
    part.add_header("Content-Disposition", "attachment", filename="appointment.ics")
    return part


def _refused(code: int) -> TransportError:
    """RFC 5321: 4yz may pass later, 5yz will not."""
    sentence = _("The mail server answered %(code)s.") % {"code": code}
    return TransportError(sentence, permanent=500 <= code <= 599)
