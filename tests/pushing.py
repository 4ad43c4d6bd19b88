"""A push service of our own: it checks who sends (RFC 8292) and opens what was sent (RFC 8188, 8291) by the RFCs."""

import base64
import hashlib
import hmac
import json
import os
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HOST = "127.0.0.1"
CURVE = ec.SECP256R1()


def plain(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def written(content):
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@dataclass
class Phone:
    """A browser's side of a subscription."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(CURVE))
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def public(self):
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def given(self, endpoint):
        """What a browser hands over."""
        return {"endpoint": endpoint, "p256dh": written(self.public), "auth": written(self.auth)}

    def opened(self, body):
        """What was sealed for this browser, by RFC 8291 3.4 and RFC 8188 2."""
        salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert length == 65
        assert len(sealed) <= size
        secret = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sender))
        ikm = _expand(_mac(self.auth, secret), b"WebPush: info\0" + self.public + sender, 32)
        prk = _mac(salt, ikm)
        key = _expand(prk, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _expand(prk, b"Content-Encoding: nonce\0", 12)
        padded = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert padded[-1:] == b"\x02", "the last record"
        return json.loads(padded[:-1])


def _mac(key, content):
    return hmac.new(key, content, hashlib.sha256).digest()


def _expand(key, info, length):
    return _mac(key, info + b"\x01")[:length]


@dataclass
class Pushed:
    """One message as the push service saw it."""

    path: str
    said: dict
    claims: dict
    key: str
    """The public key of whoever signed."""
    ttl: int
    urgency: str
    topic: str
    raw: bytes


class PushService(ThreadingHTTPServer):
    """Takes messages for its phones."""

    daemon_threads = True

    def __init__(self):
        super().__init__((HOST, 0), _Handler)
        self.phones = {}
        self.answers = {}
        """Path → statuses, or bytes, that it answers before it takes the next message."""
        self.arrived = Queue()

    @property
    def origin(self):
        return f"http://{HOST}:{self.server_port}"

    def add(self, name):
        """A browser subscribes; returns what it hands over."""
        phone = self.phones[f"/{name}"] = Phone()
        return phone.given(f"{self.origin}/{name}")

    def taken(self):
        return list(self.arrived.queue)


def claims_of(header):
    """What a sender claims, once its signature is proved; ``vapid t=…, k=…``."""
    kind, _, rest = header.partition(" ")
    assert kind == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    head, body, signature = parts["t"].split(".")
    assert json.loads(plain(head))["alg"] == "ES256"
    both = plain(signature)
    der = encode_dss_signature(int.from_bytes(both[:32]), int.from_bytes(both[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, plain(parts["k"]))
    public.verify(der, f"{head}.{body}".encode(), ec.ECDSA(SHA256()))
    return json.loads(plain(body)), parts["k"]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        waiting = self.server.answers.get(self.path)
        answer = waiting.pop(0) if waiting else 201
        if isinstance(answer, bytes):
            self.wfile.write(answer)
            return
        if answer == 201:
            claims, key = claims_of(self.headers["Authorization"])
            assert self.headers["Content-Encoding"] == "aes128gcm"
            said = self.server.phones[self.path].opened(body)
            how = (int(self.headers["TTL"]), self.headers["Urgency"], self.headers["Topic"])
            self.server.arrived.put(Pushed(self.path, said, claims, key, *how, body))
        self.send_response(answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format, *args):
        """Silence."""


@contextmanager
def push_service():
    server = PushService()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def use_push(settings, *services):
    """Push messages are set up, and these services are the organisation's own."""
    from py_vapid import Vapid02

    from steadydesk.project.reaching import Push

    key = Vapid02()
    key.generate_keys()
    settings.PUSH = Push("mailto:it@example.org", key, frozenset(services))
