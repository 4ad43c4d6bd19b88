"""The outbox: one row for each message to one person by one channel."""

from django.db import models


class Delivery(models.Model):
    """A message to deliver. Sending is a lease, not a mark: after it the same key is sent again."""

    class State(models.TextChoices):
        """Sent is not seen, and neither is answered."""

        WAITING = "waiting"
        SENT = "sent"
        SEEN = "seen"
        FAILED = "failed"
        WITHDRAWN = "withdrawn"
        UNKNOWN = "unknown"

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=120, unique=True)
    """The idempotency key: subject, step, recipient and channel."""
    subject = models.CharField(max_length=80, db_index=True)
    channel = models.CharField(max_length=20)
    person = models.BigIntegerField(null=True)
    contact = models.BigIntegerField(null=True)
    """Whom of the emergency contact list; ``person`` is empty then."""
    address = models.CharField(max_length=254, blank=True)
    """Where a contact is reached, or which browser it is for; a colleague's address is looked up when it is sent."""
    site = models.CharField(max_length=60)
    urgent = models.BooleanField(default=False)
    message = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField()
    send_at = models.DateTimeField()
    leased_by = models.CharField(max_length=60, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True)
    """Why the last attempt failed; empty once one got through."""
    failures = models.JSONField(default=list)
    """Every attempt that failed, as ``rules.with_failure`` keeps them; they stay when a later one gets through."""

    class Meta:
        indexes = [
            models.Index(fields=["state", "urgent", "send_at"], name="delivery_due"),
            # What is old enough to be forgotten must be found without reading the whole outbox.
            models.Index(fields=["site", "created_at"], name="delivery_age"),
        ]
        verbose_name_plural = "deliveries"


class Way(models.Model):
    """A channel by which a person is reached: where it stands in their order, and whether it was tried."""

    person = models.ForeignKey("people.Person", models.CASCADE, related_name="+")
    channel = models.CharField(max_length=20)
    rank = models.PositiveSmallIntegerField(null=True)
    """Empty when the person does not want it."""
    tried_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    """When the person said that a trial came."""
    received_by = models.CharField(max_length=64, blank=True)
    """A hash of the address to which it came: another address was not tried."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "channel"], name="way_once")]


class Quiet(models.Model):
    """The hours in which a person wants nothing that can wait."""

    person = models.OneToOneField("people.Person", models.CASCADE, primary_key=True, related_name="+")
    begins = models.TimeField()
    ends = models.TimeField()

    class Meta:
        verbose_name_plural = "quiet hours"


class Browser(models.Model):
    """A browser that takes push messages for a person, as it gave itself."""

    person = models.ForeignKey("people.Person", models.CASCADE, related_name="+")
    endpoint = models.TextField()
    """Where its push service takes messages. Whoever has it and our key can send there."""
    digest = models.CharField(max_length=64, unique=True)
    """A hash of the endpoint: a browser is one row, whoever is signed in there."""
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    token = models.CharField(max_length=64, blank=True)
    """A hash of the credential that it had then: signed out, it takes no messages any more."""
    name = models.CharField(max_length=60)
    added_at = models.DateTimeField()
    lost_at = models.DateTimeField(null=True)
    """Since when its push service takes nothing for it; the person sees it until they add it again."""


class Service(models.Model):
    """Where a person is reached by a service of their own, in Apprise's words. A secret: it is never shown again."""

    person = models.OneToOneField("people.Person", models.CASCADE, primary_key=True, related_name="+")
    url = models.CharField(max_length=500)
    given_at = models.DateTimeField()
