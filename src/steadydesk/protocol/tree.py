"""YAML text as plain values that remember their lines.

Only what a protocol needs is understood: no anchors (a small file could unfold into a huge one), no tags."""

from dataclasses import dataclass, field
from typing import Any

import yaml

from steadydesk.kernel.words import gettext as _
from steadydesk.protocol.faults import Fault, Path, name_of

LONGEST_TEXT = 1_000_000
"""Characters. The shipped files have a thirtieth of that."""

_UNDERSTOOD = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp")}


class Group(dict[str, Any]):
    """A mapping that knows the line of each key."""

    lines: dict[str, int]


class Rows(list[Any]):
    """A list that knows the line and the first place of each entry, also after one was taken out."""

    marks: list[tuple[int, int]]


@dataclass
class Tree:
    """What a text says, and what in it could not be read."""

    root: Any = None
    faults: list[Fault] = field(default_factory=list)
    unread: list[Path] = field(default_factory=list)
    """What stands as None in `root` because its fault is told already."""

    def place(self, path: Path) -> tuple[int, Path]:
        """The line of what stands at `path` or just around it, and the path as it was first written."""
        line, value = 1, self.root
        written: list[str | int] = []
        for part in path:
            named = part
            if isinstance(value, Group) and part in value:
                line, value = value.lines[str(part)], value[str(part)]
            elif isinstance(value, Rows) and isinstance(part, int) and part < len(value):
                (line, named), value = value.marks[part], value[part]
            else:
                value = None
            written.append(named)
        return line, tuple(written)


def grow(text: str) -> Tree:
    """Reads `text`; a text that is not YAML has one fault and no root."""
    if len(text) > LONGEST_TEXT:
        return Tree(faults=[Fault(1, "file", _("the file is too long to be a protocol"))])
    text = text.removeprefix("\ufeff")
    try:
        loader, node = _compose(text)
    except yaml.MarkedYAMLError as error:
        return Tree(faults=[_unreadable(error)])
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, int(error.position)) + 1
        sentence = _("there is a character here that cannot be shown (code %04X)") % error.character
        return Tree(faults=[Fault(line, "file", sentence)])
    except RecursionError:
        return Tree(faults=[Fault(1, "file", _("the file is nested too deeply"))])
    tree = Tree()
    if node is None:
        tree.faults.append(Fault(1, "file", _("the file is empty")))
    else:
        tree.root = _Planter(loader, tree).plant(node, ())
    return tree


def _compose(text: str) -> tuple[yaml.SafeLoader | yaml.CSafeLoader, yaml.Node | None]:
    """Parses ten times faster where the C library is there; what that refuses, the other explains better."""
    if yaml.__with_libyaml__:
        quick = yaml.CSafeLoader(text)
        try:
            return quick, quick.get_single_node()
        except (yaml.YAMLError, RecursionError):
            pass
    loader = yaml.SafeLoader(text)
    return loader, loader.get_single_node()


def _unreadable(error: yaml.MarkedYAMLError) -> Fault:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    sentence = _("from here the file cannot be read as YAML (%s); look at indents, colons and quotes")
    return Fault(line, "file", sentence % (error.problem or error.context))


class _Planter:
    """Turns nodes into values; every value is planted once, so that an alias shows as one met again."""

    def __init__(self, loader: yaml.SafeLoader | yaml.CSafeLoader, tree: Tree) -> None:
        self.loader = loader
        self.tree = tree
        self.met: set[int] = set()

    def plant(self, node: yaml.Node, path: Path) -> Any:
        if id(node) in self.met:
            return self._unread(node, path, _("write this out in full; & and * are not understood here"))
        self.met.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._group(node, path)
        if isinstance(node, yaml.SequenceNode):
            return self._rows(node, path)
        return self._scalar(node, path)

    def _group(self, node: yaml.MappingNode, path: Path) -> Group:
        group = Group()
        group.lines = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else ""
            if not key:
                self._fault(key_node, path, _("a setting needs a name before its colon"))
            elif key in group:
                sentence = _("this stands here for the second time; the first is on line %d")
                self._fault(key_node, (*path, key), sentence % group.lines[key])
            else:
                group.lines[key] = key_node.start_mark.line + 1
                group[key] = self.plant(value_node, (*path, key))
        return group

    def _rows(self, node: yaml.SequenceNode, path: Path) -> Rows:
        rows = Rows()
        rows.marks = [(item.start_mark.line + 1, place) for place, item in enumerate(node.value)]
        rows.extend(self.plant(item, (*path, place)) for place, item in enumerate(node.value))
        return rows

    def _scalar(self, node: yaml.Node, path: Path) -> Any:
        if node.tag not in _UNDERSTOOD:
            return self._unread(node, path, _("“%s” is not understood here; take it out") % node.tag)
        try:
            return self.loader.construct_object(node)
        except (ValueError, yaml.YAMLError):
            # 2010-02-31 looks like a date and is none: as words it meets the sentence about dates
            return node.value

    def _fault(self, node: yaml.Node, path: Path, sentence: str) -> None:
        self.tree.faults.append(Fault(node.start_mark.line + 1, name_of(path) or "file", sentence))

    def _unread(self, node: yaml.Node, path: Path, sentence: str) -> None:
        self._fault(node, path, sentence)
        self.tree.unread.append(path)
