"""One imagined desk at which calls for help are made and answered, in memory and in no time."""

from datetime import UTC, datetime, timedelta

from steadydesk.alarms import rules
from steadydesk.alarms.book import Book, PersonCard, PlaceCard, ShiftCard, SiteCard, SiteTerms, Span
from steadydesk.alarms.recorder import decide
from steadydesk.alarms.rules import Act, Outcome
from steadydesk.alarms.state import Step, Terms

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
AMIRA, BEN, VIKTOR, HELEN, DAVID, JOAN, VERA = 1, 2, 3, 4, 5, 6, 7
DESKS = ("desk-1", "desk-2", "reception", "back-office")
ROLES = {
    AMIRA: "reception", BEN: "reception", VIKTOR: "security", HELEN: "manager", DAVID: "deputy",
    JOAN: "duty_manager", VERA: "day_pass",
}  # fmt: skip
PLACES = {AMIRA: "desk-1", BEN: "desk-2", VIKTOR: "reception", VERA: "desk-2"}
CHAIN = ((0, "nearest", "role:reception", "role:security"), (20, "role:manager", "role:deputy"), (60, "contacts"))


FIRST, SECOND = {AMIRA, BEN, VIKTOR}, {HELEN, DAVID}
EVERYBODY = FIRST | SECOND | {JOAN}


def seconds(n):
    return timedelta(seconds=n)


def terms(*steps, **changes):
    return Terms(
        **{
            "document": "exchange",
            "version": "v1.2",
            "steps": tuple(Step(seconds(after), tuple(tell)) for after, *tell in steps or CHAIN),
            "needed": (("nearby", 1), ("manager", 1), ("help", 2)),
            "arrive_within": seconds(120),
            "repeat_when_nobody": seconds(20),
            "presser_waits": seconds(300),
            "undo_within": seconds(10),
            "note_kept": timedelta(days=365),
            **changes,
        }
    )


class Desk:
    """One site, its open alarms, and everything that was journalled and told."""

    def __init__(self, *steps, present=tuple(ROLES), **changes):
        bound = terms(*steps, **changes)
        since = Span(NOW - timedelta(hours=2), None)
        self.book = Book(
            sites={
                "exchange": SiteCard(
                    "The Exchange",
                    "01632 960100",
                    {p: PlaceCard(p.title(), staff_only=p == "back-office") for p in DESKS},
                    {("desk-1", "desk-2"): 3, ("desk-2", "desk-1"): 3, ("desk-1", "reception"): 6},
                )
            },
            people={
                p: PersonCard(f"Person {p}", f"login-{p}", "", frozenset({(role, "exchange")}), frozenset())
                for p, role in ROLES.items()
            },
            shifts=tuple(ShiftCard(p, "exchange", PLACES.get(p, "back-office"), since) for p in present),
            terms={"exchange": SiteTerms(dict.fromkeys(("person", "medical"), bound), seconds(300), seconds(28800))},
        )
        self.now = NOW
        self.alarms = {}
        self.last = Outcome(None)
        self.acts = 0

    def act(self, alarm, verb, ref, *, person=None, **facts):
        self.acts += 1
        act = Act(f"act-{self.acts}", alarm, verb, self.now, ref, person, facts)
        return self.do(act)

    def do(self, act):
        decision = decide(act, self.alarms.values(), self.book)
        if decision is None:
            return None
        self.last = decision.outcomes[0]
        self.decision = decision
        self.alarms.update({o.alarm.id: o.alarm for o in decision.outcomes})
        return decision.alarm

    def press(self, ref="device:1", also=(), **fields):
        facts = {
            "site": "exchange", "place": "desk-1", "place_name": "Desk 1", "mode": "real", "kind": "person",
            "urgency": "help", "to": "", "source": "button", "team": "", "pressers": [ref, *also], **fields,
        }  # fmt: skip
        return self.act(f"alarm-{self.acts + 1}", "press", ref, **facts)

    def answer(self, verb, person, alarm=None, **facts):
        alarm = alarm or next(iter(self.alarms))
        return self.act(alarm, verb, f"person:{person}", person=person, **facts)

    def wait(self, until):
        """Let time pass to so many seconds after ten o'clock; returns [(second, events, people told)]."""
        found = []
        end = NOW + seconds(until)
        for id in list(self.alarms):
            while (due := rules.due_at(self.alarms[id])) and due <= end:
                self.now = max(due, self.now)
                assert self.act(id, "tick", "system:engine") is not None
                assert rules.due_at(self.alarms[id]) is None or rules.due_at(self.alarms[id]) > self.now
                found.append(((self.now - NOW).total_seconds(), self.events, self.told))
        self.now = end
        return found

    @property
    def events(self):
        return [event.removeprefix("alarm:") for event, _ in self.last.events]

    @property
    def told(self):
        return {p for call in self.last.calls for p in call.people}
