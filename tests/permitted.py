"""Who may do what: one row for every way into Steadydesk, and what each who asks must be answered.

The table is the decision; a route that is not in it fails the test, so that nobody adds one without deciding.
"""

from dataclasses import dataclass
from typing import Any

PEOPLE = {
    "reception": "amira",
    "team_member": "nina",
    "manager": "grace",
    "deputy": "peter",
    "duty_manager": "joan",
    "security": "viktor",
    "lone_worker": "lena",
    "safety_lead": "morgan",
    "data_protection": "dana",
    "administrator": "sasha",
    "safety_representative": "robin",
    "day_pass": "vera",
    "elsewhere": "ruth",
}
"""Each role of the contract at the council building, and the library's manager."""
DEVICES = {"desk": "desk-2", "desk_elsewhere": "branch-desk"}
ASKERS = frozenset({*PEOPLE, *DEVICES, "nobody"})

STRANGERS = frozenset({"elsewhere", "desk_elsewhere"})
HERE = ASKERS - STRANGERS - {"nobody"}
KNOWN = ASKERS - {"nobody"}
SIGNED_IN = (HERE - {"desk"}) | {"elsewhere"}
LOOKERS_ON = frozenset({"data_protection", "safety_representative"})
"""They read documents and reports, and see no customer and no call."""
DESKS = frozenset(DEVICES)
WORKERS = HERE - LOOKERS_ON
ANSWERERS = WORKERS - {"desk", "day_pass"}
RECORD = (WORKERS | {"data_protection"}) - {"day_pass"}
"""They may read what is on record."""
RECEPTION = frozenset({"reception", "desk"})
"""Reception, whom a warning for one day is for."""
ASKED = frozenset({"team_member", "manager", "deputy"})
"""Those of the team that was asked to take the customer on."""
LEADS = frozenset({"manager", "deputy", "duty_manager", "safety_lead", "administrator"})
ALONE = (WORKERS - DESKS) | {"elsewhere"}
"""Whoever may call for help may work alone; a desk cannot, but whoever is tapped in there can."""
DECIDERS = frozenset({"safety_lead", "manager"})
"""The protocol of the council building lets them withdraw a service."""
ON_THE_SPOT = DECIDERS | {"deputy", "duty_manager"}
"""And these, for today."""
ADMINISTRATOR = frozenset({"administrator"})
CONTROLLERS = frozenset({"safety_lead", "administrator"})
"""They amend, authorise, review and publish documents."""
WATCHERS = frozenset({"data_protection"})
"""They find people, hold, erase and give away."""
WITHDRAWERS = LEADS | WATCHERS | {"reception"}
"""They may withdraw what a receptionist typed: she herself is one of them."""


@dataclass(frozen=True)
class Way:
    """One way in: a request, who may make it, and what it answers them and everybody else."""

    ask: str
    """Method and address; names in braces are filled in from the stage."""
    who: frozenset[str]
    body: Any = None
    ok: int = 200
    refused: int = 403
    elsewhere: int | None = None
    """What those of the other site are answered, when not as everybody who may not."""
    nobody: int | None = None
    desks: int | None = None
    """What every desk is answered, when not as everybody who may not."""
    lookers_on: int | None = None
    kept: bool = False
    """Whether a refusal is kept, where a person sees it."""

    @property
    def method(self) -> str:
        """GET or POST."""
        return self.ask.partition(" ")[0]

    @property
    def address(self) -> str:
        """The address, with braces."""
        return self.ask.partition(" ")[2]

    @property
    def is_api(self) -> bool:
        """Whether it is answered in JSON."""
        return self.address.startswith("/api/")

    def expected(self, asker: str) -> int:
        """The status that ``asker`` must be answered."""
        named = {"nobody": self.nobody or (401 if self.is_api else 302)}
        named |= dict.fromkeys(DESKS, self.desks) | dict.fromkeys(LOOKERS_ON, self.lookers_on)
        if asker in self.who and not (asker in DESKS and self.desks):
            return self.ok
        away = self.elsewhere if asker in STRANGERS else None
        return named.get(asker) or away or self.refused


V, A, L = "/api/v1/visits", "/api/v1/alarms", "/api/v1/lone-shifts"
API = [
    Way("GET /api/v1/", frozenset(), refused=404, nobody=404),
    Way("GET /api/nothing", frozenset(), refused=404, nobody=404),
    Way("GET /api/v1/openapi.json", ASKERS),
    Way("GET /api/v1/sites", KNOWN),
    Way("GET /api/v1/sites/exchange", HERE, elsewhere=404),
    Way("GET /api/v1/sites/exchange/board", WORKERS, elsewhere=404),
    Way("GET /api/v1/sites/exchange/readiness", HERE, elsewhere=404),
    Way("GET /api/v1/sites/exchange/chain-tests", LEADS),
    Way("POST /api/v1/sites/exchange/chain-tests", LEADS, {"people": ["amira"]}, ok=409),
    Way("GET /api/v1/chain-tests/0", frozenset(), refused=404),
    Way("POST /api/v1/chain-tests/0/answer", frozenset(), refused=404),
    Way("GET /api/v1/sites/exchange/challenges", WORKERS),
    Way("POST /api/v1/sites/exchange/challenges", WORKERS, {"place": "desk-1", "result": "walked_on"}, ok=201),
    Way("POST /api/v1/sites/exchange/challenges/0/account", KNOWN, {"how": "left"}, ok=404),
    Way("GET /api/v1/sites/exchange/badges", WORKERS),
    Way(
        "POST /api/v1/sites/exchange/visitors",
        WORKERS,
        {"kind": "visitor", "name": "Kit", "state": "worn"},
        ok=201,
    ),
    Way("POST /api/v1/sites/exchange/badges/0", KNOWN, {"state": "worn"}, ok=404),
    Way("POST /api/v1/sites/exchange/badges/0/leave", KNOWN, {}, ok=404),
    Way("POST /api/v1/sites/exchange/colleagues/{tom}/badge", WORKERS, {"state": "x"}, ok=422),
    Way("POST /api/v1/sites/exchange/state", LEADS, {"state": "closing"}, elsewhere=404),
    Way("POST /api/v1/sites/exchange/state", WORKERS, {"state": "emptied", "reason": "exercise"}, elsewhere=404),
    Way("GET /api/v1/sites/exchange/rehearsals", LEADS),
    Way("POST /api/v1/sites/exchange/rehearsals", LEADS, {"person": "amira"}, ok=422),
    Way("POST /api/v1/sites/exchange/rehearsals/0/take-back", LEADS, ok=404),
    Way("POST /api/v1/sites/exchange/tell", WORKERS, {"wait": "PT20M"}),
    Way(f"POST {V}", WORKERS, {"site": "exchange"}, ok=201),
    Way(f"GET {V}?site=exchange&open=true", WORKERS),
    Way(f"GET {V}/{{waiting}}", WORKERS),
    Way(f"POST {V}/{{waiting}}/mood", WORKERS, {"mood": "distressed"}),
    Way(f"POST {V}/{{waiting}}/tell", WORKERS, {"wait": "PT20M"}),
    Way(f"POST {V}/{{waiting}}/cannot-in-time", WORKERS, {"reason": "full"}),
    Way(f"POST {V}/{{waiting}}/call", WORKERS, {}),
    Way(f"POST {V}/{{waiting}}/undo", WORKERS, {}, ok=409),
    Way("POST /api/v1/sites/exchange/call-next", WORKERS, {}),
    Way("POST /api/v1/kiosk/numbers", frozenset(), {}),
    Way("POST /api/v1/kiosk/arrivals", frozenset(), {"number": 1}),
    Way(f"POST {V}/{{waiting}}/attend", WORKERS, {"channel": "phone"}),
    Way(f"POST {V}/{{attending}}/finish", WORKERS, {}),
    Way(f"POST {V}/{{waiting}}/refer", WORKERS, {"team": "finance"}),
    Way(f"POST {V}/{{referred}}/agree", ASKED, {}),
    Way(f"POST {V}/{{referred}}/decline", ASKED, {"reason": "full", "offered": ["phone"]}),
    Way(f"POST {V}/{{referred}}/take-back", frozenset({"reception"}), {}),
    Way(
        f"POST {V}/{{waiting}}/cannot-meet", WORKERS, {"reason": "papers_missing", "none_suitable": True, "told": True}
    ),
    Way(f"POST {V}/{{waiting}}/ask-help", WORKERS, {}),
    Way(f"GET {V}/{{helped}}/help", WORKERS),
    Way(f"POST {V}/{{helped}}/help/mark", WORKERS, {"option": "letter", "answer": "offered"}),
    Way(f"POST {V}/{{helped}}/help/say", WORKERS, {"text": "two minutes"}),
    Way(f"POST {V}/{{helped}}/help/ring", WORKERS, {}),
    Way(f"POST {V}/{{helped}}/help/spoken", WORKERS, {"person": "lucy", "place": "back-office"}),
    Way(f"POST {V}/{{helped}}/help/close", WORKERS, {}, ok=409),
    Way(f"POST {V}/{{waiting}}/problem", WORKERS, {}),
    Way(f"POST {V}/{{waiting}}/leave", WORKERS, {}),
    Way(f"POST {V}/{{waiting}}/no-show", WORKERS, {}),
    Way(f"POST {V}/{{left}}/reinstate", WORKERS, {}),
    Way(f"POST {V}/{{waiting}}/note", WORKERS, {"text": "a note"}),
    Way(f"POST {V}/{{waiting}}/correct", WORKERS, {"field": "companions", "value": 2, "reason": "miscounted"}),
    Way(f"POST {V}/{{waiting}}/return", WORKERS, {"with": "nina", "at": "2026-03-03T13:00:00Z"}),
    Way(f"GET {V}/{{waiting}}/return-times?with=nina", WORKERS),
    Way(f"POST {V}/{{returned}}/return-undo", WORKERS, {}),
    Way(f"POST {V}/{{waiting}}/companions", WORKERS, {"companions": 3}),
    Way(f"POST {V}/{{waiting}}/others", WORKERS, {"asked": 2, "where": "outside"}, ok=409),
    Way(f"POST {V}/{{waiting}}/others-undo", WORKERS, {}, ok=409),
    Way(f"POST {V}/{{waiting}}/tell-policy", WORKERS, {}, ok=409),
    Way(f"POST {V}/{{waiting}}/take-to", WORKERS, {"place": "desk-1"}),
    Way(f"POST {V}/{{waiting}}/interpreter", WORKERS, {}),
    Way(f"POST {V}/{{waiting}}/interpreter-there", WORKERS, {}, ok=409),
    Way(f"POST {V}/{{waiting}}/interpreter-not-reached", WORKERS, {}, ok=409),
    Way(f"POST {V}/{{waiting}}/interpreter-undo", WORKERS, {}, ok=409),
    Way(f"POST {V}/{{waiting}}/private", WORKERS, {"named": ["nina"]}),
    Way(f"POST {V}/{{waiting}}/private-end", WORKERS, {}, ok=409),
    Way(f"POST {V}/{{waiting}}/apart", WORKERS, {"visit": "{waiting}"}, ok=422),
    Way(f"POST {V}/{{waiting}}/apart-end", WORKERS, {"visit": "{waiting}"}, ok=422),
    Way(f"POST {V}/{{waiting}}/expected", WORKERS, {"expected": "0", "fact": "x"}, ok=404),
    Way(f"POST {V}/{{waiting}}/expected-undo", WORKERS, {}, ok=409),
    Way("GET /api/v1/sites/exchange/expected", WORKERS),
    Way("POST /api/v1/sites/exchange/expected", WORKERS, {"with": "nina", "at": "2026-03-03T10:00:00Z"}, ok=201),
    Way("GET /api/v1/expected/{expected}", WORKERS),
    Way("GET /api/v1/expected/{expected}/times", WORKERS),
    Way("POST /api/v1/expected/{expected}/move", WORKERS, {"at": "2026-03-03T09:15:00Z"}),
    Way("POST /api/v1/expected/{expected}/call-off", WORKERS, {}),
    Way("POST /api/v1/expected/{called_off}/take-up", WORKERS, {}),
    Way("POST /api/v1/expected/{expected}/not-come", WORKERS, {}, ok=409),
    Way("POST /api/v1/expected/{expected}/confirm", WORKERS, {"way": "print"}),
    Way("GET /api/v1/sites/exchange/forewarnings", WORKERS),
    Way("POST /api/v1/sites/exchange/forewarnings", WORKERS, {"day": "2026-03-02", "text": "Was upset"}, ok=201),
    Way("POST /api/v1/sites/exchange/forewarnings/{warning}/match", RECEPTION, {"visit": "0", "fact": "x"}, 404, 404),
    Way("POST /api/v1/sites/exchange/forewarnings/{warning}/named", RECEPTION, {"named": []}, refused=404),
    Way("GET /api/v1/sites/exchange/designated", WORKERS),
    Way("POST /api/v1/sites/exchange/designated", LEADS, {"for": "team:housing", "person": "tom"}),
    Way("POST /api/v1/sites/exchange/designated/0/off", KNOWN, {}, ok=404),
    Way("POST /api/v1/sites/exchange/forewarnings/{warning}/take-back", RECEPTION, {}, refused=404),
    Way("POST /api/v1/prompts/{prompt}/answer", WORKERS, {"reached": None}),
    Way(f"POST {A}", KNOWN, {"mode": "test", "place": "room-4"}, ok=201),
    Way(f"GET {A}?open=true", KNOWN),
    Way(f"GET {A}/{{alarm}}", WORKERS, refused=404),
    Way(f"POST {A}/{{alarm}}/acknowledge", ANSWERERS, {}, elsewhere=404, lookers_on=404),
    Way(f"POST {A}/{{alarm}}/decline", ANSWERERS, {}, elsewhere=404, lookers_on=404),
    Way(f"POST {A}/{{alarm}}/attend", ANSWERERS, {}, elsewhere=404, lookers_on=404),
    Way(f"POST {A}/{{alarm}}/seen", WORKERS, {}, elsewhere=404, lookers_on=404),
    Way(f"POST {A}/{{alarm}}/stand-down", WORKERS, {"reason": "by mistake"}, elsewhere=404, lookers_on=404),
    Way(f"POST {A}/{{alarm}}/retreat", WORKERS, {"place": "back-office"}, elsewhere=404, lookers_on=404),
    Way(f"POST {A}/{{safe}}/all-clear", WORKERS, {}, elsewhere=404, lookers_on=404),
    Way(f"POST {A}/{{drill}}/close", ANSWERERS, {"disposition": "drill"}, elsewhere=404, lookers_on=404),
    Way(f"POST {L}", WORKERS - DESKS, {"site": "exchange"}, ok=201, desks=401),
    Way(f"GET {L}/own", frozenset(), refused=404),
    Way(f"POST {L}/own/check-in", frozenset(), {"answer": "fine"}, refused=404),
    Way(f"POST {L}/own/check-out", frozenset(), {"ending": "door_locked"}, refused=404),
    Way(f"POST {L}/own/stay", frozenset(), {"until": "2026-03-02T20:00:00Z", "reason": "child"}, refused=404),
    Way(f"POST {L}/own/offer", frozenset(), {"offer": "close"}, refused=404),
    Way(f"POST {L}/own/safe-room", frozenset(), refused=404),
    Way(f"POST {L}/own/inside", frozenset(), {"inside": 2}, refused=404),
    Way(f"POST {L}/0/answer", frozenset(), {"answer": "close", "reason": "late"}, refused=404),
    Way(f"GET {L}/police-text/{{alarm}}", LEADS, refused=404),
    Way("GET /api/v1/sites/exchange/lone-shifts", LEADS),
    Way("GET /api/v1/sites/exchange/lone-periods", LEADS),
    Way("POST /api/v1/sites/exchange/lone-periods/0", LEADS, {"reason": "x"}, ok=404),
    Way("POST /api/v1/phone-events", KNOWN, {"call_id": "1", "from": "299", "to": "01632 960111"}),
    Way("POST /api/v1/device-events", frozenset(), {"device": "nobody", "kind": "press"}, refused=401, kept=True),
    Way("GET /api/v1/journal", RECORD | STRANGERS),
    Way("GET /api/v1/journal?subject=visit:{waiting}", RECORD, elsewhere=404),
    Way("GET /api/v1/rota?site=exchange", WORKERS),
    Way("GET /api/v1/rota/gaps?site=exchange", WORKERS),
    Way(
        "POST /api/v1/rota/patterns",
        LEADS,
        {
            "site": "exchange",
            "days": ["monday"],
            "starts": "09:00",
            "ends": "17:00",
            "from_day": "2026-03-09",
            "person": "tom",
        },
    ),
    Way(
        "POST /api/v1/rota/publish",
        LEADS,
        {"site": "exchange", "first": "2026-03-09", "last": "2026-03-10", "reason": "the others are away"},
    ),
    Way("POST /api/v1/rota/absences", LEADS, {"person": "tom"}, refused=404),
    Way("POST /api/v1/rota/absences/0/end", KNOWN, {}, ok=404),
    Way("POST /api/v1/rota/swaps", KNOWN, {"shift": 1000000}, ok=404),
    Way("POST /api/v1/rota/swaps/0/take", KNOWN, {}, ok=404),
    Way("GET /api/v1/rota/calendars", SIGNED_IN, refused=401),
    Way("POST /api/v1/rota/calendars", SIGNED_IN, {"label": "", "address": "x"}, ok=422, refused=401),
    Way("POST /api/v1/rota/calendars/0/fetch", SIGNED_IN, {}, ok=404, refused=401),
    Way("POST /api/v1/rota/calendars/0/remove", SIGNED_IN, {}, ok=404, refused=401),
    Way("GET /api/v1/rota/feed", SIGNED_IN, refused=401),
    Way("POST /api/v1/rota/feed", SIGNED_IN, {}, refused=401),
    Way("POST /api/v1/rota/feed/revoke", SIGNED_IN, {}, refused=401),
    Way("POST /api/v1/people/tom/presence", LEADS, {"site": "exchange", "absent": True}),
]
"""Every operation; those that answer differently by what they are told have a row for each."""

PAGES = [
    Way("GET /", ASKERS),
    Way("GET /desk", WORKERS | STRANGERS),
    Way("GET /desk/enrol", ASKERS),
    Way("POST /desk/enrol", ASKERS, {"token": "unknown"}, ok=422),
    Way("GET /desk/start", DESKS, refused=302),
    Way("POST /desk/start", DESKS, ok=302, refused=302),
    Way("GET /desk/place", DESKS, refused=302),
    Way("POST /desk/place", frozenset(), {"device": 0}, refused=302, desks=409),
    Way("GET /desk/tap", DESKS, refused=404),
    Way("POST /desk/tap", DESKS, {"key": "0000"}, ok=422, refused=404),
    Way("POST /desk/lock", ASKERS, ok=302, nobody=302),
    Way("POST /desk/unlock", ASKERS, ok=302, nobody=302),
    Way("GET /desk/take-over", DESKS, refused=404),
    Way("POST /desk/take-over", DESKS, {"key": "0000"}, ok=422, refused=404),
    Way("GET /desk/board", WORKERS | STRANGERS),
    Way("GET /desk/arrivals", KNOWN),
    Way("POST /desk/arrivals", WORKERS | STRANGERS, {"mood": "calm"}, ok=302),
    Way("GET /desk/gone", WORKERS | STRANGERS),
    Way("POST /desk/tell", WORKERS | STRANGERS, {"wait": "PT20M"}, ok=302),
    Way("GET /desk/room", WORKERS | STRANGERS),
    Way("GET /wall", (WORKERS - DESKS) | {"elsewhere"}),
    Way("GET /wall/part", KNOWN),
    Way("GET /respond/asked", ANSWERERS | {"elsewhere"}, desks=302),
    Way("GET /visits/{helped}/asking", WORKERS, refused=404),
    Way("POST /respond/handovers/{referred}", ASKED, {"do": "agree"}, ok=302, desks=302),
    Way("POST /respond/asked/{prompt}", frozenset(), {"do": "can"}, desks=302),
    Way("POST /desk/prompts/{prompt}", WORKERS, {"reached": ""}, ok=302, refused=302),
    Way("GET /kiosk", frozenset()),
    Way("GET /board", WORKERS | STRANGERS),
    Way("GET /board/part", WORKERS | STRANGERS),
    Way("POST /desk/next", WORKERS | STRANGERS, {"team": "nobody"}, ok=409),
    Way("POST /desk/call", KNOWN - LOOKERS_ON, {"kind": "medical", "urgency": "help"}, ok=302),
    Way("POST /desk/help", WORKERS | STRANGERS, ok=302),
    Way("GET /calls/outside?reference=x", WORKERS | STRANGERS),
    Way("GET /calls/{alarm}/card", WORKERS, refused=404),
    Way("POST /calls/{alarm}/form", WORKERS, {"words": "in the hall"}, ok=302, refused=404),
    Way("GET /visits/{waiting}", WORKERS, refused=404),
    Way("GET /visits/{waiting}/return", WORKERS, refused=404),
    Way("POST /visits/{waiting}/return", WORKERS, ok=422, refused=404),
    Way("GET /expected?site=exchange", WORKERS),
    Way("GET /expected/new?site=exchange", WORKERS),
    Way("POST /expected/new?site=exchange", WORKERS, ok=422),
    Way("GET /expected/warn?site=exchange", WORKERS - DESKS, desks=403),
    Way("POST /expected/warn?site=exchange", WORKERS - DESKS, {"text": ""}, ok=422, desks=403),
    Way("POST /expected/warnings/{warning}/take-back", RECEPTION, ok=302, refused=404),
    Way("POST /expected/told/{uncertain}", WORKERS, {"how": "phone"}, ok=302),
    Way("GET /expected/{expected}", WORKERS, refused=404),
    Way("GET /expected/{expected}/slip", WORKERS, refused=404),
    Way("POST /expected/{expected}/confirm", WORKERS, {"way": "print"}, ok=302, refused=404),
    Way("POST /expected/{expected}/call-off", WORKERS, ok=302, refused=404),
    Way("GET /visits/{waiting}/card", WORKERS, refused=404),
    Way("POST /visits/{waiting}/leave", WORKERS, ok=302, refused=404),
    Way("GET /screens/news", KNOWN, nobody=401),
    Way("POST /screens/used", ASKERS, ok=204),
    Way("GET /sw.js", ASKERS),
    Way("GET /phone", WORKERS - {"desk"} | {"elsewhere"}, desks=302),
    Way("GET /phone/numbers", WORKERS - {"desk"} | {"elsewhere"}, desks=302),
    Way("GET /phone/cards", WORKERS - {"desk"} | {"elsewhere"}, desks=302),
    Way("GET /phone.webmanifest", ASKERS),
    Way("GET /respond", ANSWERERS | {"elsewhere"}, desks=302),
    Way("GET /respond/calls", ANSWERERS | {"elsewhere"}, desks=302),
    Way("GET /alarms/{alarm}", WORKERS, elsewhere=404, desks=302),
    Way("GET /alarms/{alarm}/part", WORKERS, elsewhere=404, desks=302),
    Way("POST /alarms/{alarm}/acknowledge", ANSWERERS, ok=302, elsewhere=404, desks=302),
    Way("GET /paper?site=exchange", WORKERS),
    Way("POST /paper?site=exchange", WORKERS, ok=422),
    Way("POST /paper/call?site=exchange", WORKERS, ok=422),
    Way("GET /paper/pack?site=exchange", ANSWERERS, desks=302),
    Way("POST /paper/pack/printed?site=exchange", ANSWERERS, ok=302, desks=302),
    Way("GET /check-ins", ALONE, desks=302),
    Way("GET /check-ins/part", ALONE, desks=302),
    Way("GET /check-ins/line", KNOWN),
    Way("POST /check-ins/begin", ALONE, {"place": "x"}, ok=422, desks=302),
    Way("POST /check-ins/confirm", ALONE, ok=404, desks=302),
    Way("POST /check-ins/answer", ALONE, {"answer": "fine"}, ok=404, desks=302),
    Way("POST /check-ins/stay", ALONE, ok=404, desks=302),
    Way("POST /check-ins/choose", ALONE, ok=404, desks=302),
    Way("POST /check-ins/safe", ALONE, ok=404, desks=302),
    Way("POST /check-ins/inside", ALONE, ok=404, desks=302),
    Way("POST /check-ins/end", ALONE, ok=404, desks=302),
    Way("GET /manage?site=exchange", LEADS, desks=302),
    Way("GET /manage/part?site=exchange", LEADS, desks=302),
    Way("POST /manage/drill?site=exchange", LEADS, {"place": "room-2", "mode": "drill"}, ok=302, desks=302),
    Way("GET /manage/chain?site=exchange", LEADS, desks=302),
    Way("POST /manage/chain/start?site=exchange", LEADS, ok=302, desks=302),
    Way("POST /manage/chain/webhook?site=exchange", LEADS, ok=302, desks=302),
    Way("GET /chain-tests/1", frozenset(), refused=404, desks=302),
    Way("POST /chain-tests/1/answer", frozenset(), refused=404, desks=302),
    Way("POST /chain-tests/1/stop", LEADS, ok=404, elsewhere=404, desks=302),
    Way("GET /manage/people?site=exchange", LEADS, desks=302),
    Way("POST /manage/people/helper?site=exchange", LEADS, {"person": ""}, ok=409, desks=302),
    Way("POST /manage/people/{tom}?site=exchange", LEADS, {"do": "absent"}, ok=302, desks=302),
    Way("GET /rota?site=exchange", ANSWERERS | {"day_pass"}, desks=302),
    Way("GET /rota/file.csv?site=exchange", LEADS, desks=302),
    Way("GET /rota/file.ics?site=exchange", LEADS, desks=302),
    Way("GET /rota/plan?site=exchange", LEADS, desks=302),
    Way("POST /rota/plan/save?site=exchange", LEADS, {"kind": "x"}, ok=422, desks=302),
    Way("POST /rota/plan/file?site=exchange", LEADS, ok=422, desks=302),
    Way("POST /rota/plan/0/end?site=exchange", LEADS, ok=404, desks=302),
    Way("POST /rota/publish?site=exchange", LEADS, {"first": "x"}, ok=422, desks=302),
    Way("GET /rota/work/0", LEADS | {"elsewhere"}, ok=404, desks=302),
    Way("GET /rota/duty/0", LEADS | {"elsewhere"}, ok=404, desks=302),
    Way("POST /rota/work/0", LEADS | {"elsewhere"}, ok=404, desks=302),
    Way("POST /rota/duty/0", LEADS | {"elsewhere"}, ok=404, desks=302),
    Way("POST /rota/taken-out/0", LEADS | {"elsewhere"}, ok=404, desks=302),
    Way("GET /manage/designated?site=exchange", LEADS, desks=302),
    Way("POST /manage/designated", LEADS, {"site": "exchange"}, ok=422, desks=302),
    Way("POST /manage/designated/0/off", LEADS | {"elsewhere"}, ok=404, desks=302),
    Way("GET /rota/mine", SIGNED_IN, desks=302),
    Way("POST /rota/mine/ill", SIGNED_IN, ok=302, desks=302),
    Way("POST /rota/mine/away", SIGNED_IN, {"first": "x"}, ok=422, desks=302),
    Way("POST /rota/mine/away/0/end", SIGNED_IN, ok=404, desks=302),
    Way("POST /rota/mine/offer/0", SIGNED_IN, ok=404, desks=302),
    Way("POST /rota/mine/swaps/0", SIGNED_IN, ok=404, desks=302),
    Way("POST /rota/mine/calendars", SIGNED_IN, {"label": ""}, ok=422, desks=302),
    Way("POST /rota/mine/calendars/file", SIGNED_IN, ok=422, desks=302),
    Way("POST /rota/mine/calendars/0", SIGNED_IN, ok=404, desks=302),
    Way("POST /rota/mine/feed", SIGNED_IN, ok=302, desks=302),
    Way("GET /rota/feed/unknown.ics", ASKERS, ok=404),
    Way("GET /manage/desks?site=exchange", LEADS, desks=302),
    Way("POST /manage/desks/{desk}?site=exchange", LEADS, {"do": "unlock"}, ok=302, desks=302),
    Way("POST /manage/desks/{desk}?site=exchange", ADMINISTRATOR, {"do": "code"}, ok=302, desks=302),
    Way("GET /manage/buttons?site=exchange", LEADS, desks=302),
    Way("POST /manage/buttons/0?site=exchange", LEADS, {"do": "assign"}, ok=404, desks=302),
    Way("POST /manage/passes?site=exchange", LEADS, {"name": "Kit"}, ok=422, desks=302),
    Way("POST /manage/passes/{pass}/end?site=exchange", LEADS, ok=302, desks=302),
    Way("GET /manage/hours?site=exchange", ADMINISTRATOR, desks=302),
    Way("POST /manage/hours/week?site=exchange", ADMINISTRATOR, {"day_0": "nine"}, ok=422, desks=302),
    Way("POST /manage/hours/day?site=exchange", ADMINISTRATOR, {"day": ""}, ok=422, desks=302),
    Way("POST /manage/hours/holidays?site=exchange", ADMINISTRATOR, ok=422, desks=302),
    Way("POST /manage/hours/days/2026-12-25/delete?site=exchange", ADMINISTRATOR, ok=302, desks=302),
    Way("GET /after/visit:{ended}", WORKERS - DESKS, elsewhere=404, lookers_on=403, desks=302),
    Way("POST /after/visit:{ended}", WORKERS - DESKS, ok=422, elsewhere=404, lookers_on=403, desks=302),
    Way("GET /manage/alone?site=exchange", LEADS, desks=302),
    Way("POST /manage/alone/look?site=exchange", LEADS, ok=404, desks=302),
    Way("POST /manage/alone/0/answer?site=exchange", LEADS, ok=404, desks=302),
    Way("POST /manage/alone/0/end?site=exchange", LEADS, ok=404, desks=302),
    Way("POST /manage/alone/periods/0?site=exchange", LEADS, ok=404, desks=302),
    Way("POST /manage/alone/mobiles/0?site=exchange", LEADS, ok=422, desks=302),
    Way("GET /alarms/{alarm}/police", WORKERS, elsewhere=404, desks=302),
    Way("GET /manage/readiness?site=exchange", LEADS | LOOKERS_ON, desks=302),
    Way("GET /manage/safety?site=exchange", LEADS, desks=302),
    Way("POST /manage/safety/inspect?site=exchange", LEADS, {"place": "x"}, ok=422, desks=302),
    Way("POST /manage/safety/route?site=exchange", LEADS, {"provider": "x"}, ok=422, desks=302),
    Way("POST /manage/safety/tested?site=exchange", LEADS, {"passed": "yes"}, ok=302, desks=302),
    Way("POST /manage/safety/accept?site=exchange", LEADS, {"until": "soon"}, ok=422, desks=302),
    Way("GET /manage/rehearsals?site=exchange", LEADS, desks=302),
    Way("POST /manage/rehearsals?site=exchange", LEADS, {"person": ""}, ok=422, desks=302),
    Way("POST /manage/rehearsals/0/take-back", LEADS, ok=404, elsewhere=404, desks=302),
    Way("GET /manage/withdrawals?site=exchange", LEADS, desks=302),
    Way("GET /manage/withdrawals/new?visit={waiting}", DECIDERS, elsewhere=404, desks=302),
    Way("GET /manage/withdrawals/new?visit={waiting}&for=today", ON_THE_SPOT, elsewhere=404, desks=302),
    Way("POST /manage/withdrawals/new?visit={waiting}&for=today", ON_THE_SPOT, ok=422, elsewhere=404, desks=302),
    Way("POST /manage/withdrawals/new?visit={waiting}", DECIDERS, ok=422, elsewhere=404, desks=302),
    Way("GET /manage/withdrawals/{withdrawal}", LEADS, elsewhere=404, desks=302),
    Way("POST /manage/withdrawals/{withdrawal}/letter", LEADS, ok=302, elsewhere=404, desks=302),
    Way("GET /site?site=exchange", HERE),
    Way("POST /site/change?site=exchange", WORKERS, {"state": "emptied", "reason": "exercise"}, ok=302),
    Way("POST /site/change?site=exchange", LEADS, {"state": "closing"}, ok=302),
    Way("GET /site/here?site=exchange", WORKERS),
    Way("GET /site/access?site=exchange", WORKERS),
    Way("GET /site/access/doors/staff-door?site=exchange", HERE),
    Way("POST /site/access/met?site=exchange", WORKERS, {"place": "staff-door", "result": "walked_on"}, ok=302),
    Way("POST /site/access/met/0?site=exchange", WORKERS, {"how": "left"}, ok=404),
    Way("POST /site/access/visitors?site=exchange", WORKERS, {"kind": "visitor"}, ok=422),
    Way("POST /site/access/badges?site=exchange", WORKERS, {"state": "worn"}, ok=302),
    Way("POST /site/access/badges/0?site=exchange", WORKERS, {"state": "worn"}, ok=404),
    Way("POST /site/here/looked-through?site=exchange", LEADS, ok=302),
    Way("POST /site/here/all?site=exchange", WORKERS, {"why": "emptied", "answer": "back"}, ok=302),
    Way("POST /site/here/{headcount}?site=exchange", WORKERS, {"answer": "left"}, ok=302),
    Way("POST /site/closing/{waiting}?site=exchange", WORKERS, {"answer": "left"}, ok=302),
    Way("POST /site/closing/desks/{desk}?site=exchange", LEADS, {"person": "1"}, ok=302),
    Way("POST /site/closing/passes/{pass}?site=exchange", LEADS, ok=302),
    Way("GET /documents", SIGNED_IN, desks=302),
    Way("GET /documents/new", CONTROLLERS, desks=302),
    Way("POST /documents/new", CONTROLLERS, ok=422, desks=302),
    Way("GET /documents/{document}", SIGNED_IN, desks=302),
    Way("GET /documents/{document}/public", SIGNED_IN, desks=302),
    Way("GET /documents/{document}/amend", CONTROLLERS, desks=302),
    Way("POST /documents/{document}/amend", CONTROLLERS, ok=422, desks=302),
    Way("GET /documents/{document}/authorise", CONTROLLERS, ok=409, desks=302),
    Way("POST /documents/{document}/authorise", CONTROLLERS, ok=409, desks=302),
    Way("GET /documents/{document}/review", CONTROLLERS, desks=302),
    Way("POST /documents/{document}/review", CONTROLLERS, ok=422, desks=302),
    Way("GET /documents/{document}/publish", CONTROLLERS, desks=302),
    Way("POST /documents/{document}/publish", CONTROLLERS, ok=422, desks=302),
    Way("GET /reports/?first=x", LEADS | LOOKERS_ON | {"elsewhere"}, ok=422, desks=302),
    Way("GET /reports/waits?site=exchange&first=x", LEADS | LOOKERS_ON, ok=404, desks=302),
    Way("GET /reports/journal?site=exchange&first=x", LEADS | {"data_protection"}, ok=404, desks=302),
    Way("GET /privacy", WATCHERS, desks=302),
    Way("POST /privacy", WATCHERS, {"text": "archive"}, desks=302),
    Way("GET /privacy/records/visit:{waiting}", WATCHERS, desks=302),
    Way("GET /privacy/views", WATCHERS, desks=302),
    Way("GET /privacy/words/{words}", WITHDRAWERS, refused=404, desks=302),
    Way("POST /privacy/words/{words}", WITHDRAWERS, {"do": "withdraw", "reason": "not_true"}, 302, 404, desks=302),
    Way("POST /privacy/holds/on/visit:{waiting}", WATCHERS, {"reason": "a claim"}, ok=422, desks=302),
    Way("POST /privacy/holds/{hold}/lift", WATCHERS, ok=302, desks=302),
    Way("POST /privacy/exports", WATCHERS, {"subject": "person:{tom}"}, ok=404, desks=302),
    Way("GET /privacy/exports/{export}", WATCHERS, desks=302),
    Way("GET /privacy/exports/{export}/file", WATCHERS, ok=503, desks=302),
    Way("GET /privacy/assessment?site=exchange", LEADS | LOOKERS_ON, desks=302),
    Way("GET /privacy/notice?site=exchange", SIGNED_IN - {"elsewhere"}, desks=302),
    Way("GET /me/data", SIGNED_IN, desks=302),
    Way("GET /me", SIGNED_IN, desks=302),
    Way("GET /me/reached", SIGNED_IN, desks=302),
    Way("POST /me/reached", SIGNED_IN, ok=302, desks=302),
    Way("POST /me/reached/mail/test", SIGNED_IN, ok=302, desks=302),
    Way("POST /me/browsers", SIGNED_IN, ok=409, desks=302),
    Way("POST /me/browsers/1/remove", SIGNED_IN, ok=404, desks=302),
    Way("POST /me/service", SIGNED_IN, ok=302, desks=302),
    Way("POST /me/language", SIGNED_IN, {"language": ""}, ok=302, desks=302),
    Way("POST /me/pin", SIGNED_IN, {"new_pin": "2580", "again": "2580"}, ok=302, desks=302),
    Way("POST /me/sign-out-everywhere", SIGNED_IN, ok=302, desks=302),
    Way("GET /me/app", SIGNED_IN, desks=302),
    Way("GET /me/passkeys", SIGNED_IN, desks=302),
    Way("POST /me/factors/1/remove", SIGNED_IN, ok=404, desks=302),
    Way("GET /me/codes", SIGNED_IN, desks=302),
    Way("POST /me/app", SIGNED_IN, ok=422, desks=302),
    Way("POST /me/passkeys", SIGNED_IN, ok=422, desks=302),
    Way("POST /me/codes", SIGNED_IN, ok=409, desks=302),
    Way("POST /me/duty", SIGNED_IN, {"do": "phone"}, ok=302, desks=302),
    Way("POST /me/tokens/{token}/revoke", frozenset({"reception"}), ok=302, refused=404, desks=302),
]
"""Every screen; a desk is sent to sign-in where only a person may go."""

SIGN_IN = [
    Way("GET /accounts/login/", DESKS | {"nobody"}, refused=302, nobody=200),
    Way("GET /accounts/logout/", SIGNED_IN, desks=302),
    Way("GET /accounts/inactive/", ASKERS),
    Way("GET /accounts/reauthenticate/", frozenset(), desks=302),
    Way("GET /accounts/second-factor/", frozenset(), refused=302),
    Way("GET /accounts/second-factor/confirm/", frozenset(), desks=302),
    Way("GET /accounts/second-factor/app/", frozenset(), refused=302),
    Way("GET /accounts/second-factor/passkey/", frozenset(), refused=302),
    Way("GET /accounts/passkey/", frozenset(), refused=302),
    Way("GET /accounts/passkey/confirm/", frozenset(), desks=302),
    Way("GET /accounts/single-sign-on/", ASKERS, ok=404),
    Way("GET /accounts/single-sign-on/done/", ASKERS, ok=404),
    Way("GET /accounts/password/change/", frozenset(), refused=302),
    Way("GET /accounts/password/new/", frozenset(), refused=302),
]
"""What allauth does: nobody signs up, and nobody changes an e-mail address past the actions.
On this stage nobody has a password yet."""

SET_UP = [
    Way(f"GET /set-up/{rest}", ADMINISTRATOR, ok=ok, refused=refused, desks=302)
    for rest, ok, refused in [
        ("", 200, 302),
        ("login/", 302, 403),
        ("password_change/", 200, 302),
        ("password_change/done/", 200, 302),
        ("autocomplete/", 403, 302),
        ("jsi18n/", 200, 302),
        ("r/1/1/", 404, 302),
        ("people/", 200, 302),
        ("nothing", 404, 302),
    ]
] + [Way("GET /set-up/logout/", ASKERS, ok=405)]
"""Django's admin. Whoever is not an administrator is sent to sign in, and refused there."""

EDITED = {
    "sites": ("site", "place", "connection", "telephone", "asset"),
    "buttons": ("button", "zone"),
    "contacts": ("contact",),
    "people": ("person", "team", "shift", "duty", "designation", "device"),
    "desks": ("terms", "key"),
}
LOOKED_AT = {"people": ("token",), "documents": ("controlleddocument", "version", "binding")}
"""What set-up offers to change, and what it only shows."""
