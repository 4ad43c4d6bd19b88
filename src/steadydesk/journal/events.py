"""Every type of entry, ``noun:past``. The names are part of the contract: outsiders match on them."""

from enum import StrEnum


class Event(StrEnum):
    """``subject:thing-that-happened``; the comment says when, which makes this list the table of contents."""

    # A visit, from the door to the outcome.
    VISIT_ARRIVED = "visit:arrived"  # a customer was entered, now or with the true earlier time
    VISIT_MOOD_CHANGED = "visit:mood-changed"  # calm, distressed, agitated or aggressive, seen by staff
    VISIT_TOLD = "visit:told"  # the customer was told how long, through whom
    VISIT_CANNOT_IN_TIME = "visit:cannot-in-time"  # the service area says so; reception tells the customer
    VISIT_OVER_TIME = "visit:over-time"  # a clock of the protocol passed unattended
    VISIT_CALLED = "visit:called"  # somebody took the visit and called the customer
    VISIT_ATTENDED = "visit:attended"  # a person began to deal with it
    VISIT_FINISHED = "visit:finished"
    VISIT_REFERRED = "visit:referred"
    VISIT_AGREED = "visit:agreed"
    VISIT_DECLINED = "visit:declined"
    VISIT_CANNOT_MEET = "visit:cannot-meet"
    VISIT_RETURN_BOOKED = "visit:return-booked"
    VISIT_LEFT = "visit:left"
    VISIT_NO_SHOW = "visit:no-show"
    VISIT_REINSTATED = "visit:reinstated"  # back in at the old place
    VISIT_NOTED = "visit:noted"
    VISIT_CORRECTED = "visit:corrected"  # an addition: what it said before is kept
    VISIT_PROBLEM = "visit:problem"  # the interaction became one of a Problem Customer

    # A prompt stays until a person answers it.
    PROMPT_ASKED = "prompt:asked"
    PROMPT_REPEATED = "prompt:repeated"
    PROMPT_CLIMBED = "prompt:climbed"  # nobody reached: the next in the chain is named
    PROMPT_ANSWERED = "prompt:answered"
    PROMPT_WITHDRAWN = "prompt:withdrawn"  # its reason went: the visit was attended or ended

    # An alarm.
    ALARM_RAISED = "alarm:raised"
    ALARM_JOINED = "alarm:joined"
    ALARM_ESCALATED = "alarm:escalated"  # a step of the chain fired (or was empty and skipped)
    ALARM_NOBODY = "alarm:nobody"  # the chain is exhausted: repeated aloud until somebody answers
    ALARM_ACKNOWLEDGED = "alarm:acknowledged"
    ALARM_DECLINED = "alarm:declined"
    ALARM_ATTENDED = "alarm:attended"
    ALARM_REOPENED = "alarm:reopened"  # nobody was there in time
    ALARM_STOOD_DOWN = "alarm:stood-down"
    ALARM_SAFE_ROOM = "alarm:safe-room"
    ALARM_ALL_CLEAR = "alarm:all-clear"
    ALARM_CLOSED = "alarm:closed"

    DELIVERY_SENT = "delivery:sent"
    DELIVERY_FAILED = "delivery:failed"
    DELIVERY_SEEN = "delivery:seen"

    PROTOCOL_SAVED = "protocol:saved"
    PROTOCOL_AUTHORISED = "protocol:authorised"
    PROTOCOL_REVIEWED = "protocol:reviewed"
    PROTOCOL_PUBLISHED = "protocol:published"

    PRESENCE_CHANGED = "presence:changed"
    SITE_STATE_CHANGED = "site:state-changed"
    SET_UP_CHANGED = "set-up:changed"  # a site, place, team, person, device or token was set up
    SIGNED_IN = "person:signed-in"
    SIGNED_OUT = "person:signed-out"
    DESK_STARTED = "desk:started"

    ENGINE_LATE = "engine:late"  # a deadline fired late, or a bad row was pushed ahead
    CLOCK_STEPPED = "clock:stepped"
    PRESS_ODD = "press:odd"  # a field of a press could not be used and was dropped

    @property
    def family(self) -> str:
        """The noun before the colon; permissions and urgency of the stream go by it."""
        return self.value.split(":", 1)[0]
