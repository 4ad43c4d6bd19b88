"""An organisation's own sign-in (OpenID Connect) on loopback: discovery, authorize, token and keys, really signed.

Small and written for the tests; it lets in whomever ``who`` says, and misbehaves as it is told to.
"""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import time
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "steadydesk", "a secret that only these two know"


class Organisation:
    """Its accounts: the claims of whoever signs in next."""

    def __init__(self) -> None:
        self.who: dict[str, Any] = {}
        self.key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
        self.signs_with = self.key
        self.asked: list[str] = []
        self.challenges: dict[str, str] = {}
        self.url = ""

    def answer(self, path: str, sent: dict[str, str]) -> dict[str, Any] | str:
        """A document, or where the browser is sent."""
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            ends = {"authorization": "authorize", "token": "token"}
            found = {f"{name}_endpoint": f"{self.url}/{end}" for name, end in ends.items()}
            return {"issuer": self.url, "jwks_uri": f"{self.url}/keys", **found}
        if path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            return {"keys": [{**public, "kid": "1", "alg": "RS256", "use": "sig"}]}
        if path == "/authorize":
            assert sent["client_id"] == CLIENT and sent["response_type"] == "code"
            code = str(len(self.challenges) + 1)
            self.challenges[code] = sent["code_challenge"]
            return f"{sent['redirect_uri']}?{urlencode({'code': code, 'state': sent['state']})}"
        assert path == "/token" and sent["client_secret"] == SECRET
        proof = hashlib.sha256(sent["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(proof).decode().rstrip("=") == self.challenges.pop(sent["code"])
        return {"access_token": "unused", "token_type": "Bearer", "id_token": self.signed()}

    def signed(self) -> str:
        """Who it is, as the organisation says so."""
        now = int(time())
        told = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, **self.who}
        return jwt.encode(told, self.signs_with, algorithm="RS256", headers={"kid": "1"})


@contextmanager
def organisation() -> Iterator[Organisation]:
    """Serve it for a while."""
    served = Organisation()

    class Handler(BaseHTTPRequestHandler):
        """One request."""

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self._say(served.answer(parts.path, {k: v[0] for k, v in parse_qs(parts.query).items()}))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._say(served.answer(self.path, {k: v[0] for k, v in parse_qs(body).items()}))

        def _say(self, said: dict[str, Any] | str) -> None:
            self.send_response(302 if isinstance(said, str) else 200)
            if isinstance(said, str):
                self.send_header("Location", said)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b"" if isinstance(said, str) else json.dumps(said).encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
