"""The socket that everybody comes in by. The parent opens it, so it is apart from the server and what that needs."""

import socket

TCP_USER_TIMEOUT_MS = 4_000
BACKLOG = 2_048


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; a peer that vanished without a word is noticed after four seconds."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, TCP_USER_TIMEOUT_MS)
    listening.bind((host, port))
    listening.listen(BACKLOG)
    listening.set_inheritable(True)
    return listening
