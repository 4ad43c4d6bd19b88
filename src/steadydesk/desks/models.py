"""What a desk is beside a device: enrolled by a code, locked or not, with people tapped in at it."""

from datetime import time

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Station(models.Model):
    """How a desk stands now."""

    device = models.OneToOneField("people.Device", models.CASCADE, primary_key=True, related_name="+")
    seen_at = models.DateTimeField(null=True)
    locked_at = models.DateTimeField(null=True)


class EnrolCode(models.Model):
    """A code that makes a browser this desk, once and soon. Only its hash is kept."""

    device = models.ForeignKey("people.Device", models.CASCADE, related_name="+")
    hash = models.CharField(max_length=64, unique=True)
    ends_at = models.DateTimeField()


class Key(models.Model):
    """How a person taps in: a PIN that they chose, a badge, or both."""

    person = models.OneToOneField(
        "people.Person", models.CASCADE, primary_key=True, related_name="+", verbose_name=_("person")
    )
    pin = models.CharField(max_length=128, blank=True)
    once = models.BooleanField(default=False)
    """The PIN was set by somebody else and must be changed at its first use."""
    badge = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["badge"], condition=~Q(badge=""), name="badge_once")]
        verbose_name = _("PIN and badge")
        verbose_name_plural = _("PINs and badges")

    def __str__(self) -> str:
        return str(self.person)


class WrongKey(models.Model):
    """Wrong PINs given for one person, or unknown badges, at one desk."""

    device = models.ForeignKey("people.Device", models.CASCADE, related_name="+")
    person = models.ForeignKey("people.Person", models.CASCADE, null=True, related_name="+")
    times = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "person"], name="wrong_key_once", nulls_distinct=False)
        ]


class Tap(models.Model):
    """A person works at a desk, from tapping in until tapping out."""

    device = models.ForeignKey("people.Device", models.CASCADE, related_name="+")
    person = models.ForeignKey("people.Person", models.CASCADE, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at__isnull=True), name="tapped_in_once")
        ]
        indexes = [models.Index(fields=["device"], name="tap_open", condition=Q(ended_at__isnull=True))]


class DayPass(models.Model):
    """Somebody from an agency, or a volunteer, may work at one desk until a set time."""

    person = models.OneToOneField("people.Person", models.CASCADE, related_name="+")
    device = models.ForeignKey("people.Device", models.CASCADE, related_name="+")
    site = models.ForeignKey("sites.Site", models.CASCADE, related_name="+")
    trained = models.BooleanField(default=False)
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=80)
    ends_at = models.DateTimeField()
    until_closing = models.BooleanField(default=False)
    """Nobody said when it ends: it does with the day of the site, also when the hours are changed."""
    ended_at = models.DateTimeField(null=True)


class Terms(models.Model):
    """How desks behave at a site."""

    site = models.OneToOneField("sites.Site", models.CASCADE, primary_key=True, related_name="+")
    lock_after = models.PositiveSmallIntegerField(
        _("a desk locks after"), default=5, help_text=_("minutes without use, at a counter; 0 for never")
    )
    lock_behind_door_after = models.PositiveSmallIntegerField(
        _("a staff-only screen locks after"), default=0, help_text=_("minutes without use; 0 for never")
    )
    presence_follows = models.BooleanField(
        _("tapping in begins the shift"), default=True, help_text=_("and says at which desk somebody works")
    )
    passes_end = models.TimeField(
        _("day passes end at"), default=time(18), help_text=_("where no opening hours are recorded")
    )
    desks_expected = models.TimeField(
        _("desks are to be started by"),
        null=True,
        blank=True,
        help_text=_("the site's own time; then those that were not started are listed, and the duty manager is told"),
    )
    badge_begins = models.CharField(
        _("a badge reader types first"),
        max_length=8,
        blank=True,
        help_text=_("as ;, where a scanner reads other codes too; empty: any number may be a badge"),
    )
    desks_wait = models.PositiveSmallIntegerField(
        _("without a set time: minutes after opening"),
        default=10,
        help_text=_("so long after the opening hours have opened the site the same is done"),
    )

    class Meta:
        verbose_name = _("terms of desks")
        verbose_name_plural = _("terms of desks")

    def __str__(self) -> str:
        return str(self.site)
