"""How many actions of real size a second 20 writers get done."""

from bench.figures import Figure, Goal
from bench.load import loaded
from bench.setting import Setting

WHAT = "visit actions, 20 writers (arrival, mood, attend, finish)"
SECONDS = 8


def measure(setting: Setting) -> list[Figure]:
    with loaded(setting.demo, SECONDS, reports=0) as load:
        pass
    goals = (Goal("per second", load.per_second, 100, at_least=True), Goal("p99 ms", load.took.p99, 400))
    note = f"answers other than 2xx: {load.others}" if load.others else ""
    return [Figure(WHAT, goals, load.took, None, setting.fsync(), note=note)]
