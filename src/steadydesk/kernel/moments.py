"""Moments as a database gives them back to a plain statement."""

from datetime import UTC, datetime


def moment(stored: str | datetime) -> datetime:
    """With its zone: SQLite keeps UTC without saying so, as text when the column is a calculated one."""
    at = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
