"""For each proved clause the smallest change of the code that breaks it; `make soak` watches each make a proof fail."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutation:
    """In ``file`` (below src/steadydesk) the snippet ``was``, which is there once, becomes ``now``."""

    file: str
    was: str
    now: str


MUTATIONS: dict[str, Mutation] = {
    "D0-fix": Mutation(
        "documents/actions.py",
        'version.control = form.model_dump(mode="json")\n    return version',
        'version.control = rules.unsigned(form).model_dump(mode="json")\n    return version',
    ),
    "D2": Mutation("documents/rules.py", "if newest >= number:", "if newest > number:"),
    "D2a": Mutation("documents/rules.py", "FIRST = Number(0, 1)", "FIRST = Number(0, 2)"),
    "D2b": Mutation("documents/rules.py", "return Number(1, 0)", "return Number(1, 1)"),
    "D2c": Mutation("documents/rules.py", '"v{self.major}.{self.minor}" if', '"v{self.major}.{self.minor:02d}" if'),
    "D2d": Mutation("documents/rules.py", "return Number(self.major + 1, 0)", "return self.amended()"),
    "D2e": Mutation(
        "documents/actions.py",
        "if labels:\n            form = rules.begun",
        "if labels is not None:\n            form = rules.begun",
    ),
    "D6": Mutation("documents/rules.py", "elif form.authorised_on > today:", "elif form.authorised_on is today:"),
    "D7": Mutation("documents/rules.py", "return persons.author == persons.authoriser", "return False"),
    "D9": Mutation("documents/rules.py", "form.review_on <= form.authorised_on", "form.review_on < form.authorised_on"),
    "E0": Mutation(
        "visits/queries.py",
        '{"document": visit.document, "version": visit.version}',
        '{"document": visit.document, "version": documents.in_force(visit.site).version}',
    ),
    "E0-aim": Mutation("visits/actions.py", "mood=mood, before=before)", "mood=mood, before=mood)"),
    "E1": Mutation(
        "visits/rules.py",
        "due = facts.waits_from + waiting.attend_within\n        return",
        "due = facts.waits_from + waiting.attend_within + JUST_AFTER\n        return",
    ),
    "E1-att": Mutation(
        "visits/settling.py",
        "return visit.attended_at or visit.ended_at",
        "return visit.attended_at or visit.ended_at or visit.first_contact_at",
    ),
    "E1a": Mutation(
        "visits/telling.py",
        'prompting.ask([("tell_customer", turn.visit)], turn.force',
        "prompting.ask([], turn.force",
    ),
    "E2": Mutation(
        "visits/order_rules.py",
        "return bound_since is not None and bound_until is None and first_contact_at is None",
        "return bound_since is None",
    ),
    "E2a": Mutation(
        "visits/rules.py",
        "due = facts.waits_from + waiting.agitated_call_manager_after",
        "due = since + waiting.agitated_call_manager_after",
    ),
    "E2a-dep": Mutation(
        "visits/rules.py", "there = [c for c in callees if c.key in available]", "there = list(callees)"
    ),
    "E3": Mutation("visits/rules.py", '"finish": {"attending": "closed"}', '"finish": {"attending": "attending"}'),
    "E3a": Mutation(
        "visits/actions.py",
        "turn.visit.owner, turn.visit.channel = by.ref, channel",
        "turn.visit.channel = channel",
    ),
    "E3b": Mutation(
        "visits/referring.py",
        "return {referral.person} if referral.person else",
        "return people.available(referral.visit.site, referral.asked_at) if referral.person else",
    ),
    "E3b-ret": Mutation("visits/free.py", "return return_rules.can_be_met(", "return not return_rules.can_be_met("),
    "E3c": Mutation(
        "visits/rules.py", '"told": None if self.told else _("Tell the customer first, and why.")', '"told": None'
    ),
    "E3c-alt": Mutation("visits/rules.py", "blank = not self.alternatives and not self.none_suitable", "blank = False"),
    "E3c-why": Mutation(
        "visits/rules.py", '"reason": text_fault(self.reason, required=True),', '"reason": text_fault(self.reason),'
    ),
    "E4": Mutation("visits/referring.py", "        _refuse_second(turn)\n", ""),
    "E4a": Mutation(
        "visits/referring.py",
        "if officer is not None:\n            _accept(",
        "if officer is None:\n            _accept(turn, referral, by.ref)\n        elif officer:\n            _accept(",
    ),
    "E4a-duty": Mutation("visits/referring.py", "people.on_duty(team.pk, turn.now) if", "None if"),
    "E4b": Mutation("visits/help_rules.py", "if left := unmarked(every, marked):", "if left := []:"),
    "E4b-tel": Mutation(
        "visits/asking_help.py", "_mark(turn, request, help_rules.BY_PHONE, help_rules.OFFERED)", "pass"
    ),
    "E4c": Mutation("visits/expecting.py", "elif not certain and row.uncertain_since is None:", "elif False:"),
    "E5a-exp": Mutation(
        "visits/forewarning.py",
        "return row.day == today and (by.person in row.named or _is_reception(by, row.site))",
        "return row.day == today",
    ),
    "E5c": Mutation("visits/company_rules.py", "max(0, self.companions - self.limit)", "0"),
    "E5c-entourage": Mutation(
        "visits/taking.py", "if spot and spot.kind == company_rules.ROOM else 0", "if spot and spot.kind == '' else 0"
    ),
    "E5c-out": Mutation("visits/company.py", '"wording": service.companions_wording', '"wording": ""'),
    "E5c-tell": Mutation("visits/confirming.py", 'way != "text" and bool(confirmation(row).policy)', "False"),
    "E5j": Mutation("incidents/actions.py", "met.result != rules.NOT_CHALLENGED", "True"),
    "E5k": Mutation(
        "incidents/actions.py",
        "set_deadline(LOOK, row.subject, at + protocol",
        "set_deadline(LOOK, row.subject, at + 99 * protocol",
    ),
    "E6": Mutation("screens/desk/help_forms.py", "            encounters.record_call(", "            str("),
    "E6a": Mutation(
        "encounters/rules.py", "return {t.id: EFFECTS for t in protocol", "return {t.id: DONE for t in protocol"
    ),
    "E6b": Mutation("alarms/chain.py", 'CALLED_FIRST[alarm.to or "nearby"]', 'CALLED_FIRST["nearby"]'),
    "E6c": Mutation("customers/actions.py", "        set_deadline(ENDS, _subject(row), row.ends_at)\n", ""),
    "E6d": Mutation(
        "encounters/supporting.py",
        'row.reference = _keep(row, {"reference": reference}, by)["reference_words"] or row.reference',
        "pass",
    ),
    "E8a": Mutation(
        "visits/correcting.py",
        "VISIT_CORRECTED, field=field, **kept",
        "VISIT_CORRECTED, field=field, value=value, **kept",
    ),
    "L1": Mutation(
        "encounters/actions.py",
        '"started_at": now,\n            "by": by.ref,',
        '"started_at": now,\n            "by": "",',
    ),
    "L2": Mutation(
        "encounters/actions.py",
        "now + force.protocol.get_help.ask_once_more_after",
        "now + 60 * force.protocol.get_help.ask_once_more_after",
    ),
    "L2-sit": Mutation("encounters/rules.py", "way.id in WORKS and WORKS[way.id](means)", "way.id in WORKS"),
    "L2a": Mutation(
        "protocol/schema/alarms.py",
        "if code.startswith(dialled) or dialled.startswith(code):",
        "if code == dialled:",
    ),
    "L2b": Mutation(
        "alarms/buttons.py",
        "card.worn and card.person not in book.people:",
        "card.worn and card.person in ():",
    ),
    "L3b-ii(2)": Mutation("encounters/queries.py", "if a.place == place]", "if a.place != place]"),
    "L3b-ii(3)": Mutation("alarms/chain.py", "Step(steps[0].after, DUTY_MANAGER)", "Step(steps[0].after, MANAGERS)"),
    "L3b-ii(4)": Mutation(
        "alarms/bookkeeping.py",
        'codes[help.preset_alarm_code] = ("code", "real")',
        'codes[help.preset_alarm_code] = ("code", "test")',
    ),
    "L2d": Mutation("loneworking/choices.py", "    if not reason.strip():", "    if False:"),
    "L2d-ii": Mutation("loneworking/provision_rules.py", "return [p.id for p in found if not p.good]", "return []"),
    "L2d-ii(1)": Mutation("loneworking/provision_rules.py", '(("no_route",) if facts.police_lacks else ())', "()"),
    "L2d-ii(2)e": Mutation(
        "loneworking/refuge.py",
        "alarms.move_to_safe_room(alarm, nearest.place.id, by=worker)",
        "str((alarm, nearest.place.id, worker))",
    ),
    "L2d-ii(3)": Mutation(
        "loneworking/provision_rules.py",
        "PHONE_ON_ME not in facts.confirmed",
        "not facts.telephones",
    ),
    "LP4": Mutation("loneworking/reminders.py", "        if late:", "        if not late:"),
    "L2d-conn": Mutation("sites/safety_rules.py", "elif now - route.tested_at > every:", "elif False:"),
    "L2d-i": Mutation(
        "rota/publishing.py", "if found.lone and not reason.strip():", "if found.clashes and not reason.strip():"
    ),
    "L2d-ii(2)a": Mutation("readiness/queries.py", "        if not room.place.way_in:", "        if False:"),
    "L2d-ii(2)b": Mutation("sites/safety_rules.py", 'return "good" if now <= due else "overdue"', 'return "good"'),
    "L2d-ii(2)c": Mutation(
        "sites/safety_rules.py",
        "sorted(inspected, key=lambda one: one.at)",
        "sorted(inspected, key=lambda one: one.good)",
    ),
    "L2d-ii(2)d": Mutation("sites/safety_rules.py", "all(item.good for", "any(item.good for"),
    "L3": Mutation(
        "encounters/actions.py",
        "        Judgement.objects.create(",
        "        __import__('steadydesk.alarms.models').alarms.models.Alarm.objects.all().delete()\n"
        "        Judgement.objects.create(",
    ),
    "L3-out": Mutation(
        "encounters/actions.py",
        "        Judgement.objects.create(",
        "        Judgement.objects.filter(subject=subject).delete()\n        Judgement.objects.create(",
    ),
    "L2c": Mutation(
        "alarms/walking.py", "known.sort(key=lambda p: (card.metres", "known.sort(key=lambda p: (-card.metres"
    ),
    "L3a": Mutation("protocol/cards.py", 'NOT_A_RISK: ("L3a-i", "L3a-ii",', 'NOT_A_RISK: ("L3a-ii", "L3a-i",'),
    "L3a-i": Mutation("encounters/queries.py", "max(call.attended_at - began,", "max(call.raised_at - began,"),
    "L3a-ii": Mutation("encounters/rules.py", "which.asks_for_fix_and_time and", "False and"),
    "L3a-iii": Mutation("encounters/actions.py", 'if queries.appears(subject) != "does_not_appear":', "if True:"),
    "L3a-iii(1)": Mutation(
        "encounters/rules.py", "contacts.get(self.contact) != self.service", "self.contact not in contacts"
    ),
    "L3a-iii(2)": Mutation("encounters/supporting.py", "if private and said.is_family(protocol):", "if False:"),
    "L3b": Mutation(
        "screens/desk/help_forms.py", 'urgency = "help" if appears == "appears" else "manager"', 'urgency = "nearby"'
    ),
    "L3b-i": Mutation(
        "screens/templates/desk/steps.html", "{% for line in card.lines %}", "{% for line in card.lines reversed %}"
    ),
    "L3b-ii": Mutation(
        "encounters/actions.py",
        "if found.asked_at is None:\n        found.asked_at",
        "if True:\n        found.asked_at",
    ),
    "L3b-iii": Mutation(
        "encounters/rules.py", '"L3b-iii": ("done", "not_possible", "by_colleague"),', '"L3b-iii": ("done",),'
    ),
    "L3b-v": Mutation("readiness/queries.py", "if spot.kind in FACING and not spot.barrier:", "if False:"),
    "L3b-vi": Mutation("encounters/rules.py", '"contact": (self.contact not in CONTACT, ', '"contact": (False, '),
    "L3b-ii(1)": Mutation(
        "screens/static/steadydesk/alarm.js", "if (!event.repeat) raise(", "if (event.repeat) raise("
    ),
}

SECOND: dict[str, Mutation] = {
    "E2a": Mutation("visits/prompting.py", "rings=prompt.kind == RINGING,", "rings=False,"),
    "L3b-ii(1)": Mutation(
        "alarms/chain.py",
        "return tuple(resolve(steps_of(alarm)[step].tell, roster, alarm.place, alarm.presser_team))",
        "return tuple(resolve(steps_of(alarm)[step].tell, roster, alarm.place, alarm.presser_team))[:1]",
    ),
    "E1a": Mutation(
        "visits/rules.py",
        "due, limit = facts.waits_from + waiting.ask_service_after, facts",
        "due, limit = facts.waits_from + 3 * waiting.ask_service_after, facts",
    ),
    "E8a": Mutation("privacy/actions.py", "        erase_rows([words])\n", ""),
    "L1": Mutation(
        "screens/templates/desk/help.html", 'class="button big" id="help-now"', 'class="button" id="help-now"'
    ),
    "L2": Mutation(
        "screens/templates/desk/help.html",
        '{% if panel.offered %}{% include "desk/help_rest.html" %}',
        '{% if panel %}{% include "desk/help_rest.html" %}',
    ),
}
"""Another change for clauses of which two places keep a part each, as the screen and the server do."""

CHANGES = [*MUTATIONS.items(), *SECOND.items()]


def names_of(changes: list[tuple[str, Mutation]]) -> list[str]:
    """What each is called where it is tried."""
    return [clause if MUTATIONS[clause] is change else f"{clause} second" for clause, change in changes]
