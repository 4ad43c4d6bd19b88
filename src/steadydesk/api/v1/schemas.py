"""What every body of the API has in common."""

from typing import Any

from ninja import Schema
from pydantic import ConfigDict


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
