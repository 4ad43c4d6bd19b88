"""Who must have a second factor."""

from collections.abc import Iterable

Where = tuple[str, str | None]
"""A role and the site at which it is held; no site is every site."""


def needs_factor(roles: Iterable[Where], rule: Iterable[Where]) -> bool:
    """Whether one of these roles must have one. A rule for one site is met by whoever holds the role there."""
    held = list(roles)
    return any(
        role == asked and (site is None or where is None or where == site)
        for asked, site in rule
        for role, where in held
    )
