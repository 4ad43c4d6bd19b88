"""Set-up of how desks behave at a site, and of the first PIN and the badge of a person."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from steadydesk.desks import actions, rules
from steadydesk.desks.models import Key, Terms
from steadydesk.kernel.clock import clock
from steadydesk.pages.middleware import actor
from steadydesk.pages.setup import ActionAdmin


@admin.register(Terms)
class TermsAdmin(ActionAdmin):
    """One row a site; without one the site has what is shipped."""

    list_display = ("site", "lock_after", "passes_end", "desks_expected", "desks_wait", "presence_follows")
    save_row = staticmethod(actions.save_terms)
    delete_row = staticmethod(actions.delete_terms)


class KeyForm(forms.ModelForm):
    """A PIN to begin with, which the person changes at its first use, and a badge."""

    new_pin = forms.CharField(
        label=lazy("PIN to begin with"),
        required=False,
        max_length=rules.LONGEST_PIN,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "inputmode": "numeric"}),
        help_text=lazy("four to eight digits; it is changed at its first use; leave it empty to keep what there is"),
    )
    new_badge = forms.CharField(
        label=lazy("badge"),
        required=False,
        max_length=rules.LONGEST_BADGE,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=lazy("hold the badge to the reader here; leave it empty to keep what there is"),
    )

    class Meta:
        model = Key
        fields = ("person",)

    def clean_new_pin(self) -> str:
        """As strict as where people choose their own."""
        pin: str = self.cleaned_data["new_pin"]
        if pin and rules.pin_fault(pin):
            raise ValidationError(_("Choose four to eight digits that nobody would try first."))
        return pin

    def clean_new_badge(self) -> str:
        """One badge opens as one person."""
        badge: str = self.cleaned_data["new_badge"].strip()
        owner = actions.badge_owner(badge) if badge else None
        if owner not in (None, self.instance.pk):
            raise ValidationError(_("Somebody else has this badge."))
        return badge


@admin.register(Key)
class KeyAdmin(ActionAdmin):
    """What is kept of a PIN and a badge is shown to nobody."""

    form = KeyForm
    list_display = ("person", "has_pin", "has_badge")
    search_fields = ("person__name", "person__login")

    @admin.display(boolean=True, description=lazy("PIN"))
    def has_pin(self, key: Key) -> bool:
        """Whether there is one."""
        return bool(key.pin)

    @admin.display(boolean=True, description=lazy("badge"))
    def has_badge(self, key: Key) -> bool:
        """Whether there is one."""
        return bool(key.badge)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """Whose it is does not change."""
        return ("person",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Model, form: forms.ModelForm, change: bool) -> None:
        """By the actions."""
        by, now = actor(request), clock.now()
        assert isinstance(obj, Key)
        if form.cleaned_data["new_pin"]:
            actions.set_pin(obj.person_id, form.cleaned_data["new_pin"], once=True, by=by, now=now)
        if form.cleaned_data["new_badge"]:
            actions.set_badge(obj.person_id, form.cleaned_data["new_badge"], by=by, now=now)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """The person cannot tap in any more until somebody gives them another."""
        actions.take_keys(obj.pk, by=actor(request), now=clock.now())
