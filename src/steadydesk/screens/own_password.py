"""A person's own password: changed by themselves, or at the first sign-in with one that was given to them."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.decorators import login_stage_required
from allauth.account.stages import LoginStage
from django import forms
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from steadydesk.kernel.actor import Actor
from steadydesk.kernel.clock import clock
from steadydesk.pages.cookies import PERSON_COOKIE
from steadydesk.people import actions
from steadydesk.people.queries import actor_of_person
from steadydesk.screens.response.page import page, show


class NewPassword(LoginStage):
    """Signing in is not done before a given password was changed."""

    key = "new_password"
    urlname = "account_new_password"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Ask for the change, or go on."""
        elsewhere = "sociallogin" in (self.login.signal_kwargs or {})
        given = self.login.user is not None and self.login.user.password_is_given and not elsewhere
        return (HttpResponseRedirect(reverse(self.urlname)) if given else None), True


class NewPasswordForm(forms.Form):
    """A password of one's own, twice."""

    new = forms.CharField(
        label=gettext_lazy("New password"),
        help_text=gettext_lazy("At least ten characters; not one that many people use"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("New password once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, person: Any, *args: Any) -> None:
        super().__init__(*args)
        self.person = person

    def clean_new(self) -> str:
        """As strict as everywhere, and not the one that was used so far."""
        new: str = self.cleaned_data["new"]
        validate_password(new, self.person)
        if self.person.check_password(new):
            raise ValidationError(_("Choose another password than the one you have."))
        return new

    def clean_again(self) -> str:
        """The same as above it."""
        again: str = self.cleaned_data["again"]
        if "new" in self.cleaned_data and again != self.cleaned_data["new"]:
            raise ValidationError(_("The two are not the same. Type the new password twice."))
        return again


class ChangePasswordForm(NewPasswordForm):
    """With the password that one has, so that nobody changes it at a browser left open."""

    now = forms.CharField(
        label=gettext_lazy("Password that you have"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("now", "new", "again")

    def clean_now(self) -> str:
        """Throttled like signing in, and kept like it when it is wrong."""
        typed: str = self.cleaned_data["now"]
        if not get_adapter().reauthenticate(self.person, typed):
            raise ValidationError(_("This is not your password."))
        return typed


@sensitive_post_parameters()
@page(hidden=False)
def change(request: HttpRequest, by: Actor) -> HttpResponse:
    """Change it; this browser stays signed in, all others sign in anew."""
    person: Any = request.user
    if not person.is_authenticated or not person.has_usable_password():
        return redirect("me")
    form = ChangePasswordForm(person, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return show(request, by, "account/password_change.html", 422 if form.errors else 200, form=form)
    actions.change_password(person.pk, form.cleaned_data["new"], by=by, now=clock.now())
    person.refresh_from_db()
    update_session_auth_hash(request, person)
    actions.keep_browser(request.COOKIES.get(PERSON_COOKIE, ""), request.session.session_key or "")
    return redirect("me")


@sensitive_post_parameters()
@login_stage_required(stage=NewPassword.key, redirect_urlname="account_login")
def renew(request: HttpRequest) -> HttpResponse:
    """Choose one's own instead of the one that was given; then signing in goes on."""
    stage: NewPassword = request._login_stage  # type: ignore[attr-defined]
    person = stage.login.user
    form = NewPasswordForm(person, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "account/password_new.html", {"form": form}, status=422 if form.errors else 200)
    actions.change_password(person.pk, form.cleaned_data["new"], by=actor_of_person(person), now=clock.now())
    person.refresh_from_db()
    done: HttpResponse = stage.exit()
    return done
