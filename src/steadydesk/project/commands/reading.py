"""Files given to a command, and what is wrong with them."""

from pathlib import Path

from steadydesk.kernel.errors import Refusal
from steadydesk.protocol.faults import ProtocolFaults


def read_text(file: Path) -> str:
    """The file's text. Raises ``Refusal`` when it cannot be read."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Refusal("not_found", f"{file} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise Refusal("invalid", f"{file} is not text in UTF-8.") from error


def print_faults(file: Path, faults: ProtocolFaults) -> int:
    """Print ``FILE:LINE: key: sentence`` for every fault; returns the exit code of a refusal."""
    for fault in faults.faults:
        print(f"{file}:{fault.line}: {fault.key}: {fault.sentence}")
    return 1
