"""Finding every fault of a file in one go.

A check of several settings can run only when each of them is sound. So what is faulty is replaced by
something sound, taken from a shipped protocol, and the whole is looked at again; faults that only the
replacement could have caused are left out. The mended values go nowhere: a file with a fault is refused."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from functools import cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from steadydesk.protocol import shipped
from steadydesk.protocol.checks import clashes
from steadydesk.protocol.faults import Fault, Path, name_of, sentence_for, unknown_key
from steadydesk.protocol.schema import Document
from steadydesk.protocol.schema.base import STORED
from steadydesk.protocol.tree import Group, Rows, Tree, grow

_MOST_ROUNDS = 10


def examine(tree: Tree, *, stored: bool = False) -> tuple[Document | None, list[Fault]]:
    """The document, and everything that keeps it from being one. The tree's values are used up.

    Of what is ``stored`` neither the bounds of its times nor whether its settings fit each other is looked at again.
    """
    found: list[Fault] = list(tree.faults)
    mended = [path for path in reversed(tree.unread) if _mend(tree.root, path, unknown=False)]
    for _round in range(_MOST_ROUNDS):
        try:
            document = Document.model_validate(_sections(tree.root), context={STORED: stored})
        except ValidationError as invalid:
            errors = _errors(invalid)
            found += [_fault(tree, path, error) for path, error in errors if not _touches(path, mended)]
            # from the last to the first, so that taking an entry out of a list moves none still to be mended
            for path, error in reversed(errors):
                if _mend(tree.root, path, unknown=_is_unknown(error)):
                    mended.append(path)
        else:
            return document, found if stored else found + list(_clash_faults(tree, document, mended))
    return None, found


def _sections(root: Group) -> dict[str, Any]:
    protocol = {key: value for key, value in root.items() if key != "control"}
    return {"protocol": protocol} | ({"control": root["control"]} if "control" in root else {})


def _errors(invalid: ValidationError) -> list[tuple[Path, ErrorDetails]]:
    errors = [(_path(error), error) for error in invalid.errors(include_url=False, include_input=False)]
    # a list whose entries are faulty also counts as too short; one of the two is enough
    return [
        (path, error)
        for path, error in errors
        if error["type"] != "too_short"
        or not any(other[: len(path)] == path and len(other) > len(path) for other, _error in errors)
    ]


def _path(error: ErrorDetails) -> Path:
    path = error["loc"][1:] if error["loc"][0] == "protocol" else error["loc"]
    return path[:-1] if path and path[-1] == "[key]" else path


def _is_unknown(error: ErrorDetails) -> bool:
    return error["type"] == "extra_forbidden" or error["loc"][-1] == "[key]"


def _fault(tree: Tree, path: Path, error: ErrorDetails) -> Fault:
    line, written = tree.place(path)
    if _is_unknown(error) and error["type"] in ("extra_forbidden", "literal_error"):
        example = _example(path[:-1])
        sentence = unknown_key(f"{path[-1]}", example if isinstance(example, dict) else ())
    else:
        sentence = sentence_for(error["type"], error.get("ctx"))
    return Fault(line, name_of(written), sentence)


def _clash_faults(tree: Tree, document: Document, mended: list[Path]) -> Iterator[Fault]:
    for clash in clashes(document):
        if _touches(clash.path, mended) or (clash.beside and _touches(clash.beside, mended)):
            continue
        line, written = tree.place(clash.path)
        yield Fault(line, name_of(written), clash.sentence)


def _touches(path: Path, mended: Iterable[Path]) -> bool:
    """Whether a fault at `path` could come from a mended value: inside it, or just around it."""
    for other in mended:
        if path[: len(other)] == other or (other[: len(path)] == path and len(other) - len(path) <= 2):
            return True
    return False


def _mend(root: Group, path: Path, *, unknown: bool) -> bool:
    """Makes what stands at `path` sound. False when it was taken out, which can cause no fault elsewhere."""
    around, last = _walk(root, path[:-1]), path[-1]
    if isinstance(around, Rows) and isinstance(last, int) and last < len(around):
        if len(around) > 1 and not isinstance(around[last], Group):
            del around[last], around.marks[last]
            return False
    elif not isinstance(around, Group):
        return True  # what is around it was replaced a moment ago
    elif unknown:
        around.pop(f"{last}", None)
        return False
    else:
        around.lines.setdefault(f"{last}", 1)
    example = _example(path)
    if example is _NOTHING:
        return _mend(root, path[:-1], unknown=False)
    around[last] = deepcopy(example)
    return True


_NOTHING = object()


def _walk(value: Any, path: Path) -> Any:
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return _NOTHING
    return value


def _example(path: Path) -> Any:
    """What a shipped protocol has at `path`; for an entry it does not have, what it has at the first one."""
    value = _shipped_example()
    for part in path:
        if isinstance(value, dict) and value:
            value = value.get(part, next(iter(value.values())))
        elif isinstance(value, list) and value:
            value = value[0]
        else:
            return _NOTHING
    return value


@cache
def _shipped_example() -> Any:
    return grow(shipped.load("exchange")).root
