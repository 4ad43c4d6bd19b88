"""The desk's board of a busy site, with ten thousand and with a million past visits behind it."""

import time

from bench.figures import Figure, Goal, Spread
from bench.past import Past
from bench.server import Demo
from bench.setting import Setting
from bench.wire import Caller

WHAT = "desk's board, {open} open visits, {past:,} past"
OPEN = 30
FEW, MANY = 10_000, 1_000_000
COUNT = 60


def measure(setting: Setting) -> list[Figure]:
    demo = setting.fresh_demo("board")
    with demo:
        past = Past(demo.database(), enter(demo))
        spreads = []
        for count in (FEW, MANY):
            past.grow_to(count)
            spreads.append(_board(demo))
        past.close()
    few, many = spreads
    goals = (Goal("p95 ms", many.p95, 40), Goal("p50 / with 10,000", many.p50 / few.p50, 1.2))
    return [
        Figure(WHAT.format(open=OPEN, past=FEW), (Goal("p95 ms", few.p95, 40),), few),
        Figure(WHAT.format(open=OPEN, past=MANY), goals, many),
    ]


def enter(demo: Demo) -> str:
    """Thirty customers who wait, and one who was dealt with: the pattern of the past."""
    caller = Caller(demo.port, demo.people("reception", site=demo.site)[0]["token"])
    visits = []
    for number in range(OPEN + 1):
        described = {
            "site": demo.site,
            "description": f"coat {number}",
            "mood": "agitated" if number % 5 == 0 else "calm",
        }
        visits.append(caller.call("POST", "/api/v1/visits", described).ok()["id"])
    caller.call("POST", f"/api/v1/visits/{visits[0]}/attend", {"channel": "face_to_face"}).ok()
    caller.call("POST", f"/api/v1/visits/{visits[0]}/finish", {}).ok()
    return str(visits[0])


def _board(demo: Demo) -> Spread:
    """The fragment that a desk fetches whenever something changed."""
    caller, cookie = Caller(demo.port), f"steadydesk-desk={demo.device_token}"
    took = []
    for number in range(COUNT + 5):
        began = time.monotonic()
        page = caller.call("GET", "/desk/board", Cookie=cookie, HX_Request="true").ok()
        if page.count(b'id="visit-') < OPEN:
            raise RuntimeError("the board does not show everybody")
        if number >= 5:
            took.append(time.monotonic() - began)
    return Spread.of(took)
