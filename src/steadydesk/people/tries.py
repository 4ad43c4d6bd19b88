"""Under which key tries are counted."""

from django.utils.crypto import salted_hmac


def hash_key(key: str, prefix: str, version: int) -> str:
    """A key says from which address or for which login somebody tried; the records keep neither."""
    return salted_hmac("steadydesk.tries", f"{prefix}:{version}:{key}", algorithm="sha256").hexdigest()
