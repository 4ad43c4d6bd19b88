"""What every body of the API has in common."""

from collections.abc import Mapping
from typing import Any

from ninja import Schema
from pydantic import ConfigDict

from steadydesk.protocol.faults import sentence_for


class Body(Schema):
    """A request body: a field it does not have is a fault, named like any other."""

    model_config = ConfigDict(extra="forbid")


class Problem(Schema):
    """A problem document (RFC 9457)."""

    title: str
    status: int
    detail: str
    code: str
    errors: list[dict[str, str]]


class Page(Schema):
    """A list; ``next`` is the cursor of the page that follows, or null."""

    items: list[dict[str, Any]]
    next: str | None = None


def reason(error: Mapping[str, Any]) -> str:
    """What is wrong with a field, in our own words and the language of whoever sent it."""
    said = str(sentence_for(error["type"], error.get("ctx")))
    return f"{said[:1].upper()}{said[1:]}."
