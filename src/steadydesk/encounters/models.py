"""What runs beside a visit, or a call, in which help is needed: times, ways, ticks and calls for outside support."""

from django.db import models


class Encounter(models.Model):
    """Since help was wanted for one visit: when it was offered, asked for and by which way (L1, L2)."""

    subject = models.CharField(max_length=60, unique=True)
    """``visit:12``."""
    site = models.CharField(max_length=60)
    place = models.CharField(max_length=60, blank=True)
    document = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    by = models.CharField(max_length=80)
    offered_at = models.DateTimeField(null=True)
    """When the help control was first shown; no field takes the focus before."""
    asked_at = models.DateTimeField(null=True)
    way = models.CharField(max_length=40, blank=True)
    """By which way help was asked for first."""
    alarm = models.UUIDField(null=True)
    prompted_at = models.DateTimeField(null=True)
    """When nobody had asked for help and it was offered once more."""
    passed_at = models.DateTimeField(null=True)
    """When somebody said that no help is needed now."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["site", "started_at"], name="encounter_started"),
            models.Index(fields=["site"], name="encounter_prompted", condition=models.Q(prompted_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.subject


class Judgement(models.Model):
    """Whether somebody appeared a safety risk to one colleague at one moment; a later one stands beside it (L3-out)."""

    subject = models.CharField(max_length=60, db_index=True)
    site = models.CharField(max_length=60)
    appears = models.CharField(max_length=20)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)


class Tick(models.Model):
    """One step of a card, taken: by whom, when and with what outcome. Never undone, only followed by another."""

    subject = models.CharField(max_length=60, db_index=True)
    site = models.CharField(max_length=60)
    card = models.CharField(max_length=60)
    step = models.CharField(max_length=60)
    outcome = models.CharField(max_length=40)
    words = models.BigIntegerField(null=True)
    until = models.DateTimeField(null=True)
    """The time that was promised with it."""
    at = models.DateTimeField()
    by = models.CharField(max_length=80)


class SupportCall(models.Model):
    """A call to somebody from outside (E6d)."""

    subject = models.CharField(max_length=60, db_index=True)
    site = models.CharField(max_length=60)
    service = models.CharField(max_length=60)
    called_at = models.DateTimeField()
    by = models.CharField(max_length=80)
    reference = models.BigIntegerField(null=True)
    """Their number for it, as typed: words, so that it can be found and can expire."""
    contact = models.BigIntegerField(null=True)
    """Whom of the emergency contact list."""
    basis = models.CharField(max_length=20, blank=True)
    """By what right somebody of the family was called (L3a-iii(2))."""
    outcome = models.CharField(max_length=60, blank=True)
    arrived_at = models.DateTimeField(null=True)


class FormText(models.Model):
    """One field of a form that is saved while it is typed, such as what a caller says."""

    subject = models.CharField(max_length=60)
    """``alarm:`` and its id."""
    site = models.CharField(max_length=60)
    field = models.CharField(max_length=40)
    words = models.BigIntegerField(null=True)
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "field"], name="form_text_once")]


class AfterEvent(models.Model):
    """What is asked once it is over: whether anybody was touched, and whether anybody is hurt (L3b-vi)."""

    subject = models.CharField(max_length=60, unique=True)
    """``visit:12``, or ``alarm:`` and its id."""
    site = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    asked_of = models.CharField(max_length=80)
    """Who is reminded of it: a person, or the desk at which nobody was known."""
    reminded_at = models.DateTimeField(null=True)
    contact = models.CharField(max_length=10, blank=True)
    injuries = models.CharField(max_length=10, blank=True)
    who = models.BigIntegerField(null=True)
    """Who is hurt, as typed."""
    account = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["site"], name="after_event_open", condition=models.Q(answered_at__isnull=True)),
        ]
