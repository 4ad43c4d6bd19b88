"""A lone shift: somebody works alone, and is asked again and again whether all is well."""

from django.db import models


class LoneShift(models.Model):
    """From the first minute alone until the door is locked."""

    site = models.CharField(max_length=60)
    place = models.CharField(max_length=60)
    person = models.PositiveBigIntegerField(db_index=True)
    document = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    state = models.CharField(max_length=10)
    confirmed = models.JSONField(default=list)
    """What of the protocol's questions for the start was said to be so."""
    duress_answer = models.CharField(max_length=20, blank=True)
    """Which of the answers, by their own choice, calls for help; empty when they chose none."""
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()
    """From here the time until the next question counts."""
    asked_at = models.DateTimeField(null=True)
    held = models.BooleanField(default=False)
    """The site is locked down: nobody is asked until it is over."""
    duress_at = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)
    """The ``duress_at`` for which help was called."""
    alarm = models.UUIDField(null=True)
    """The call that a missed check-in became."""
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, blank=True)

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
