"""What a child process owes its parent, and a service the manager that started it."""

import contextlib
import ctypes
import os
import signal
import socket
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Linux: be told to stop when the parent dies, however it dies; elsewhere the parent's own care must do."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def tell_service_manager(state: str) -> None:
    """``READY=1``, ``WATCHDOG=1`` or ``STOPPING=1`` to systemd, when it asked to be told; otherwise nothing."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    path = f"\0{address[1:]}" if address.startswith("@") else address
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.setblocking(False)
        manager.sendto(state.encode(), path)
