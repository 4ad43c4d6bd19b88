"""How tickets are numbered."""

import re

AT_KIOSK = "at_kiosk"
"""The question about a customer who has a ticket of a kiosk and is on no list."""
_TICKET = re.compile(r"[A-Z]{1,2}[0-9]{3,6}")


def ticket_letter(place: int) -> str:
    """The letter of the service at this place of the protocol's list: A to Z, then AA to ZZ."""
    first, second = divmod(place, 26)
    letter = chr(ord("A") + second)
    return letter if first == 0 else chr(ord("A") + (first - 1) % 26) + letter


def ticket(letter: str, number: int) -> str:
    """The ticket as it is called out; the first of the day is 101, so that all have three digits."""
    return f"{letter}{100 + number}"


def ticket_or_nothing(said: str) -> str:
    """What could be a ticket, as it is."""
    return said if _TICKET.fullmatch(said) else ""
