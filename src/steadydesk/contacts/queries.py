"""Readings of the emergency contact list."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from steadydesk.contacts.models import Contact


def contacts(site: str) -> list[Contact]:
    """The site's list, in the order in which it was written."""
    return list(Contact.objects.filter(site=site).order_by("pk"))


def numbers() -> set[str]:
    """The numbers of all contacts of every site."""
    return set(Contact.objects.values_list("phone", flat=True))


def told_by_chain(site: str) -> list[Contact]:
    """Those who agreed to be told by a call for help itself."""
    return [c for c in contacts(site) if c.by_chain]


def names(ids: Iterable[int]) -> dict[int, str]:
    """What these contacts are called; one that was taken off the list is missing."""
    return dict(Contact.objects.filter(pk__in=list(ids)).values_list("pk", "name"))


def doubtful(site: str, every: timedelta, now: datetime) -> list[Contact]:
    """Contacts that nobody has found to be right within the set time."""
    return [c for c in contacts(site) if c.verified_at is None or now - c.verified_at > every]
