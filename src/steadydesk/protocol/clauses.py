"""The clauses of the two founding procedures, and the settings that each depends on.

L is a public library's procedure for a Problem Customer; D and E are a council's document control form and
its protocol for customers in reception and interview rooms."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Clause:
    """One demand of a procedure, in our own words; `settings` are dotted names in the protocol's file."""

    id: str
    summary: str
    settings: tuple[str, ...] = ()

    @property
    def procedure(self) -> Literal["L", "D", "E"]:
        """L also holds its preparations (LP) and its training (LT)."""
        return "D" if self.id[0] == "D" else "E" if self.id[0] == "E" else "L"


_LIBRARY = (
    ("L1", "Notice when an interaction needs help", "get_help.label", "get_help.screen_label"),
    ("L2", "Getting help comes before everything else", "get_help.ask_once_more_after"),
    ("L2-sit", "How help is got depends on the library and on who is there", "get_help.ways"),
    ("L2a", "Near a telephone, a short internal number calls colleagues", "get_help.extension_length",
     "get_help.extension_length_reason", "get_help.refused_numbers"),
    ("L2b", "A worn device can call colleagues", "get_help.ways"),
    ("L2c", "Away from a desk, walk slowly and purposefully to where colleagues are", "cards"),
    ("L2d", "Someone alone has a device connected to the police", "lone_working.provisions",
     "lone_working.device_tested_every"),
    ("L2d-conn", "The connection to the police is real, recorded and tested",
     "lone_working.police_route_tested_every"),
    ("L2d-i", "Working alone is best avoided, above all in the evening", "lone_working.evening_from",
     "lone_working.evening_until"),
    ("L2d-ii", "Working alone has minimum provisions", "lone_working.provisions", "lone_working.offers"),
    ("L2d-ii(1)", "First provision: the device connected to the police", "lone_working.device_heard_within"),
    ("L2d-ii(2)a", "Second provision: a safe room", "safe_room.items"),
    ("L2d-ii(2)b", "The safe room locks from inside", "safe_room.items"),
    ("L2d-ii(2)c", "The safe room has a telephone", "safe_room.items"),
    ("L2d-ii(2)d", "The safe room has no window and no other easy way in", "safe_room.items"),
    ("L2d-ii(2)e", "The worker may go to the safe room and stay there", "cards"),
    ("L2d-ii(3)", "Third provision: a mobile telephone with the emergency number stored",
     "lone_working.start_questions"),
    ("L3", "While help is coming, judge whether the customer is a safety risk", "observed_signs"),
    ("L3-out", "The answer: does, does not, or cannot tell", "assessment.appears"),
    ("L3a", "When there is no safety risk: five steps", "cards"),
    ("L3a-i", "Keep talking without threat until help is there", "cards"),
    ("L3a-ii", "Use the three Rs and solve the problem", "encounter.three_rs", "encounter.three_rs_outcomes"),
    ("L3a-iii", "Decide whether outside support is needed", "outside_support.kinds"),
    ("L3a-iii(1)", "Outside support: police, fire, ambulance, social work, clergy", "outside_support.kinds"),
    ("L3a-iii(2)", "Outside support: a member of the family", "outside_support.kinds"),
    ("L3a-iv", "Security stays with the customer until they have left the grounds",
     "encounter.escort_alert_after"),
    ("L3a-v(a)", "Record what happened", "incidents.kinds", "incidents.nothing_came_of_it"),
    ("L3a-v(b)", "Open a customer file where one is justified", "customer_files"),
    ("L3b", "When there is a safety risk: six steps", "cards", "alarms.presser_may_stand_down_after"),
    ("L3b-i", "Stay calm", "cards"),
    ("L3b-ii", "Ask for help", "get_help.ways"),
    ("L3b-ii(1)", "Help by silent alarm", "alarms.chain", "alarms.answers_needed", "alarms.arrive_within",
     "alarms.repeat_when_nobody"),
    ("L3b-ii(2)", "Help by telephone", "get_help.telephone_first"),
    ("L3b-ii(3)", "Help by a phrase that asks for a manager", "get_help.phrase", "get_help.form_of_address"),
    ("L3b-ii(4)", "Help by dialling a preset code", "get_help.preset_alarm_code", "get_help.refused_numbers"),
    ("L3b-iii", "Tell security or the police if there is a chance", "cards"),
    ("L3b-iv", "Stay where the public is", "cards"),
    ("L3b-v", "Keep something solid in between", "cards"),
    ("L3b-vi", "Leave the customer free: do not move, hold or direct them", "cards"),
    ("LP1", "Prepare: stored numbers", "preparations"),
    ("LP2", "Prepare: personal safety devices", "preparations"),
    ("LP3", "Prepare: training in reading the level of threat", "training.topics"),
    ("LP4", "Prepare: the safe room", "safe_room.items"),
    ("LP5", "Prepare: whatever else the organisation adds", "preparations"),
    ("LP6", "Nothing of this is left to the last minute", "preparations"),
    ("LP7", "These preparations are as thorough as those of any other work", "preparations"),
    ("LT1", "Train the person who faces the customer", "training.curricula"),
    ("LT2", "Train the colleagues who support them", "training.curricula"),
    ("LT3", "Rehearse as well as train", "rehearsals.every", "rehearsals.confidence_question"),
)  # fmt: skip

_CONTROL_FORM = (
    ("D0", "A control form heads every document"),
    ("D0-fix", "The reception protocol's own form is kept as it was filled"),
    ("D1", "Title"),
    ("D1a", "The title says what type of document it is", "document_control.types"),
    ("D1b", "Whether the document belongs to a series"),
    ("D2", "Version number"),
    ("D2a", "Drafts count up from v0.01"),
    ("D2b", "The final version is v1"),
    ("D2c", "Amendments until the review are v1.1 and on"),
    ("D2d", "The reviewed document is the next whole number"),
    ("D2e", "The reception protocol's form says V1.1"),
    ("D3", "Date published, as year, month and day"),
    ("D4", "Keywords to search by"),
    ("D5", "Author: a person by post, or a committee or group"),
    ("D6", "Date authorised"),
    ("D7", "Who authorised it"),
    ("D8", "Minute or meeting of the authorisation"),
    ("D9", "Date of review", "document_control.review_reminders_before"),
    ("D10", "Date the review was completed"),
    ("D11", "Where the document is found", "document_control.location_until_published"),
)  # fmt: skip

_RECEPTION = (
    ("E0", "The protocol covers reception and interview rooms of named sites"),
    ("E0-aim", "Lessen what triggers distress, agitation and violence", "moods"),
    ("E1", "Without an appointment, attended to within ten minutes", "waiting.attend_within",
     "waiting.tell_room_from", "waiting.late_typing_up_to"),
    ("E1-att", "Attended to means one of the outcomes of section 3", "outcomes"),
    ("E1a", "Reception and customer are told promptly when ten minutes cannot be kept",
     "waiting.ask_service_after", "waiting.tell_customer_within", "waiting.room_wording", "waiting.promise_wording",
     "waiting.wait_reasons"),
    ("E2", "An agitated customer is spoken to quickly", "moods"),
    ("E2a", "Agitated and waiting longer than five minutes: the manager is called",
     "waiting.agitated_call_manager_after", "waiting.moods_that_bind_agitated",
     "waiting.prompt_repeat_after"),
    ("E2a-dep", "The deputy when the manager is away, then the next level", "waiting.agitated_chain"),
    ("E3", "Attending has three forms", "outcomes"),
    ("E3a", "Deal with the matter directly", "channels"),
    ("E3b", "Refer to a designated colleague", "referral.agreement_asked_again_after"),
    ("E3b-ret", "Ask the customer back only when the right person will be there", "referral.return_wording",
     "referral.return_length", "referral.return_names_staff"),
    ("E3c", "Say that the need cannot be met today", "cannot_meet.reasons"),
    ("E3c-why", "Say why", "cannot_meet.reasons"),
    ("E3c-alt", "Say what else is possible", "cannot_meet.alternatives", "cannot_meet.none_suitable"),
    ("E4", "Teams work together for the customer"),
    ("E4a", "Nobody is sent to a team that has not agreed", "referral.agreement_asked_again_after"),
    ("E4a-duty", "A duty rota counts as agreement", "referral.duty_rota_takes_at_once"),
    ("E4b", "Asked for help, the service area goes through every option", "help_request.options",
     "help_request.answers"),
    ("E4b-tel", "Speaking to the customer by telephone is one of the options", "help_request.options"),
    ("E4c", "Someone asked back finds staff available", "referral.return_wording",
     "waiting.return_asked_again_after"),
    ("E5", "Judge risks with the chosen risk model", "assessment.selected", "assessment.models"),
    ("E5-note", "A level is a person's own judgement", "assessment.levels"),
    ("E5-exp", "The level depends on the assessor's experience", "assessment.experience"),
    ("E5-know", "The level depends on knowing the customer", "assessment.knowledge_of_customer"),
    ("E5a", "Share what matters with the colleagues it matters to"),
    ("E5a-exp", "Warn colleagues of a customer expected to be agitated"),
    ("E5b", "Decide who meets the customer", "strategy.deciders"),
    ("E5c", "Limit companions for certain enquiries", "services"),
    ("E5c-entourage", "Young people about money come with one friend", "services",
     "companions.never_counted"),
    ("E5c-out", "Other friends wait elsewhere", "services", "companions.where_the_others_go",
     "companions.child_rule"),
    ("E5c-tell", "Young people hear of the limit beforehand", "services"),
    ("E5d", "Choose the safest area", "strategy.areas", "strategy.alarmed_room_needed_from"),
    ("E5e", "The team and reception agree a strategy", "strategy.actions"),
    ("E5f", "Reception learns of new emergency contacts"),
    ("E5g", "Plan the way out", "strategy.escape_route_needed_above"),
    ("E5h", "Take further precautions", "strategy.actions"),
    ("E5h-pat", "For example, reception passes by the room", "strategy.patrol_every",
     "strategy.missed_passes_before_alert"),
    ("E5h-sit", "For example, a colleague sits in", "strategy.actions"),
    ("E5i", "A changed level changes the strategy", "strategy.reconfirm_within"),
    ("E5j", "Be ready to challenge tailgaters", "access.results", "cards"),
    ("E5k", "Send visitors without a badge to reception", "access.badge_states",
     "access.no_badge_alert_after"),
    ("E6", "Four measures to keep everyone safe", "encounter.measures"),
    ("E6a", "De-escalation", "cards", "encounter.techniques"),
    ("E6b", "Calling colleagues", "alarms.groups", "alarms.urgencies"),
    ("E6c", "Temporary withdrawal of service", "withdrawal", "services"),
    ("E6d", "External support", "outside_support.kinds", "outside_support.outcomes"),
    ("E7", "Send urgent information to the right contacts", "urgent_messages.fields"),
    ("E7-list", "The emergency contact list is kept by itself", "urgent_messages.contacts_verified_every"),
    ("E7a", "Brief", "urgent_messages.length_limit"),
    ("E7b", "Factual", "urgent_messages.fields"),
    ("E7c", "Without judgement", "urgent_messages.judgemental_words"),
    ("E7d-1", "Says who is informed", "urgent_messages.fields"),
    ("E7d-2", "Says what the problem is", "urgent_messages.fields"),
    ("E7d-3", "Says who the customer is", "urgent_messages.fields"),
    ("E7d-4", "Says what risk is likely", "urgent_messages.fields"),
    ("E7d-5", "Says what help is needed", "urgent_messages.fields"),
    ("E8a", "Keep a log afterwards", "retention"),
    ("E8b", "Fill in the form for accidents and near misses", "incidents.kinds", "incidents.first_questions",
     "incidents.complete_within"),
    ("E8c", "Where one is needed, debrief within a week", "debriefs.within", "debriefs.called_within"),
    ("E8d", "The debrief brings out lessons", "debriefs.prompts"),
    ("E8e", "The debrief looks at the strategy again", "debriefs.prompts"),
)  # fmt: skip

CLAUSES: dict[str, Clause] = {
    row[0]: Clause(row[0], row[1], row[2:]) for row in (*_LIBRARY, *_CONTROL_FORM, *_RECEPTION)
}
"""Every clause by its id, in the order of the procedures."""


def clauses_of(setting: str) -> tuple[Clause, ...]:
    """The clauses that depend on a setting, on a part of it, or on what it is part of."""
    return tuple(clause for clause in CLAUSES.values() if any(_overlap(setting, named) for named in clause.settings))


def _overlap(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")
