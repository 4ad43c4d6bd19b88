"""Waiting, moods, enquiry types, referral, and what the customer is told (E0 to E5c)."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictInt

from steadydesk.protocol.schema.base import (
    Choices,
    Clock,
    Count,
    Grace,
    Id,
    Label,
    Prompt,
    Section,
    Several,
    Some,
    Target,
    Text,
    YesNo,
    every,
)

Mood = Literal["calm", "distressed", "agitated", "aggressive"]
Outcome = Literal["direct", "referred", "cannot_meet", "left", "no_show", "site_closed"]
Channel = Literal["face_to_face", "phone", "letter", "other"]


class Waiting(Section):
    """The clocks of a visit. Exactly at a limit is in time."""

    attend_within: Clock
    """E1: no appointment, from first contact."""
    appointment_grace: Grace
    """Ruling 3: the appointed time plus this."""
    ask_service_after: Clock
    """E1a: the service area is asked whether it can attend in time."""
    tell_customer_within: Clock
    """E1a: from "cannot in time" until the customer has been told."""
    agitated_call_manager_after: Clock
    """E2a: from arrival, for a visit whose mood binds."""
    agitated_chain: Some[Target]
    """E2a-dep: what an unanswered prompt climbs to, in this order."""
    moods_that_bind_agitated: Some[Mood]
    prompt_repeat_after: Prompt
    return_asked_again_after: Prompt = timedelta(minutes=15)
    """E4c: nobody is there any more at a time that a customer was given, and nobody has told them."""
    tell_room_from: Count
    """E1: so many over time at once become one prompt."""
    promise_warning_before: Grace
    """Before the wait that a customer was told runs out."""
    public_wait_valid_for: Clock
    """A public screen shows no waiting time older than this."""
    referrals_before_alert: Count
    """A customer sent on oftener than this is an alert."""
    late_typing_up_to: Clock
    """An arrival typed in later than this is a record from paper and fires nothing."""
    room_wording: Text | None = None
    """What reception says to a full room (E1a)."""
    promise_wording: Text | None = None
    """What reception says before a wait that a customer was told runs out (E1a)."""
    private_wording: Text | None = None
    """What reception says to a customer who asks to be kept private."""
    wait_reasons: Choices = ()
    """Reasons that a customer is given for a longer wait."""


class Companions(Section):
    """Who comes with the customer (E5c)."""

    never_counted: Some[Label]
    where_the_others_go: Choices
    child_rule: Text


class EnquiryType(Section):
    """What a customer comes for, and the team that attends to it."""

    id: Id
    label: Label
    team: Id
    must_be_served: YesNo
    """E6c: cannot be withdrawn from anyone."""
    companions_limit: Annotated[StrictInt, Field(ge=0, le=50)] | None
    companions_wording: Text | None
    """What reception says to companions above the limit (E5c-out)."""
    companions_advice: Text | None
    """What confirmations and the reception script carry beforehand (E5c-tell)."""
    served_today: Text | None = None
    """E3c: it cannot be said of this that it cannot be met now; how it is served today, without phone or address."""
    what_to_bring: Text | None = None
    """What a customer who is asked to return brings along."""


class Referral(Section):
    """Handing over (E3b, E4a)."""

    duty_rota_takes_at_once: YesNo
    agreement_asked_again_after: Clock
    return_wording: Text
    return_length: Clock = timedelta(minutes=30)
    """So long somebody is kept free for a customer who returns."""
    return_names_staff: YesNo = False
    """Whether a confirmation names the colleague, or their team alone."""


class CannotMeet(Section):
    """The need cannot be met at this visit (E3c)."""

    reasons: Choices
    alternatives: Choices
    none_suitable: Label


class HelpRequest(Section):
    """Reception asks the service area for help (E4b)."""

    options: Choices
    answers: Choices


class Expectations(Section):
    """A short list to correct wrong expectations at first contact."""

    does: Several[Label]
    does_not: Several[Label]


Moods = Annotated[dict[Mood, Label], AfterValidator(every("calm", "distressed", "agitated", "aggressive"))]
Outcomes = Annotated[
    dict[Outcome, Label],
    AfterValidator(every("direct", "referred", "cannot_meet", "left", "no_show", "site_closed")),
]
Channels = Annotated[dict[Channel, Label], AfterValidator(every("face_to_face", "phone", "letter", "other"))]
