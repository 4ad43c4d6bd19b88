"""A lone shift: somebody works alone, and is asked again and again whether all is well. And what belongs to it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LoneShift(models.Model):
    """From the first minute alone until the door is locked."""

    site = models.CharField(max_length=60)
    place = models.CharField(max_length=60, blank=True)
    """Empty at a site without places."""
    person = models.PositiveBigIntegerField(db_index=True)
    document = models.CharField(max_length=60, blank=True)
    version = models.CharField(max_length=20, blank=True)
    """Empty where no protocol is in force: then what is shipped counts."""
    state = models.CharField(max_length=10)
    found = models.BooleanField(default=False)
    """It began by itself, because nobody else was left; it ends by itself when somebody comes."""
    confirmed_at = models.DateTimeField(null=True)
    """When the worker said what is so; nothing waits for that."""
    confirmed = models.JSONField(default=list)
    """What of the protocol's questions for the start was said to be so."""
    missing = models.JSONField(default=list)
    """The provisions that were missing when it began."""
    duress_answer = models.CharField(max_length=20, blank=True)
    """Which of the answers, by their own choice, calls for help; empty when they chose none."""
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()
    """From here the time until the next question counts."""
    asked_at = models.DateTimeField(null=True)
    held = models.BooleanField(default=False)
    """The site is locked down: nobody is asked until it is over."""
    until = models.DateTimeField(null=True)
    """When they are to be gone: by their shift, or as they chose. They are asked then."""
    duress_at = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)
    """The ``duress_at`` for which help was called."""
    alarm = models.UUIDField(null=True)
    """The call that a missed check-in became."""
    refuge = models.CharField(max_length=60, blank=True)
    """The safe room that they said they are in."""
    refuge_at = models.DateTimeField(null=True)
    refuge_alarm = models.UUIDField(null=True)
    inside = models.PositiveSmallIntegerField(default=1)
    """How many are in there."""
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, blank=True)
    ending = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(ended_at__isnull=True), name="lone_shift_one_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["site", "ended_at"], name="lone_shift_site")]

    @property
    def subject(self) -> str:
        """How the journal names it."""
        return f"lone-shift:{self.pk}"


class Gap(models.Model):
    """What was chosen while a provision was missing, and what a manager said to it. The newest of a shift counts."""

    shift = models.ForeignKey(LoneShift, models.CASCADE, related_name="gaps")
    offer = models.CharField(max_length=40)
    """An id of the protocol's ``lone_working.offers``."""
    missing = models.JSONField(default=list)
    chosen_at = models.DateTimeField()
    answer = models.CharField(max_length=10, blank=True)
    """``stay`` or ``close``; empty until a manager has said."""
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=80, blank=True)
    until = models.DateTimeField(null=True)
    """Until when the manager accepts it."""
    words = models.PositiveBigIntegerField(null=True)
    """Their reason, among the typed words."""


class LonePeriod(models.Model):
    """A time in which, by the rota as published, somebody will be alone at a site (L2d-i)."""

    site = models.CharField(max_length=60)
    person = models.PositiveBigIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    evening = models.BooleanField()
    warned_at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True)
    kept_by = models.CharField(max_length=80, blank=True)
    words = models.PositiveBigIntegerField(null=True)
    """Why it is kept, among the typed words."""
    gone_at = models.DateTimeField(null=True)
    """The rota was changed: nobody is alone then."""

    class Meta:
        indexes = [models.Index(fields=["site", "starts_at"], name="lone_period_site")]

    @property
    def subject(self) -> str:
        """How the journal names it."""
        return f"lone-period:{self.pk}"


class Mobile(models.Model):
    """A mobile telephone with the emergency number stored (L2d-ii(3))."""

    site = models.ForeignKey("sites.Site", models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60, help_text=_("as people call it"))
    number = models.CharField(_("number"), max_length=40)
    person = models.ForeignKey("people.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    retired_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "name"], condition=models.Q(retired_at__isnull=True), name="mobile_once_per_site"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        """How the journal names it."""
        return f"mobile:{self.pk}"


class Check(models.Model):
    """Somebody looked at a thing that a lone worker carries. Rows are added, never changed."""

    subject = models.CharField(max_length=40)
    """``mobile:3`` or ``button:5``."""
    site = models.CharField(max_length=60)
    item = models.CharField(max_length=20)
    """``speed_dial`` and ``battery`` of a telephone, ``test`` of a device."""
    good = models.BooleanField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        indexes = [models.Index(fields=["subject", "item", "-at"], name="check_latest")]
