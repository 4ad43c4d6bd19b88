"""Set-up of people, teams, shifts, duties and desks, by the actions."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from steadydesk.kernel.clock import clock
from steadydesk.pages.middleware import actor
from steadydesk.pages.setup import ActionAdmin, SetUpInline
from steadydesk.people import actions, factors
from steadydesk.people.models import Designation, Device, Duty, Membership, Person, Role, Shift, Team, Token

# One way to sign in, with its throttling and second factor, for set-up too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

# What Django and allauth offer to edit there is not used here, and would be written past the actions.
admin.site.unregister([Group, EmailAddress, Authenticator, SocialApp, SocialAccount, SocialToken])


class PersonForm(forms.ModelForm):
    """A person, and a new password if one is wanted."""

    new_password = forms.CharField(
        label=_("new password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("leave it empty to keep the old one"),
    )

    lost_factors = forms.BooleanField(
        label=_("take second factors away"),
        required=False,
        help_text=_("when phone, passkey and codes are lost; sign-in asks for new ones where a role needs them"),
    )

    class Meta:
        model = Person
        fields = ("login", "name", "email", "phone", "language", "subject", "is_active", "is_staff")

    def clean_new_password(self) -> str:
        """As strict as where people change it themselves."""
        password: str = self.cleaned_data["new_password"]
        if password:
            validate_password(password, self.instance)
        return password


class RoleInline(SetUpInline):
    """What the person may do, and where."""

    model = Role


class MembershipInline(SetUpInline):
    """The person's posts in teams."""

    model = Membership


class SetUpAdmin(ActionAdmin):
    """Saves and deletes by the actions of people."""

    save_row = staticmethod(actions.save_row)
    delete_row = staticmethod(actions.delete_row)


@admin.register(Person)
class PersonAdmin(SetUpAdmin):
    """Deleting one makes the account inactive: the journal names them."""

    form = PersonForm
    inlines = (RoleInline, MembershipInline)
    list_display = ("name", "login", "is_active", "is_staff")
    list_filter = ("is_active", "roles__role")
    search_fields = ("name", "login")

    def save_model(self, request: HttpRequest, obj: Model, form: forms.ModelForm, change: bool) -> None:
        """By the action, with the new password."""
        assert isinstance(obj, Person)
        password = form.cleaned_data["new_password"] or None
        actions.save_person(obj, password=password, by=actor(request), now=clock.now())
        if form.cleaned_data["lost_factors"]:
            factors.remove_factors(obj.pk, by=actor(request), now=clock.now())


@admin.register(Team)
class TeamAdmin(SetUpAdmin):
    """A service area with its people."""

    inlines = (MembershipInline,)
    list_display = ("name", "id", "site", "phone", "runs_duty_rota")
    list_filter = ("site",)


@admin.register(Shift)
class ShiftAdmin(SetUpAdmin):
    """When somebody is at work."""

    list_display = ("person", "site", "place", "starts_at", "ends_at")
    list_filter = ("site",)


@admin.register(Duty)
class DutyAdmin(SetUpAdmin):
    """Who answers for a team, from when to when."""

    list_display = ("team", "person", "starts_at", "ends_at")
    list_filter = ("team",)


@admin.register(Designation)
class DesignationAdmin(SetUpAdmin):
    """To whom customers are referred, by what they come for."""

    sites_by = ("site",)
    list_display = ("site", "service", "team", "person")
    list_filter = ("site",)


class DeviceForm(forms.ModelForm):
    """Says beside its field why a wall board cannot stand there."""

    def clean(self) -> dict[str, Any]:
        """A wall board shows what no customer may read."""
        found: dict[str, Any] = super().clean() or {}
        place = found.get("place")
        if found.get("kind") == Device.Kind.WALL and place and not place.staff_only:
            self.add_error("place", _("A wall board may stand only at a place that is staff only."))
        return found


@admin.register(Device)
class DeviceAdmin(SetUpAdmin):
    """A desk station or a wall board."""

    form = DeviceForm
    list_display = ("name", "kind", "site", "place", "started_at")
    list_filter = ("site",)


@admin.register(Token)
class TokenAdmin(SetUpAdmin):
    """Credentials in use. Made by ``createtoken``; deleting one revokes it."""

    list_display = ("label", "person", "device", "created_at", "revoked_at")
    list_filter = ("revoked_at",)
    exclude = ("hash",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A token is shown where it is made, which is not here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """It is revoked or it is not."""
        return False

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """Revoke it; that it was there stays known."""
        actions.revoke_token(obj.pk, by=actor(request), now=clock.now())
