"""Who may come in: somebody met at a door without a badge, and badges of those who are in the building."""

from django.db import models
from django.db.models import Q


class Challenge(models.Model):
    """Somebody without a badge, at a door or anywhere else; nothing of who they are."""

    site = models.CharField(max_length=60)
    place = models.CharField(max_length=60)
    met_at = models.DateTimeField()
    challenged = models.BooleanField()
    result = models.CharField(max_length=40)
    by = models.CharField(max_length=80)
    visit = models.PositiveBigIntegerField(null=True)
    """The arrival that they became when they went to reception."""
    told_at = models.DateTimeField(null=True)
    """When the duty manager was told that nobody has accounted for them."""
    accounted_at = models.DateTimeField(null=True)
    accounted = models.CharField(max_length=20, blank=True)
    accounted_by = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = [models.Index(fields=["site", "met_at"], name="challenge_site_met")]

    @property
    def subject(self) -> str:
        """How the journal names it."""
        return f"challenge:{self.pk}"


class Badge(models.Model):
    """The badge of somebody who is in the building: a colleague, a visitor, a contractor."""

    site = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    person = models.PositiveBigIntegerField(null=True)
    """A colleague; nobody else is a person here."""
    name = models.PositiveBigIntegerField(null=True)
    """What a visitor or contractor gave as their name: the id of the words."""
    host = models.PositiveBigIntegerField(null=True)
    """The colleague whom they came to see."""
    state = models.CharField(max_length=40)
    came_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=80)

    class Meta:
        indexes = [models.Index(fields=["site", "left_at"], name="badge_site_left")]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "person"], condition=Q(left_at__isnull=True), name="badge_of_a_colleague_once"
            )
        ]

    @property
    def subject(self) -> str:
        """How the journal names it."""
        return f"badge:{self.pk}"
