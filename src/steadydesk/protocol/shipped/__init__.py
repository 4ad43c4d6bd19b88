"""The protocols that come with Steadydesk."""

from importlib.resources import files

NAMES = ("exchange", "library")


def load(name: str) -> str:
    """The YAML text of a shipped protocol. Raises KeyError for a name that is not in NAMES."""
    if name not in NAMES:
        raise KeyError(name)
    return files(__name__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
