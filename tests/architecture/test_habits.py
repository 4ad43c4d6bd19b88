"""House rules that a reader would otherwise have to keep in mind."""

import ast
import re
from collections import Counter

from steadydesk.kernel.clock import Clock
from tests.architecture.source import ROOT, Function, Module, benches, dotted, lines, modules, trials, written_files

LONGEST_FUNCTION = 40
LONGEST_FILE = 400
MOST_POSITIONAL = 5
EXEMPT_FROM_LENGTH = {"settings"}

READS_THE_CLOCK = {"now", "utcnow", "today", "fromtimestamp"}
TIME_FUNCTIONS = {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "sleep"}
MAY_SLEEP = {
    "src/steadydesk/journal/sqlite/base.py": "half a millisecond while another process holds the write lock",
    "src/steadydesk/alarms/connections.py": "the same, on the alarm thread",
}
"""Where a thread may sleep, and why; a request has nothing else to wait for."""

SIGNALS = {"receiver", "pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed", "Signal"}
WORDS_FOR_NOTHING = {"utils", "helpers", "common", "core", "misc"}
SUFFIXES_FOR_NOTHING = ("Manager", "Handler", "Processor", "Data", "Info")
UNDONE = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")


def test_nobody_but_the_clock_reads_the_clock() -> None:
    assert Clock.__module__ == "steadydesk.kernel.clock"
    faults = [
        f"{module.place}:{line} calls {call}"
        for module in modules()
        if module.capability != "kernel" or module.name != "clock"
        for call, line in _clock_reads(module)
    ]
    assert not faults, lines(faults)


def _clock_reads(module: Module) -> list[tuple[str, int]]:
    found = []
    for node in module.nodes:
        if not isinstance(node, ast.Call):
            continue
        *owner, last = dotted(node.func).split(".")
        from_time = owner == ["time"] and last in TIME_FUNCTIONS
        from_dates = owner[-1:] in (["datetime"], ["date"], ["timezone"]) and last in READS_THE_CLOCK
        if from_dates or (from_time and not (last == "sleep" and module.place in MAY_SLEEP)):
            found.append((dotted(node.func), node.lineno))
    return found


def test_there_are_no_signals() -> None:
    faults = [
        f"{module.place} imports {source}.{name}"
        for module in modules()
        for source, name in module.imports()
        if name in SIGNALS or source.endswith((".signals", "django.dispatch"))
    ]
    assert not faults, lines(faults)


def test_models_neither_override_save_nor_hide_rules_in_managers() -> None:
    faults = [
        f"{module.place}: {owner.name}.{method.name}"
        for module in modules()
        if module.name == "models"
        for owner in module.classes()
        for method in owner.body
        if isinstance(method, Function)
        and (method.name in ("save", "delete") or any(dotted(b).endswith(("Manager", "QuerySet")) for b in owner.bases))
    ]
    assert not faults, lines(faults)


def test_nothing_is_said_twice_in_one_dictionary() -> None:
    """Python keeps the second and drops the first without a word."""
    faults = [
        f"{module.place}:{node.lineno} says {name} twice"
        for module in (*modules(), *trials(), *benches())
        for node in module.nodes
        if isinstance(node, ast.Dict)
        for name, count in Counter(ast.unparse(key) for key in node.keys if key is not None).items()
        if count > 1
    ]
    assert not faults, lines(faults)


def test_functions_have_at_most_forty_lines() -> None:
    faults = [
        f"{module.place}: {function.name} has {length}"
        for module in (*modules(), *trials(), *benches())
        if module.name not in EXEMPT_FROM_LENGTH
        for function in module.functions()
        if (length := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    ]
    assert not faults, lines(faults)


def test_files_have_at_most_four_hundred_lines() -> None:
    faults = [
        f"{module.place} has {length}"
        for module in (*modules(), *benches())
        if module.name not in EXEMPT_FROM_LENGTH and (length := module.text.count("\n")) > LONGEST_FILE
    ]
    assert not faults, lines(faults)


def test_functions_take_at_most_five_positional_arguments() -> None:
    faults = [
        f"{module.place}: {function.name} takes {count}"
        for module in modules()
        for function in module.functions()
        if (count := _positional(function)) > MOST_POSITIONAL
    ]
    assert not faults, lines(faults)


def _positional(function: Function) -> int:
    names = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    return len(names) - (names[:1] in (["self"], ["cls"]))


def test_no_file_has_a_name_that_says_nothing() -> None:
    faults = [str(path) for path in written_files() if WORDS_FOR_NOTHING & {path.stem, *path.relative_to(ROOT).parts}]
    assert not faults, lines(faults)


def test_no_class_has_a_name_that_says_nothing() -> None:
    faults = [
        f"{module.place}: {owner.name}"
        for module in (*modules(), *trials(), *benches())
        for owner in module.classes()
        if owner.name.endswith(SUFFIXES_FOR_NOTHING)
        and not any(dotted(base).endswith(SUFFIXES_FOR_NOTHING) for base in owner.bases)  # a framework's own word
    ]
    assert not faults, lines(faults)


def test_nothing_is_left_to_be_done_later_in_a_comment() -> None:
    faults = [m.place for m in (*modules(), *trials(), *benches()) if UNDONE.search(m.text)]
    assert not faults, lines(faults)


def test_everything_public_says_what_it_is() -> None:
    faults = [f"{module.place}: {name}" for module in modules() for name in _undocumented(module)]
    assert not faults, lines(faults)


def _undocumented(module: Module) -> list[str]:
    """Public functions, classes and methods without a docstring; what a base class describes already is exempt."""
    found = [] if ast.get_docstring(module.tree) or not module.tree.body else ["the file itself"]
    for node in module.tree.body:
        if isinstance(node, Function | ast.ClassDef) and _is_public(node.name) and not ast.get_docstring(node):
            found.append(node.name)
        if isinstance(node, ast.ClassDef) and _is_public(node.name) and not node.bases:
            found += [f"{node.name}.{m.name}" for m in node.body if _is_bare_method(m)]
    return found


def _is_public(name: str) -> bool:
    return not name.startswith("_")


def _is_bare_method(node: ast.stmt) -> bool:
    return isinstance(node, Function) and _is_public(node.name) and not ast.get_docstring(node)


def test_every_action_says_who_and_when() -> None:
    """An action is ``verb_noun(..., by: Actor, now: datetime)``; one that only reads has no place among them."""
    faults = [
        f"{module.place}: {function.name}"
        for module in modules()
        if module.name == "actions" and _writes_of_its_own(module)
        for function in module.tree.body
        if isinstance(function, Function) and _calls(function, {"write"}) and not {"by", "now"} <= _arguments(function)
    ]
    assert not faults, lines(faults)


def _writes_of_its_own(module: Module) -> bool:
    return module.capability not in ("journal", "deadlines", "delivery")


def _calls(function: Function, names: set[str]) -> bool:
    calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
    return any(dotted(call.func) in names for call in calls)


def _arguments(function: Function) -> set[str]:
    return {a.arg for a in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)}


def test_tests_in_one_process_never_sleep() -> None:
    quick = [m for m in trials() if {"rules", "stories", "api"} & set(m.path.parts)]
    faults = [
        f"{module.place}:{node.lineno}"
        for module in quick
        for node in module.nodes
        if isinstance(node, ast.Call) and dotted(node.func) in ("time.sleep", "asyncio.sleep") and not _yields(node)
    ]
    assert not faults, lines(faults)


def _yields(call: ast.Call) -> bool:
    """``asyncio.sleep(0)`` lets others run and waits for nothing."""
    return [ast.unparse(argument) for argument in call.args] == ["0"]
