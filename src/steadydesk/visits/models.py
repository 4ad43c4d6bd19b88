"""A visit from the door to its outcome, its clocks, its prompts and its referrals."""

from django.db import models
from django.db.models import Q


class Visit(models.Model):
    """One customer's visit. The mood, like everything here, is the visit's and follows nobody home.

    An open visit has no ``ended_at``. The clocks are counted from ``waits_from`` and the fields below it: a step of
    the system's clock moves these, while the times of record above stay as they were.
    """

    ref = models.CharField(max_length=12)
    site = models.CharField(max_length=60)
    service = models.CharField(max_length=60, blank=True)
    team = models.CharField(max_length=60, blank=True)
    document = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    state = models.CharField(max_length=12, default="waiting")
    mood = models.CharField(max_length=12, default="calm")
    companions = models.PositiveSmallIntegerField(default=0)
    not_counted = models.PositiveSmallIntegerField(default=0)
    """Carers, interpreters and whoever else the protocol never counts among the companions (E5c-entourage)."""
    others_asked = models.PositiveSmallIntegerField(default=0)
    """How many companions were asked to wait elsewhere (E5c-out)."""
    others_where = models.CharField(max_length=60, blank=True)
    """Where these went, by the protocol's list."""
    policy_told_at = models.DateTimeField(null=True)
    """When the customer was told at the desk who may come along (E5c-tell)."""
    place = models.CharField(max_length=60, blank=True)
    """Where they were called or taken to last."""
    interpreter = models.CharField(max_length=12, default="none")
    connecting_since = models.DateTimeField(null=True)
    """Since when an interpreter is being connected."""
    connecting_s = models.PositiveIntegerField(default=0)
    """Seconds that were spent so before."""
    private = models.BooleanField(default=False)
    problem = models.BooleanField(default=False)
    description = models.BigIntegerField(null=True)
    """The words that tell the customer from others in the room; wiped when the visit has ended."""
    walk_over = models.CharField(max_length=10, blank=True, db_default="", default="")
    """Somebody is to go to the customer: they asked for it, or do not hear a call."""
    says_appointment = models.BooleanField(db_default=False, default=False)
    """Said so at the kiosk; whose time it is, a person finds out."""
    on_paper = models.BooleanField(default=False)
    """Entered afterwards: recorded with its true times, fires nothing."""
    key = models.CharField(max_length=36, blank=True, db_default="", default="")
    """Of the form that entered them: sent twice, it is one customer."""

    arrived_at = models.DateTimeField()
    appointment_at = models.DateTimeField(null=True)
    first_contact_at = models.DateTimeField(null=True)
    attended_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    owner = models.CharField(max_length=80, blank=True)
    channel = models.CharField(max_length=20, blank=True)
    outcome = models.CharField(max_length=20, blank=True)

    waits_from = models.DateTimeField()
    bound_since = models.DateTimeField(null=True)
    """Since when the mood has bound the five minutes of E2a."""
    bound_until = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(null=True)
    promised_until = models.DateTimeField(null=True)
    cannot_at = models.DateTimeField(null=True)
    """When the service area said that it cannot attend in time."""

    class Meta:
        indexes = [
            # A desk asks for its open visits all day long, among a million past ones. The end is among the fields, for
            # of two indexes that begin alike SQLite takes whichever was made last.
            models.Index(
                fields=["site", "ended_at", "arrived_at"], name="visit_open", condition=Q(ended_at__isnull=True)
            ),
            models.Index(fields=["site", "arrived_at"], name="visit_arrived"),
        ]
        constraints = [
            # E4: nobody is attended to by nobody. What comes off paper may say only which team it was.
            models.CheckConstraint(
                condition=~Q(state="attending") | ~Q(owner="") | Q(on_paper=True), name="visit_attended_by_somebody"
            ),
            models.UniqueConstraint(fields=["site", "key"], condition=~Q(key=""), name="visit_entered_once"),
        ]

    def __str__(self) -> str:
        return self.ref


class KeptPrivate(models.Model):
    """Who may read who a customer is that is kept private."""

    visit = models.OneToOneField(Visit, models.CASCADE, primary_key=True, related_name="kept_private")
    named = models.JSONField(default=list)
    written_by = models.CharField(max_length=80)


class Apart(models.Model):
    """Two customers who must not meet, the earlier visit first. Nothing says why."""

    first = models.ForeignKey(Visit, models.CASCADE, related_name="+")
    second = models.ForeignKey(Visit, models.CASCADE, related_name="+")
    since = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="apart_once")]
        ordering = ["id"]


class TicketRun(models.Model):
    """The last number given out under a letter on one local day of a site."""

    site = models.CharField(max_length=60)
    letter = models.CharField(max_length=2)
    day = models.DateField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "letter", "day"], name="ticket_run_once")]


class Reserved(models.Model):
    """A number that a kiosk may give out on one day, also without a link; then the visit that it became."""

    device = models.BigIntegerField()
    site = models.CharField(max_length=60)
    service = models.CharField(max_length=60)
    day = models.DateField()
    ref = models.CharField(max_length=12)
    reserved_at = models.DateTimeField()
    visit = models.OneToOneField(Visit, models.CASCADE, null=True, related_name="reserved")

    class Meta:
        indexes = [models.Index(fields=["device", "day"], name="reserved_of_kiosk")]


class Clock(models.Model):
    """What the rules read on one clock of a visit when they last looked."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=12)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    ask_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "kind"], name="clock_once")]
        ordering = ["id"]


class Prompt(models.Model):
    """A question that stays until a person answers it, or its reason goes."""

    site = models.CharField(max_length=60)
    team = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=20)
    visits = models.ManyToManyField(Visit, related_name="prompts")
    document = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    asked_at = models.DateTimeField()
    repeats = models.PositiveIntegerField(default=0)
    first = models.CharField(max_length=60, blank=True, default="")
    """Who is asked before the chain of its kind, as a level of one: ``person:3`` or ``team``."""
    calls = models.BooleanField(default=False)
    """Whether this kind names somebody to call; the three fields below are blank when nobody is left."""
    role = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    called = models.CharField(max_length=20, blank=True)
    tried = models.JSONField(default=list)
    """Who was rung and not reached since the chain last began."""
    skipped = models.JSONField(default=list)
    """Levels at which nobody was available when the present one was chosen."""
    expected = models.ForeignKey("ExpectedArrival", models.CASCADE, null=True, related_name="prompts")
    """Which promised time it is about, for a customer who has gone home."""
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=80, blank=True)
    reached_words = models.BigIntegerField(null=True)
    """The typed words that say who was reached, which may be withdrawn or erased (E8a); ``None`` while nobody was."""
    reached_role = models.CharField(max_length=40, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["site", "kind"],
                name="prompt_open",
                condition=Q(answered_at__isnull=True, withdrawn_at__isnull=True),
            )
        ]
        ordering = ["id"]


class Referral(models.Model):
    """A customer is to be handed to a named person or a team, who must agree."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="referrals")
    person = models.BigIntegerField(null=True)
    team = models.CharField(max_length=60, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=80)
    agreed_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    """Nobody need answer any more: it was taken back, or its reason went."""
    decided_by = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            # E4: whoever has the customer is asked to hand them to one, never to two.
            models.UniqueConstraint(
                fields=["visit"],
                name="referral_unanswered_once",
                condition=Q(agreed_at__isnull=True, declined_at__isnull=True, withdrawn_at__isnull=True),
            )
        ]
        ordering = ["id"]


class HelpRequest(models.Model):
    """Reception asks the service area what can be done for a customer; both answer on one list (E4b)."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="help_requests")
    team = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=80)
    answered_at = models.DateTimeField(null=True)
    """When somebody of the team first said anything."""
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=80, blank=True)
    complete = models.BooleanField(default=False)
    """Whether each option had its answer; not so when the visit ended before."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visit"], name="help_request_open_once", condition=Q(closed_at__isnull=True)
            )
        ]
        ordering = ["id"]


class HelpOption(models.Model):
    """One line of the list: the last answer, by whom and when. Those before stand in the journal."""

    request = models.ForeignKey(HelpRequest, models.CASCADE, related_name="options")
    option = models.CharField(max_length=60)
    answer = models.CharField(max_length=60)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "option"], name="help_option_once")]
        ordering = ["id"]


class Headcount(models.Model):
    """Somebody is to say what became of this customer: at closing, after the site was emptied, after an outage."""

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="headcounts")
    site = models.CharField(max_length=60)
    why = models.CharField(max_length=12)
    since = models.DateTimeField(null=True)
    """After an outage: when the server was last known to run."""
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=12, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=80, blank=True)
    person = models.BigIntegerField(null=True)
    """With whom somebody stays after closing."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit", "why"], name="headcount_open_once", condition=Q(answer=""))
        ]
        indexes = [models.Index(fields=["site"], name="headcount_open", condition=Q(answer=""))]
        ordering = ["id"]


class ExpectedArrival(models.Model):
    """Somebody was given a time: asked to return (E3b-ret), or by a team of its own accord (E4c)."""

    visit = models.ForeignKey(Visit, models.SET_NULL, null=True, related_name="returns")
    """The visit at which the time was given."""
    came = models.ForeignKey(Visit, models.SET_NULL, null=True, related_name="appointments")
    """The visit at which the customer came, as a person has confirmed."""
    came_as = models.JSONField(null=True)
    """What that visit was for before: put back when it was somebody else."""
    site = models.CharField(max_length=60)
    day = models.DateField()
    """The local day at the site."""
    reference = models.CharField(max_length=8)
    """Stands on the slip alone: whoever knows it has the slip, or made a note of it."""
    service = models.CharField(max_length=60, blank=True)
    team = models.CharField(max_length=60)
    person = models.BigIntegerField(null=True)
    """With whom; without a name it is anyone of the team, and one of it is kept free."""
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    document = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    private = models.BooleanField(default=False)
    safe_way = models.BooleanField(default=False)
    """Of somebody who is kept private: a person has confirmed a safe way to give the confirmation."""
    who = models.BigIntegerField(null=True)
    """The words by which the customer can be told from others when they come."""
    state = models.CharField(max_length=12, default="open")
    uncertain_since = models.DateTimeField(null=True)
    """Nobody is there at this time any more, and the customer has not been told."""
    moves = models.PositiveSmallIntegerField(default=0)
    """How often it was moved, called off or taken up: calendars take the file with the highest number."""
    sent_to = models.JSONField(default=dict)
    """By which ways a confirmation was sent, with the words that hold each address: what changes is sent there too."""
    booked_at = models.DateTimeField()
    booked_by = models.CharField(max_length=80)
    visit_was = models.CharField(max_length=12, blank=True)
    """The state that the visit is put back into when this is undone."""
    visit_waited = models.BooleanField(default=False)
    """Whether the wait ended with this, so that undoing it lets the clocks run on."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "reference"], name="expected_reference_once")]
        indexes = [
            models.Index(fields=["site", "day"], name="expected_day"),
            models.Index(fields=["team", "starts_at"], name="expected_open", condition=Q(state="open")),
        ]
        ordering = ["starts_at", "id"]


class Forewarning(models.Model):
    """A customer is expected to arrive agitated: for one day, reception and named colleagues alone (E5a-exp)."""

    site = models.CharField(max_length=60)
    day = models.DateField()
    around = models.TimeField(null=True)
    """About when, by the clocks of the site."""
    words = models.BigIntegerField(null=True)
    """What colleagues need to know."""
    fact = models.BigIntegerField(null=True)
    """The second fact by which a person makes sure that it is them."""
    named = models.JSONField(default=list)
    """The colleagues who see it beside reception."""
    state = models.CharField(max_length=12, default="open")
    came = models.ForeignKey(Visit, models.SET_NULL, null=True, related_name="forewarnings")
    written_at = models.DateTimeField()
    written_by = models.CharField(max_length=80)

    class Meta:
        indexes = [models.Index(fields=["site", "day"], name="forewarning_day")]
        ordering = ["around", "id"]
