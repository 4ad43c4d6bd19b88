"""Words of the response pages for what the contract names by codes."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

MODES = {
    "real": (pgettext_lazy("alarm mode", "REAL"), _("This is not an exercise.")),
    "drill": (pgettext_lazy("alarm mode", "DRILL"), _("This is a drill: do all of it, nobody is in danger.")),
    "test": (pgettext_lazy("alarm mode", "TEST"), _("This is a test of the call: nobody is in danger.")),
}
URGENCIES = {"help": _("Help now"), "manager": _("Manager please"), "nearby": _("Stand near")}
BY_PHRASE = _("Manager, asked for by the phrase")
KINDS = {
    "medical": _("Someone is ill or hurt"),
    "building": _("The building is in danger"),
    "emergency_call": _("The emergency number was dialled"),
}
"""Kinds of call that are named instead of their urgency."""
ASSETS = (("defibrillator", _("Defibrillator")), ("ambulance_door", _("Door for the ambulance")))
SIGNS = {"help": "one", "manager": "two", "nearby": "three"}
"""Urgency → the class of alarm that `console.css` gives a shape and a colour."""
STATES = {
    "open": _("Nobody is coming yet"),
    "acknowledged": _("Somebody is coming"),
    "attended": _("Somebody is there"),
    "closed": _("Closed"),
}
STOOD_DOWN = _("Stood down. Please check")
SOURCES = {
    "button": _("the button on a screen"),
    "hot_key": _("the silent key"),
    "agent": _("the desk's own program"),
    "app": _("a phone"),
    "extension": _("a telephone extension"),
    "code": _("a code that was typed"),
    "device": _("a worn or wall button"),
    "phrase": _("the phrase"),
    "check_in": _("a missed check-in"),
    "duress": _("a duress answer"),
    "api": _("another system"),
}
DISPOSITIONS = {
    "handled": _("It was needed and dealt with"),
    "nothing_found": _("Somebody went and found nothing"),
    "stood_down": _("It was stood down and checked"),
    "drill": _("It was a drill"),
    "test": _("It was a test"),
}
DONE = {
    "acknowledge": _("You are shown as coming."),
    "decline": _("You are shown as not coming."),
    "attend": _("You are shown as being there."),
    "stand-down": _("Stood down. The call stays open until somebody has checked."),
    "retreat": _("The safe room is shown to everybody who sees the call."),
    "all-clear": _("The safe room may be left."),
    "leave-out": _("It is kept from them and their line from now on. The safety lead is told."),
    "let-in": _("They and their line can see the call again."),
    "close": _("The call is closed."),
}
EVENTS = {
    "alarm:raised": _("Called"),
    "alarm:joined": _("Called again"),
    "alarm:escalated": _("The next people were told"),
    "alarm:contacted": _("Somebody of the emergency contact list was told"),
    "alarm:nobody": _("Nobody else could be told: repeated to everybody"),
    "alarm:acknowledged": _("is coming"),
    "alarm:declined": _("cannot come"),
    "alarm:attended": _("is there"),
    "alarm:late": _("Somebody was not there in time and is not waited for"),
    "alarm:reopened": _("Nobody was there in time: called again"),
    "alarm:stood-down": _("Stood down"),
    "alarm:safe-room": _("In the safe room"),
    "alarm:all-clear": _("The safe room may be left"),
    "alarm:left-out": _("It is about somebody of the organisation: kept from some people from now on"),
    "alarm:let-in": _("Somebody was named by mistake: kept from them and their line no more"),
    "alarm:closed": _("Closed"),
    "encounter:after-answered": _("What is asked afterwards was answered"),
    "encounter:after-reminded": _("Reminded of what is asked afterwards"),
    "press:odd": _("A part of the call could not be read and was left out"),
    "encounter:number-rung": _("A number of the site was rung from there"),
    "words:withdrawn": _("Words withdrawn"),
    "words:erased": _("Words erased"),
    "hold:placed": _("Held: nothing of this is forgotten"),
    "hold:lifted": _("The hold was lifted"),
    "hold:overdue": _("Asked whether the hold is still needed"),
    "person:exported": _("Given away to the person it is about"),
}
STEP_EMPTY = _("Nobody to tell in step %(step)s: the next was told at once")
STEP = _("Step %(step)s was told")
SAYS_WHO = frozenset({"alarm:acknowledged", "alarm:declined", "alarm:attended"})
"""Events that read as a sentence about a person."""
REPEATED = frozenset({"alarm:nobody"})
"""Events that stand on one line however often they followed each other: a call that nobody answers is repeated."""
CHANNELS = {
    "screen": _("screen"),
    "mail": _("e-mail"),
    "phone": _("telephone"),
    "push": _("push message"),
    "apprise": _("another service"),
    "webhook": _("other system"),
    "text": _("text message"),
}
DELIVERIES = {
    "waiting": _("on its way"),
    "sent": _("sent"),
    "seen": _("seen"),
    "failed": _("failed"),
    "withdrawn": _("not needed any more"),
    "unknown": _("not known whether it arrived"),
}
LATER = _("waits for the other ways")
PICKED_UP = {("phone", "sent"): _("answered"), ("phone", "waiting"): _("ringing")}
"""A telephone says more than that a message was taken."""
PROMPTS = {
    "call_manager": _("Call the manager or deputy"),
    "ask_agreement": _("Ask whether they take the customer on"),
    "ask_help": _("Ask the service area for help"),
    "ask_service": _("Ask the service area whether they can come in time"),
    "tell_customer": _("Tell the customer how long it takes"),
    "tell_room": _("Tell the room how long it takes"),
    "promise_due": _("The promised time is over"),
    "return_uncertain": _("Nobody will be there: tell the customer before they travel"),
    "at_kiosk": _("Somebody took a ticket at the kiosk and is on no list: go and look"),
}
VISITS = {"waiting": _("Waiting"), "offered": _("Called"), "attending": _("With somebody"), "closed": _("Ended")}
CLOCKS = {
    "attend": _("to be attended"),
    "agitated": _("to be spoken to"),
    "ask_service": _("service area to be asked"),
    "promise": _("promised"),
    "appointment": _("appointment"),
}
TROUBLES = {
    "telephones:lost": _("The telephone system was lost: nobody could call for help by telephone"),
    "telephones:back": _("The telephone system is back"),
    "broker:lost": _("The broker was lost: nobody could call for help by a button that speaks MQTT"),
    "broker:back": _("The broker of the buttons is back"),
    "engine:late": _("A deadline was kept late, or could not be kept"),
    "clock:stepped": _("The clock of the machine was set"),
    "press:odd": _("A part of a call could not be read and was left out"),
}
CONTROL = (
    ("title", _("Title")),
    ("series", _("Part of a series")),
    ("version", _("Version number")),
    ("date_published", _("Date published (year/month/day)")),
    ("keywords", _("Keywords")),
    ("authors", _("Author")),
    ("authorised_on", _("Authorised on (day/month/year)")),
    ("authority", _("Authorising authority")),
    ("authorisation_information", _("Authorisation information")),
    ("review_on", _("Review date (day/month/year)")),
    ("review_completed_on", _("Review completed on (day/month/year)")),
    ("location", _("Where the document is found")),
)
"""D0: the order of the form. The title's two lines (D1, D1b) count as one field."""
HISTORY = {
    "protocol:saved": _("saved as a draft"),
    "protocol:authorised": _("authorised"),
    "protocol:reviewed": _("review completed"),
    "protocol:published": _("put in force"),
    "protocol:review-due": _("reminded of the review"),
    "protocol:author-missing": _("nobody holds the author's post: the safety lead is reminded"),
}
"""What happened to a document, by the type of its entry."""
BUTTONS = {
    "no_secret": _("has no secret yet"),
    "unassigned": _("nobody wears it"),
    "silent": _("not heard of for too long"),
    "low": _("battery low"),
    "never": _("never heard of"),
    "heard": _("in order"),
}
REFUSED = {
    "unknown": _("not registered"),
    "unsigned": _("the signature is wrong"),
    "stale": _("its clock is wrong, or it was sent again much later"),
    "unassigned": _("pressed, and nobody is known to wear it"),
    "unreadable": _("what it said cannot be read: look at STEADYDESK_MQTT_TOPICS"),
}
