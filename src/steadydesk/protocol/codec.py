"""A protocol as one YAML file: read with every fault at once, written so that it reads back the same."""

from collections.abc import Iterable
from typing import Any

import yaml

from steadydesk.protocol import public
from steadydesk.protocol.faults import Fault, ProtocolFaults, sentence_for
from steadydesk.protocol.mending import examine
from steadydesk.protocol.schema import Document, Protocol
from steadydesk.protocol.tree import Group, grow

__all__ = [
    "Fault",
    "ProtocolFaults",
    "json_schema",
    "line_of",
    "read",
    "read_stored",
    "write",
    "write_protocol",
    "write_public",
]


def read(text: str) -> Document:
    """The document that `text` holds. Raises ProtocolFaults with every fault and its line. Pure."""
    return _read(text, stored=False)


def read_stored(text: str) -> Document:
    """The same of a text that was sound when it was saved: what binds at a desk stays readable when checks are added.

    Raises ProtocolFaults for what is no protocol at all. Pure.
    """
    return _read(text, stored=True)


def _read(text: str, *, stored: bool) -> Document:
    tree = grow(text)
    if tree.root is None:
        raise ProtocolFaults(tree.faults)
    if not isinstance(tree.root, Group):
        raise ProtocolFaults([Fault(1, "file", sentence_for("model_type"))])
    document, faults = examine(tree, stored=stored)
    if faults or document is None:
        raise ProtocolFaults(faults)
    return document


def line_of(text: str, *path: str) -> int:
    """The line of what stands at ``path``, counted from 1, or just around it."""
    return grow(text).place(path)[0]


def write(document: Document) -> str:
    """The document as YAML, in the order of the schema. `read(write(document)) == document`."""
    return _as_yaml(_sections(document))


def write_protocol(protocol: Protocol) -> str:
    """The settings alone, without a control form, in the order of the schema: to compare two of them."""
    return _as_yaml(protocol.model_dump(exclude_defaults=True))


def write_public(document: Document, also: Iterable[str] = ()) -> str:
    """An edition for everybody, with its control form: no code, phrase, safe room or police reference in it.

    Settings that the schema marks as secret are left out, and their words are taken out wherever else they stand, as
    are the words in ``also``. It is to be read; ``read`` refuses it as incomplete.
    """
    hidden = {*public.secrets(document.protocol), *also}
    sections = {"control": _sections(document)["control"]} | public.without_secrets(document.protocol)
    return _as_yaml(public.scrubbed(sections, hidden))


def _sections(document: Document) -> dict[str, Any]:
    control = document.control.model_dump(exclude_defaults=True)
    return {"control": control} | document.protocol.model_dump(exclude_defaults=True)


def _as_yaml(sections: dict[str, Any]) -> str:
    return str(yaml.dump(sections, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=110))


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the file, for editors and other programs."""
    schema = Document.model_json_schema()
    protocol = schema["$defs"].pop("Protocol")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Steadydesk protocol",
        "type": "object",
        "additionalProperties": False,
        "properties": {"control": schema["properties"]["control"], **protocol["properties"]},
        "required": ["control", *protocol["required"]],
        "$defs": schema["$defs"],
    }


class _Writer(yaml.SafeDumper):
    """Lists indented below their key, and nothing written as a reference to something further up."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:
        return True


_Writer.add_representer(tuple, yaml.SafeDumper.represent_list)
