"""What is typed or answered as a second factor. allauth checks it; here it gets our words, and refusals are kept."""

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import validate_totp_code
from allauth.mfa.webauthn.forms import (
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
    SignupWebAuthnForm,
)
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steadydesk.kernel.actor import system
from steadydesk.kernel.clock import clock
from steadydesk.people import actions as people
from steadydesk.people import factors
from steadydesk.people.queries import actor_of_person

DIGITS = {"inputmode": "numeric", "autocomplete": "one-time-code"}
GOOD_FOR_S = 90
"""A code of an app is taken this long at most, so it is remembered this long that it was used."""
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)
"""What the reading of an answer fails with that no browser gave."""


class AppForm(forms.Form):
    """The first code of an app shows that it has the secret."""

    code = forms.CharField(label=gettext_lazy("Code that the app shows"), widget=forms.TextInput(attrs=DIGITS))

    def __init__(self, secret: str, *args: Any) -> None:
        super().__init__(*args)
        self.secret = secret

    def clean_code(self) -> str:
        """Of this app and of this minute."""
        code: str = self.cleaned_data["code"]
        if not validate_totp_code(self.secret, code):
            raise ValidationError(_("This is not the code that belongs to the picture. Type the one shown now."))
        return code


class PasskeyForm(SignupWebAuthnForm):
    """What a browser made, and what the person calls it."""

    name = forms.CharField(
        label=gettext_lazy("What you call it"),
        help_text=gettext_lazy("Such as: my phone, the key on my ring"),
        required=False,
        max_length=60,
    )

    def clean(self) -> dict[str, Any]:
        """As allauth checks it; what no browser made is refused like what was not accepted."""
        return dict(_readable(super().clean))


class Kept:
    """A factor that is refused is kept for its person as a refused sign-in."""

    user: Any

    def _refused(self, error: ValidationError) -> None:
        waits = error.code == "too_many_login_attempts"
        people.refuse_sign_in(self.user.login, waits=waits, by=system("sign-in"), now=clock.now())


class CodeForm(Kept, AuthenticateForm):
    """A code of the app, or one on paper."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("Six digits that the app shows now, or a code that you printed"),
        widget=forms.TextInput(attrs={**DIGITS, "autofocus": True}),
    )

    def clean_code(self) -> str:
        """Good once."""
        try:
            code: str = super().clean_code()
            self._must_be_fresh(code)
        except ValidationError as error:
            self._refused(error)
            raise
        return code

    def _must_be_fresh(self, code: str) -> None:
        """allauth forgets after half a minute that a code was used, and takes it a minute longer."""
        if not cache.add(f"factor:{self.user.pk}:{code.strip()}", "used", GOOD_FOR_S):
            raise ValidationError(_("This code was used. Wait for the next one."))

    def save(self) -> None:
        """A code on paper is one less."""
        super().save()
        self._note_used()

    def _note_used(self) -> None:
        if self.authenticator.type == Authenticator.Type.RECOVERY_CODES:
            factors.note_code_used(self.user.pk, by=actor_of_person(self.user), now=clock.now())


class ConfirmCodeForm(CodeForm, ReauthenticateForm):
    """The same, of somebody who is signed in."""

    def save(self) -> None:
        """That it is they is known anew: what comes after a password would not say so."""
        ReauthenticateForm.save(self)
        self._note_used()


class Answered(Kept):
    """What a browser answers with a passkey."""

    def clean_credential(self) -> Any:
        """As allauth checks it."""
        try:
            return _readable(super().clean_credential)  # type: ignore[misc]
        except ValidationError as error:
            if self.user is not None:
                self._refused(error)
            raise


class KeyForm(Answered, AuthenticateWebAuthnForm):
    """After the password."""


class PasskeyLoginForm(Answered, LoginWebAuthnForm):
    """Instead of it."""


class ConfirmKeyForm(Answered, ReauthenticateWebAuthnForm):
    """Of somebody who is signed in."""


def _readable(check: Any) -> Any:
    try:
        return check()
    except UNREADABLE as error:
        raise ValidationError(_("This was not accepted. Try again.")) from error
