"""Real receivers for what Steadydesk sends: they listen on the loopback and keep what arrives."""

import email
import hashlib
import hmac
import json
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue

from aiosmtpd.controller import Controller

HOST = "127.0.0.1"
SECRET = "a key for tests"


def free_port():
    with socket.socket() as s:
        s.bind((HOST, 0))
        return s.getsockname()[1]


@dataclass
class Mailbox:
    """A mail server that takes everything, but for recipients it is told to answer otherwise."""

    port: int
    answers: dict[str, str] = field(default_factory=dict)
    arrived: Queue = field(default_factory=Queue)

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        self.arrived.put(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


@contextmanager
def mailbox(settings):
    box = Mailbox(free_port())
    use_mail(settings, box.port)
    controller = Controller(box, hostname=HOST, port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


def use_mail(settings, port):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = HOST, port


@dataclass
class Post:
    """One POST as the receiver saw it."""

    key: str
    content: dict
    genuine: bool
    signed_at: int


class Receiver(ThreadingHTTPServer):
    """A webhook's receiver. It verifies the signature by the words of the manual, not by our code."""

    daemon_threads = True

    def __init__(self, port):
        super().__init__((HOST, port), _Handler)
        self.answers = []
        self.arrived = Queue()

    def taken(self):
        """What arrived, was answered with 200 and was not looked at yet."""
        return list(self.arrived.queue)


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.server.answers.pop(0) if self.server.answers else 200
        if isinstance(answer, bytes):
            self.wfile.write(answer)
            return
        if answer == 200:
            at, mac = (part.split("=")[1] for part in self.headers["Steadydesk-Signature"].split(","))
            right = hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
            key = self.headers["Idempotency-Key"]
            self.server.arrived.put(Post(key, json.loads(body), right == mac, int(at)))
        self.send_response(answer)
        self.end_headers()

    def log_message(self, format, *args):
        """Silence."""


@contextmanager
def receiver(settings, port=None):
    server = Receiver(port or free_port())
    use_webhook(settings, server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def use_webhook(settings, port):
    settings.WEBHOOK_URL, settings.WEBHOOK_SECRET = f"http://{HOST}:{port}/", SECRET


@contextmanager
def mute_server(greeting=b""):
    """Accepts connections, says ``greeting`` and no more. Yields its port and an event set at the first."""
    listening = socket.create_server((HOST, 0))
    connected, open_ones = threading.Event(), []

    def accept():
        while True:
            try:
                one, _ = listening.accept()
            except OSError:
                return
            open_ones.append(one)
            one.sendall(greeting)
            connected.set()

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield listening.getsockname()[1], connected
    finally:
        # Closing alone does not wake a thread in accept().
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()
        for one in open_ones:
            one.close()
