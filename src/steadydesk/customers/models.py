"""What was decided about a customer: a service is withdrawn for a while (E6c)."""

from django.db import models


class Withdrawal(models.Model):
    """One decision. What was typed stands in rows of its own, so that it can expire and be withdrawn itself."""

    subject = models.CharField(max_length=60, db_index=True)
    """The visit that led to it: ``visit:12``."""
    site = models.CharField(max_length=60)
    document = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    state = models.CharField(max_length=10)
    scope = models.CharField(max_length=60)
    services = models.JSONField(default=list)
    """Which services; none named: every one that may be withdrawn."""
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    for_today = models.BooleanField(default=False)
    answers = models.JSONField(default=dict)
    """Each check of the protocol → the id of what was typed."""
    reason = models.BigIntegerField()
    customer = models.BigIntegerField()
    """Whom it is about, as the letter names them."""
    ways = models.JSONField(default=list)
    """How the customer is served meanwhile."""
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80)
    letter_at = models.DateTimeField(null=True)
    """When the letter was in the customer's hand, or sent."""
    letter_by = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["site", "ends_at"], name="withdrawal_ends")]
