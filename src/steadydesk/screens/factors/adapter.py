"""What allauth's second factors call this installation and its people, and what it says when one is refused."""

from typing import Any, ClassVar

from allauth.mfa.adapter import DefaultMFAAdapter
from django.utils.translation import gettext_lazy


class Factors(DefaultMFAAdapter):
    """By the login: an e-mail address in an app or a key would be one more place that keeps it."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This was not accepted. Try again."),
    }

    def get_totp_issuer(self) -> str:
        """What an app lists it under."""
        return "Steadydesk"

    def _get_site_name(self) -> str:
        return "Steadydesk"

    def _get_user_identifier(self, user: Any) -> str:
        return str(user.login)
