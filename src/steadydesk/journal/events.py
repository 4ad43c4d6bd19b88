"""Every type of entry, ``noun:past``. The names are part of the contract: outsiders match on them."""

from enum import StrEnum


class Event(StrEnum):
    """``subject:thing-that-happened``; the comment says when, which makes this list the table of contents."""

    # A visit, from the door to the outcome.
    VISIT_NOT_ENTERED = "visit:not-entered"  # a kiosk gave out a ticket, and the server refused the arrival
    VISIT_ARRIVED = "visit:arrived"  # a customer was entered, now or with the true earlier time
    VISIT_MOOD_CHANGED = "visit:mood-changed"  # calm, distressed, agitated or aggressive, seen by staff
    VISIT_TOLD = "visit:told"  # the customer was told how long, through whom
    VISIT_CANNOT_IN_TIME = "visit:cannot-in-time"  # the service area says so; reception tells the customer
    VISIT_LEFT_PROMPT = "visit:left-prompt"  # what others are still asked about is not asked about this one any more
    VISIT_OVER_TIME = "visit:over-time"  # a clock of the protocol passed unattended
    VISIT_CALLED = "visit:called"  # somebody took the visit and called the customer
    VISIT_ATTENDED = "visit:attended"  # a person began to deal with it
    VISIT_FINISHED = "visit:finished"  # whoever dealt with it is done
    VISIT_REFERRED = "visit:referred"  # a person or a team is asked to take the customer on
    VISIT_AGREED = "visit:agreed"  # they said yes, or their duty rota did
    VISIT_DECLINED = "visit:declined"  # they said no, why, and what they offer instead
    VISIT_TAKEN_BACK = "visit:taken-back"  # whoever asked waits for their answer no longer
    VISIT_SENT_ON = "visit:sent-on"  # asked of another again, oftener than the protocol lets pass without a word
    VISIT_CANNOT_MEET = "visit:cannot-meet"  # the customer was told so, why, and what else there is
    VISIT_RETURN_BOOKED = "visit:return-booked"  # asked back for a time at which the right person is there
    VISIT_RETURN_UNDONE = "visit:return-undone"  # that was by mistake: back in at the old place
    VISIT_LEFT = "visit:left"  # the customer went, or was sent home with everybody
    VISIT_NO_SHOW = "visit:no-show"  # called, and nobody came
    VISIT_REINSTATED = "visit:reinstated"  # back in at the old place
    VISIT_UNDONE = "visit:undone"  # a call, attending or an end was pressed by mistake: as if it had not been
    VISIT_HANDED_OVER = "visit:handed-over"  # at a change of shift: to whoever took the desk over
    VISIT_NOTED = "visit:noted"  # words were added; no clock stops for them
    COMPANIONS_COUNTED = "visit:companions-counted"  # more came along, or some went (E5c)
    OTHERS_ASKED = "visit:others-asked"  # companions above the limit were asked to wait elsewhere (E5c-out)
    OTHERS_UNASKED = "visit:others-unasked"  # that was recorded by mistake
    POLICY_TOLD = "visit:policy-told"  # the customer was told at the desk who may come along (E5c-tell)
    INTERPRETER_CONNECTING = "visit:interpreter-connecting"  # somebody calls up an interpreter; the wait goes on
    INTERPRETER_CONNECTED = "visit:interpreter-connected"  # the interpreter is there
    INTERPRETER_NOT_REACHED = "visit:interpreter-not-reached"  # nobody who speaks the language was found
    INTERPRETER_UNDONE = "visit:interpreter-undone"  # a press by mistake: nobody was called up
    VISIT_KEPT_PRIVATE = "visit:kept-private"  # ticket alone, but for those who are named
    VISIT_NOT_PRIVATE = "visit:not-private"  # it need not be so any more
    VISIT_KEPT_APART = "visit:kept-apart"  # two customers who are not to meet; nothing says why
    VISIT_APART_ENDED = "visit:apart-ended"  # they may meet, or it was another
    VISIT_TAKEN_TO = "visit:taken-to"  # to a room or another place, with a manager's reason above the limit
    VISIT_CORRECTED = "visit:corrected"  # an addition: what it said before is kept
    VISIT_COUNTED = "visit:counted"  # on a list "who is still here?" somebody said what became of the customer
    HELP_REQUESTED = "visit:help-requested"  # the service area is asked what can be done (E4b)
    HELP_MARKED = "visit:help-marked"  # an option was offered, is not possible, or is not needed
    HELP_SAID = "visit:help-said"  # words between reception and the team
    HELP_RUNG = "visit:help-rung"  # somebody is rung who is to speak to the customer by telephone
    HELP_SPOKEN = "visit:spoken"  # who spoke to the customer by telephone, from which room or phone
    HELP_CLOSED = "visit:help-closed"  # each option had its answer, or the visit ended before
    VISIT_PROBLEM = "visit:problem"  # the interaction became one of a Problem Customer

    # A customer was given a time, and is expected then.
    EXPECTED_BOOKED = "expected:booked"  # by a team, of a customer who is not here
    EXPECTED_MOVED = "expected:moved"  # to another time
    EXPECTED_CALLED_OFF = "expected:called-off"  # the customer does not come, or need not
    EXPECTED_TAKEN_UP = "expected:taken-up"  # it holds after all
    EXPECTED_CONFIRMED = "expected:confirmed"  # a confirmation was printed, sent or put into a calendar
    EXPECTED_NOT_SENT = "expected:not-sent"  # what is true now does not go where the confirmation went, and why not
    EXPECTED_UNCERTAIN = "expected:uncertain"  # nobody will be there: the customer must be told before they travel
    EXPECTED_CERTAIN = "expected:certain"  # somebody will be there after all
    EXPECTED_CAME = "expected:came"  # a person made sure, by a second fact, that it is them
    EXPECTED_PARTED = "expected:parted"  # it was somebody else
    EXPECTED_NOT_COME = "expected:not-come"  # the day is over, or somebody said so

    # A warning for one day, told to nobody but those whom it is for: no stream has it.
    FOREWARNING_GIVEN = "forewarning:given"  # for which day
    FOREWARNING_CHANGED = "forewarning:changed"  # who is to know, or of which day
    FOREWARNING_MATCHED = "forewarning:matched"  # a person made sure that it is them
    FOREWARNING_PARTED = "forewarning:parted"  # it was somebody else
    FOREWARNING_TAKEN_BACK = "forewarning:taken-back"  # nobody need know
    FOREWARNING_GONE = "forewarning:gone"  # its day is over, and so are its words

    # What runs beside a visit or a call in which help is needed.
    HELP_OFFERED = "encounter:help-offered"  # the help control is on a screen
    HELP_ASKED = "encounter:help-asked"  # by which way, and the call that came of it
    HELP_PROMPTED = "encounter:help-prompted"  # nobody had asked for help: it was offered once more
    NUMBER_RUNG = "encounter:number-rung"  # one of the site's numbers, from a telephone at the place
    HELP_PASSED = "encounter:help-passed"  # somebody said that none is needed now
    RISK_JUDGED = "encounter:risk-judged"  # appears, does not appear, cannot tell; earlier answers stay
    STEP_TICKED = "encounter:step-ticked"  # a step of a card was taken, with its outcome
    SUPPORT_CALLED = "encounter:support-called"  # somebody from outside was called
    SUPPORT_ANSWERED = "encounter:support-answered"  # their reference, what they said, that they are here
    FORM_BEGUN = "encounter:form-begun"  # a form that is saved while it is typed; later saves are no entries

    AFTER_ANSWERED = "encounter:after-answered"  # it is over: whether contact occurred, whether anybody is hurt
    AFTER_REMINDED = "encounter:after-reminded"  # nobody had answered that by the end of the shift

    # A service is withdrawn from a customer for a while; what was typed for it lies apart.
    SERVICE_WITHDRAWN = "service:withdrawn"  # decided: of which scope, from when until when
    LETTER_GIVEN = "service:letter-given"  # the customer has the letter: from now it binds
    SERVICE_GIVEN_AGAIN = "service:given-again"  # its last day is over, or somebody ended it before

    # A prompt stays until a person answers it.
    PROMPT_ASKED = "prompt:asked"  # with whom to call, when somebody is
    PROMPT_JOINED = "prompt:joined"  # it is about more visits from now on
    PROMPT_REPEATED = "prompt:repeated"  # nobody answered it in time
    PROMPT_CLIMBED = "prompt:climbed"  # nobody reached: the next in the chain is named
    PROMPT_ANSWERED = "prompt:answered"  # who was reached, and when
    PROMPT_WITHDRAWN = "prompt:withdrawn"  # its reason went: the visit was attended or ended

    # An alarm.
    ALARM_RAISED = "alarm:raised"  # a press
    ALARM_JOINED = "alarm:joined"  # a second press from the same place, of the same mode and kind
    ALARM_ESCALATED = "alarm:escalated"  # a step of the chain fired (or was empty and skipped)
    ALARM_CONTACTED = "alarm:contacted"  # the chain told somebody of the emergency contact list
    ALARM_NOBODY = "alarm:nobody"  # the chain is exhausted: repeated aloud until somebody answers
    ALARM_ACKNOWLEDGED = "alarm:acknowledged"  # a person is coming
    ALARM_DECLINED = "alarm:declined"  # a person cannot come, or not after all
    ALARM_ATTENDED = "alarm:attended"  # a person is there
    ALARM_LATE = "alarm:late"  # somebody was not there in time and is not waited for; others are still coming
    ALARM_REOPENED = "alarm:reopened"  # nobody was there in time
    ALARM_STOOD_DOWN = "alarm:stood-down"  # it stays open: please check
    ALARM_SAFE_ROOM = "alarm:safe-room"  # whoever called is in a safe room
    ALARM_ALL_CLEAR = "alarm:all-clear"  # the safe room may be left
    ALARM_LEFT_OUT = "alarm:left-out"  # it is about somebody of the organisation: they and their line are left out
    ALARM_LET_IN = "alarm:let-in"  # somebody was named by mistake: it is kept from them and their line no more
    ALARM_CLOSED = "alarm:closed"  # with what it was

    # Somebody works alone. What they answered stands nowhere: every check-in looks the same.
    ACCESS_CHALLENGED = "access:challenged"  # somebody without a badge was met at a place, and what came of it
    ACCESS_ACCOUNTED = "access:accounted"  # somebody knows what became of them
    ACCESS_UNACCOUNTED = "access:unaccounted"  # nobody does, or somebody still has no badge: the duty manager is told
    VISITOR_CAME = "visitor:came"  # somebody came to visit or to work here; what they gave as their name is in words
    VISITOR_LEFT = "visitor:left"  # they left, and their name was erased
    BADGE_CHANGED = "badge:changed"  # what badge somebody who is in the building has

    LONE_BEGAN = "lone:began"  # with what they confirmed
    LONE_ASKED = "lone:asked"  # whether all is well; after an outage, since when nobody could ask
    LONE_CHECKED_IN = "lone:checked-in"  # they answered
    LONE_MISSED = "lone:missed"  # nobody answered within the grace: the call that it became
    LONE_ENDED = "lone:ended"  # the door is locked, somebody came, or a manager ended it
    LONE_CONFIRMED = "lone:confirmed"  # what is on them, said after it had begun
    LONE_EXTENDED = "lone:extended"  # they stay longer: until when, and why
    LONE_GAP_CHOSEN = "lone:gap-chosen"  # a provision is missing: close, ask the manager, or stay until a time
    LONE_GAP_ANSWERED = "lone:gap-answered"  # what a manager says to that, until when; the reason lies apart
    LONE_IN_SAFE_ROOM = "lone:in-safe-room"  # the call stands at that room from now
    LONE_COUNTED = "lone:counted"  # how many are in the safe room
    LONE_WARNED = "lone:warned"  # by the rota somebody will be alone: from when until when, evening or not
    LONE_KEPT = "lone:kept"  # a manager keeps such a period; the reason lies apart
    LONE_CLEARED = "lone:cleared"  # the rota was changed: nobody is alone then
    ASSET_CHECKED = "lone:asset-checked"  # a telephone or a device that lone workers carry, item by item
    CHECKS_DUE = "lone:checks-due"  # which safe rooms, devices and routes are to be looked at; their owners are told

    CHAIN_TEST_STARTED = "chain-test:started"  # people are asked whether they are reached, and how many
    CHAIN_TEST_ANSWERED = "chain-test:answered"  # one of them was
    CHAIN_TEST_ENDED = "chain-test:ended"  # how many were told, and how many had not answered
    DELIVERY_SENT = "delivery:sent"  # a channel took it; sent is not seen
    DELIVERY_FAILED = "delivery:failed"  # one attempt, or the last one
    DELIVERY_TRIED = "delivery:tried"  # a trial was posted to the other system
    DELIVERY_SEEN = "delivery:seen"  # a person has it before them

    PROTOCOL_SAVED = "protocol:saved"  # a draft or an amendment
    PROTOCOL_AUTHORISED = "protocol:authorised"  # final, under its number
    PROTOCOL_REVIEWED = "protocol:reviewed"  # the review found it good
    PROTOCOL_PUBLISHED = "protocol:published"  # in force at a site from now
    PROTOCOL_REVIEW_DUE = "protocol:review-due"  # who was reminded of the review of what is in force, on which day
    PROTOCOL_AUTHOR_MISSING = "protocol:author-missing"  # nobody holds the author's post; safety leads are reminded

    WORDS_WITHDRAWN = "words:withdrawn"  # typed words are shown to nobody any more, and why
    WORDS_ERASED = "words:erased"  # typed words are gone for good, and why; the entry that points at them stays
    ERASURES_SPOILT = "erasures:spoilt"  # the list of erasures could not be read: it is kept aside, and a new one begun
    REHEARSAL_RECORDED = "rehearsal:recorded"  # somebody rehearsed something with somebody
    REHEARSAL_TAKEN_BACK = "rehearsal:taken-back"  # it was recorded by mistake
    HOLD_PLACED = "hold:placed"  # nothing about the subject is forgotten until the hold is lifted
    HOLD_LIFTED = "hold:lifted"  # it may be forgotten again
    HOLD_OVERDUE = "hold:overdue"  # its day has come: somebody lifts it or gives it another
    RECORDS_PURGED = "records:purged"  # how many of each kind were kept long enough
    RECORDS_BROUGHT_BACK = "records:brought-back"  # a restore, and the moment of its backup
    RECORDS_SETTLED = "records:settled"  # what fell due between a restore and the first page is settled too
    PERSON_EXPORTED = "person:exported"  # everything about one person was given away as a file
    WAYS_CHOSEN = "person:ways-chosen"  # by which channels, in which order, somebody wants to be reached
    BROWSER_ADDED = "person:browser-added"  # a browser takes push messages for somebody
    BROWSER_REMOVED = "person:browser-removed"  # by themselves, signed out, or because it takes none any more
    SERVICE_CHANGED = "person:service-changed"  # somebody gave a service of their own, or took it away
    WAY_TRIED = "person:way-tried"  # a trial was sent to oneself, or came
    PERSON_LEFT = "person:left"  # their account, sessions, tokens, PIN, badge, shifts and duties ended together
    LEAVER_FORGOTTEN = "person:forgotten"  # an account was kept long enough after its person left

    CALL_ON_PAPER = "paper:call-entered"  # a call that happened while Steadydesk was away; on no stream
    PACK_PRINTED = "paper:pack-printed"  # somebody says that the morning pack came out of the printer

    ROTA_CHANGED = "rota:changed"  # a weekly pattern or a single shift was planned, changed or ended: a draft
    ROTA_PUBLISHED = "rota:published"  # what was planned for these days is true from now; whom it leaves alone
    ROTA_TURN_CHANGED = "rota:turn-changed"  # a published shift or duty: its times, its person, or not worked
    ROTA_ABSENCE_PLANNED = "rota:absence-planned"  # somebody will be away; from, until
    ROTA_ABSENCE_ENDED = "rota:absence-ended"  # they are back, or it was said by mistake
    ROTA_SWAP_OFFERED = "rota:swap-offered"  # somebody asks who would work their shift
    ROTA_SWAP_TAKEN = "rota:swap-taken"  # a named colleague works it
    ROTA_SWAP_WITHDRAWN = "rota:swap-withdrawn"  # they work it themselves after all, or it is theirs no more
    ROTA_GAP = "rota:gap"  # a published rota has nobody at the desk, on duty or to lead the team any more; from, until
    CALENDAR_ADDED = "rota:calendar-added"  # a person's own calendar, by address or as a file
    CALENDAR_READ = "rota:calendar-read"  # it says when they are busy, and how often; nothing else is kept
    CALENDAR_FAILED = "rota:calendar-failed"  # it could not be fetched or read; what it said last stays
    CALENDAR_REMOVED = "rota:calendar-removed"  # with everything it said
    FEED_MADE = "rota:feed-made"  # a secret address for one's own shifts
    FEED_REVOKED = "rota:feed-revoked"  # nothing opens under it any more
    AVAILABILITY_WITHDRAWN = "rota:availability-withdrawn"  # time at which somebody could be met is gone; from, until

    PRESENCE_CHANGED = "presence:changed"  # a shift began or ended, somebody is away or back
    SITE_RESTORED = "site:restored"  # its records, from a backup; what was open then is settled without calling anybody
    SITE_STATE_CHANGED = "site:state-changed"  # open, closing, closed, emptied or locked down
    SAFE_ROOM_INSPECTED = "site:safe-room-inspected"  # item by item, by a named inspector
    POLICE_ROUTE_CHANGED = "site:police-route-changed"  # through whom the site is connected to the police
    POLICE_ROUTE_TESTED = "site:police-route-tested"  # end to end, and whether it worked
    POLICE_GAP_ACCEPTED = "site:police-gap-accepted"  # it is not connected: who accepts that, until when
    SITE_OUTAGE_ENDED = "site:outage-ended"  # the server was off, from when until when: what fell due is on one list
    SITE_OUTAGE_LOOKED_THROUGH = "site:outage-looked-through"  # somebody has looked through that list
    SITE_COUNT_BEGAN = "site:count-began"  # a list asks who is still here: after an emptying, an outage, a closing
    SET_UP_CHANGED = "set-up:changed"  # a site, place, team, person, device or token was set up
    SIGNED_IN = "person:signed-in"  # at a browser
    SIGNED_OUT = "person:signed-out"  # at a browser
    SIGNED_OUT_EVERYWHERE = "person:signed-out-everywhere"  # of every browser, by themselves or an administrator
    SIGN_IN_REFUSED = "person:sign-in-refused"  # wrong password or second factor, or too many tries
    PASSWORD_CHANGED = "person:password-changed"  # by themselves, or set anew by an administrator
    EMAIL_CHANGED = "person:email-changed"  # by an administrator
    FACTOR_ADDED = "person:factor-added"  # an app's codes, a passkey, or the account at the organisation's own sign-in
    FACTOR_REMOVED = "person:factor-removed"  # by themselves, or by an administrator when it was lost
    RECOVERY_CODES_MADE = "person:recovery-codes-made"  # anew; those of before are not good any more
    RECOVERY_CODE_USED = "person:recovery-code-used"  # it stood in for a second factor, and how many are left
    DESK_STARTED = "desk:started"  # its place was confirmed
    DESK_CODE_MADE = "desk:code-made"  # an administrator made a code that makes a browser this desk
    DESK_ENROLLED = "desk:enrolled"  # the code was typed in
    DESK_MOVED = "desk:moved"  # its browser stands at another desk than it thought
    DESK_TAPPED_IN = "desk:tapped-in"  # a person works at this desk from now
    DESK_TAPPED_OUT = "desk:tapped-out"  # they tapped out, tapped in elsewhere, or forgot to
    DESK_LOCKED = "desk:locked"  # nobody used it for a while, or somebody locked it
    DESK_UNLOCKED = "desk:unlocked"  # it may be used again
    DESK_TAKEN_OVER = "desk:taken-over"  # a change of shift: from whom, to whom
    DESKS_NOT_STARTED = "desk:not-started"  # some time after opening nobody had started these
    KEY_CHANGED = "person:key-changed"  # a PIN was chosen or set, a badge given or taken away
    BUTTON_ASSIGNED = "button:assigned"  # a person wears it from now, or nobody
    BUTTON_CONFIRMED = "button:confirmed"  # at the start of a shift its wearer has it
    BUTTON_SECRET_MADE = "button:secret-made"  # what it signs with; the one before is void
    BUTTON_RETIRED = "button:retired"  # it is used no longer
    BUTTON_LOW = "button:low"  # its battery
    BUTTON_SILENT = "button:silent"  # not heard of for longer than it may be
    BUTTON_REFUSED = "button:refused"  # an event of a device was not taken, and why
    BUTTON_CHECKED_IN = "button:checked-in"  # its wearer is well
    BUTTON_TEST_BEGAN = "button:test-began"  # for a minute its next press calls nobody, and who said so
    BUTTON_TESTED = "button:tested"  # it was pressed, and works; nobody was called
    PASS_GIVEN = "pass:given"  # somebody may work at one desk until a set time
    PASS_MOVED = "pass:moved"  # it ends with the day of the site, whose hours were changed; when it ends now
    PASS_ENDED = "pass:ended"  # its time was over, or a manager ended it

    TELEPHONES_LOST = "telephones:lost"  # the telephone system does not register us any more
    TELEPHONES_BACK = "telephones:back"  # it does again
    BROKER_LOST = "broker:lost"  # buttons that speak MQTT cannot be heard
    BROKER_BACK = "broker:back"  # they can again
    ENGINE_LATE = "engine:late"  # a deadline fired late, or a bad row was pushed ahead
    CLOCK_STEPPED = "clock:stepped"
    PRESS_ODD = "press:odd"  # a field of a press could not be used and was dropped

    @property
    def family(self) -> str:
        """The noun before the colon; permissions and urgency of the stream go by it."""
        return self.value.split(":", 1)[0]
