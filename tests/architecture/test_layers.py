"""Who may know whom."""

import ast
import sys

from importlinter.api import read_configuration
from importlinter.application import use_cases

from tests.architecture.source import ROOT, Module, lines, modules

DOOR = {"actions", "queries", "records", "rules"}
"""What a capability offers to all above it."""

MORE_DOORS = {
    "journal": {"bell", "events", "frames", "gate", "hub", "once", "reader"},  # it carries every write and every stream
    "deadlines": {"firing"},  # what a clockwork gets and gives
    "documents": {"reminders"},  # of which reviews somebody is reminded is a page's part of its own
    # Everybody at once, for the alarm book; devices and guests, for the desks that they are at; second factors, whose
    # rows are not ours.
    # How each person is reached: chosen and tried by themselves, and read whole into the alarm book.
    "delivery": {"browsers", "reached", "ways"},
    # Who is at work when: the rota's plan becomes their rows.
    # To whom customers are referred: the lists are theirs, and what they are for is known above.
    "people": {"designating", "devices", "factors", "guests", "planning", "posts", "roll", "times"},
    # The door to an alarm stands before Django, in api; it reads and answers as the alarm path does.
    # What came off paper has an entry of its own, beside the alarm path and the desk.
    # How the chain was tried and what calls found are read by those who lead, each with a page's part of its own.
    "alarms": {
        "answers",
        "book",
        "buttons",
        "desk",
        "figures",
        "found_nothing",
        "from_paper",
        "press",
        "recorder",
        "state",
        "telephones",
        "tries",
    },
    # Gaps of a rota are read by pages, readiness and the interface alike.
    "rota": {"calendars", "feeds", "gaps", "papers", "pattern_rules", "publishing", "weeks", "words"},
    # What is planned, provided, chosen, carried, counted and read out: each is a page's part of its own.
    "loneworking": {"choices", "figures", "handoff", "mobiles", "periods", "provisions", "reminders"},
    # So have the figures of how it was kept, and the wait that is expected.
    # Who is expected, what they are given, and a warning for one day, are a page's whole work each.
    "visits": {
        "apart",
        "company",
        "here",
        "confirming",
        "designating",
        "expected",
        "expected_records",
        "help_records",
        "forewarning",
        "interpreter_rules",
        "interpreters",
        "kept",
        "triggers",
        "outlook",
        "outlook_rules",
        "paper",
        "paper_rules",
        "help_requests",
        "hiding",
        "private",
        # Whose turn it is, and what can be taken back, are asked by every board.
        "called",
        "calling",
        "checking_in",
        "order_rules",
        "undoing",
        "referral_rules",
        "referrals",
        "taking",
        # Which moment is meant by a time without a day.
        "typed_rules",
    },
    # Reading everything about one person, and making the file of it: each is a page's whole work.
    "privacy": {"again", "finding", "giving", "subjects"},
    "reports": {"asking", "table"},  # asking the child process, and what it knows to make
}
OPEN = {"kernel", "protocol", "pages"}
"""Values, pure functions, parts of pages: nothing of theirs is private."""

CLOCKWORK = "engine"
"""Who imports clockworks, and nobody else."""

COMPOSER = "project"
"""Puts the installation together, so it opens every door; rows and screens stay shut to it too."""

ROWS_NAMED_OUTSIDE = {
    "project/setup/actions.py": "set-up gives each kind of row to the action that makes it",
    "project/setup/credentials.py": "reads back whom the demonstration made, for its file of tokens",
    "project/setup/demo.py": "reads back whom the demonstration made",
    "project/setup/visits.py": "reads back which desks the demonstration made",
    "project/commands/createtoken.py": "looks up whom a token is for",
    "project/listeners/credential.py": "looks up the device that the telephone line is",
    "project/identity.py": "looks up who is signed in",
    "screens/accounts.py": "tells an account from nobody signed in",
}
"""Files that use another capability's rows, and why; all others may name them as types alone."""

IMPURE = {"actions", "queries", "records", "models", "clockwork", "views", "forms", "urls", "admin"}


def test_imports_go_down_the_table_of_layers_and_rules_stay_pure() -> None:
    read_configuration(str(ROOT / "pyproject.toml"))
    options = use_cases.read_user_options(str(ROOT / "pyproject.toml"))
    use_cases._register_contract_types(options)
    report = use_cases.create_report(options, cache_dir=None)
    broken = [contract.name for contract, check in report.get_contracts_and_checks() if not check.kept]
    assert not broken


def test_rules_import_only_kernel_protocol_the_standard_library_and_their_own_pure_modules() -> None:
    faults = [
        f"{module.place} imports {name}"
        for module in modules()
        if module.name == "rules"
        for name in _targets(module)
        if not _is_pure(name, module.capability)
    ]
    assert not faults, lines(faults)


def test_capabilities_are_entered_by_their_doors() -> None:
    faults = [
        f"{module.place} imports {name}, which is private to {_parts(name)[0]}"
        for module in modules()
        for name in _targets(module)
        if _is_foreign(name, module) and not _is_door(*_parts(name), module.capability)
    ]
    assert not faults, lines(faults)


def test_the_rows_of_another_capability_are_named_as_types_alone() -> None:
    faults = [f"{module.place}:{line} uses {name}" for module in modules() for name, line in _rows_used(module)]
    assert not faults, lines(faults)


def test_every_exception_to_the_doors_is_still_needed() -> None:
    used = {str(m.path.relative_to(ROOT / "src/steadydesk")) for m in modules() if any(_rows_used(m, strict=True))}
    assert used == ROWS_NAMED_OUTSIDE.keys()


def _targets(module: Module) -> set[str]:
    """Modules named by its imports: ``from a.b import c`` names a.b.c, which may be a module or a thing in a.b."""
    return {f"{source}.{name}" if name else source for source, name in module.imports()}


def _parts(name: str) -> tuple[str, str]:
    """(capability, module) of a dotted name of ours."""
    _, capability, *rest = name.split(".")
    return capability, rest[0] if rest else ""


def _is_foreign(name: str, module: Module) -> bool:
    ours = name.startswith("steadydesk.") and name.count(".") > 1
    return ours and _parts(name)[0] != module.capability


def _is_door(capability: str, entered: str, by: str) -> bool:
    if capability in OPEN or entered == "models":  # who may use rows is told by the test of the rows
        return True
    if entered == "clockwork":
        return by == CLOCKWORK
    if by == COMPOSER:
        return entered not in ("views", "forms")
    return entered in DOOR | MORE_DOORS.get(capability, set())


def _is_pure(name: str, own: str) -> bool:
    top = name.partition(".")[0]
    if top != "steadydesk":
        return top in sys.stdlib_module_names
    capability, entered = _parts(name)
    return capability in OPEN or (capability == own and entered not in IMPURE)


def _rows_used(module: Module, *, strict: bool = False) -> list[tuple[str, int]]:
    """Where rows of others are used beyond their name in an annotation; exceptions count only when ``strict``."""
    if not strict and str(module.path.relative_to(ROOT / "src/steadydesk")) in ROWS_NAMED_OUTSIDE:
        return []
    rows = {name for source, name in module.imports() if _is_foreign(source, module) and _parts(source)[1] == "models"}
    if not rows:
        return []
    types = _annotations(module)
    return [
        (node.id, node.lineno)
        for node in module.nodes
        if isinstance(node, ast.Name) and node.id in rows and id(node) not in types
    ]


def _annotations(module: Module) -> set[int]:
    found: set[int] = set()
    for node in module.nodes:
        for part in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if isinstance(part, ast.AST):
                found |= {id(inner) for inner in ast.walk(part)}
    return found
