"""Telephones and telephone systems for tests: sipp plays one scenario, and says whether it went as written."""

import os
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.peers import needs

HOST, HOST_6 = "127.0.0.1", "[::1]"
ENDS_WITHIN_S = 90
BOUND_WITHIN_S = 60
BOUND = ("udp", "udp6", "tcp")

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="test">\n'
_SDP = """v=0
o=test 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio 40000 RTP/AVP 0
a=rtpmap:0 PCMU/8000"""


def _send(text, retrans=False):
    again = ' retrans="500"' if retrans else ""
    return f"<send{again}><![CDATA[\n\n{text}\n\n]]></send>\n"


def _reply(code, *more, body=""):
    head = [
        "[last_Via:]",
        "[last_Record-Route:]",
        "[last_From:]",
        "[last_To:];tag=[call_number]",
        "[last_Call-ID:]",
        "[last_CSeq:]",
        *more,
    ]
    if body:
        head += ["Content-Type: application/sdp"]
    return _send("\n".join([f"SIP/2.0 {code}", *head, "Content-Length: [len]", "", body]))


def _invite(caller):
    return _send(
        f"""INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "Someone" <sip:{caller}@[local_ip]:[local_port]>;tag=[pid]t[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:{caller}@[local_ip]:[local_port];transport=[transport]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

{_SDP}""",
        retrans=True,
    )


_ACK = """ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[last_From:]
[last_To:]
[last_Call-ID:]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0"""
# To the telephone itself, along the way that the systems in between wrote down.
_ACK_OF_ANSWER = _ACK.replace("sip:[service]@[remote_ip]:[remote_port]", "[$there]").replace(
    "[last_From:]", "[routes]\n[last_From:]"
)
_ANSWERED = """<recv response="200" rtd="true" rrs="true"><action>
<ereg regexp="sip:[^>]*" search_in="hdr" header="Contact:" assign_to="there"/>
</action></recv>
"""
_PROVISIONAL = '<recv response="100" optional="true"/>\n<recv response="180" optional="true"/>\n'


def answered_call(caller):
    """Rings, is answered, hears the other side hang up."""
    return (
        _invite(caller) + _PROVISIONAL + _ANSWERED + _send(_ACK_OF_ANSWER)
        + '<recv request="BYE"/>\n' + _reply("200 OK")
    )  # fmt: skip


def refused_call(caller, code):
    """Rings, and is told no."""
    return _invite(caller) + _PROVISIONAL + f'<recv response="{code}"/>\n' + _send(_ACK)


def registrar(user, secret):
    """A telephone system that lets an extension in by its password alone."""
    challenge = (
        'WWW-Authenticate: Digest realm="pbx", nonce="47ebe028cda119c35d4877b383027d28", algorithm=MD5, qop="auth"'
    )
    verify = (
        f'<recv request="REGISTER"><action><verifyauth assign_to="known" username="{user}" password="{secret}"/>'
        "</action></recv>\n"
    )
    return (
        '<recv request="REGISTER"/>\n' + _reply("401 Unauthorized", challenge) + verify
        + '<nop hide="true" test="known" next="good"/>\n' + _reply("403 Forbidden") + '<nop next="end"/>\n'
        + '<label id="good"/>\n' + _reply("200 OK", "[last_Contact:]", "Expires: 3600") + '<label id="end"/>\n'
    )  # fmt: skip


_HERE = "Contact: <sip:[local_ip]:[local_port]>"


def telephone(*, rings_s=0.0, code=""):
    """A telephone that rings and is lifted, or answers with a code."""
    ringing = '<recv request="INVITE"/>\n' + _reply("180 Ringing", _HERE)
    ringing += f'<pause milliseconds="{int(rings_s * 1000)}"/>\n'
    if code:
        return ringing + _reply(code) + '<recv request="ACK"/>\n'
    lifted = _reply("200 OK", _HERE, body=_SDP) + '<recv request="ACK"/>\n'
    return ringing + lifted + '<recv request="BYE"/>\n' + _reply("200 OK")


def telephone_behind_a_password():
    """A telephone system that asks who calls; the second invitation overtakes the acknowledgement of the first."""
    asked = 'Proxy-Authenticate: Digest realm="pbx", nonce="0123456789abcdef", algorithm=MD5, qop="auth"'
    refused = '<recv request="INVITE"/>\n' + _reply("407 Proxy Authentication Required", asked)
    lifted = '<recv request="INVITE"/>\n' + _reply("200 OK", _HERE, body=_SDP)
    return refused + lifted + '<recv request="ACK"/>\n<recv request="ACK"/>\n<recv request="BYE"/>\n' + _reply("200 OK")


def telephone_nobody_lifts():
    """Rings until the caller gives up."""
    return (
        '<recv request="INVITE"/>\n' + _reply("180 Ringing", "Contact: <sip:[local_ip]:[local_port]>")
        + '<recv request="CANCEL"/>\n' + _reply("200 OK")
    )  # fmt: skip


def free_udp_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((HOST, 0))
        return s.getsockname()[1]


@dataclass
class Sipp:
    """One run of sipp."""

    process: subprocess.Popen
    messages: Path
    port: int

    def end(self):
        """Wait for its end; returns what it received and sent. Fails when it did not go as written."""
        code = self.process.wait(timeout=ENDS_WITHIN_S)
        said = self.messages.read_text(errors="replace") if self.messages.exists() else ""
        assert code == 0, f"sipp ended with {code}:\n{said[-6000:]}"
        return said


def wait_until_bound(port, process):
    """A packet that comes before sipp listens is lost."""
    wanted, end = f":{port:04X} ", time.monotonic() + BOUND_WITHIN_S
    while process.poll() is None and not any(wanted in Path(f"/proc/net/{kind}").read_text() for kind in BOUND):
        assert time.monotonic() < end, f"sipp does not listen on {port}"
        time.sleep(0.02)


def play(folder, scenario, *more, port=None, to=None, number="555", host=HOST, by_tcp=False):
    """Begin to play a scenario; the caller waits for its end."""
    path = needs("sipp")
    port = port or free_udp_port()
    name = f"{port}-{time.monotonic_ns()}"
    file, messages = folder / f"{name}.xml", folder / f"{name}.log"
    file.write_text(f"{_HEAD}{scenario}</scenario>\n")
    command = [path, "-sf", str(file), "-m", "1", "-i", host.strip("[]"), "-p", str(port), "-nostdin", "-s", number]
    command += ["-trace_msg", "-message_file", str(messages), "-timeout", f"{ENDS_WITHIN_S - 5}s", "-timeout_error"]
    command += [*more, *(["-t", "t1"] if by_tcp else []), *([f"{host}:{to}"] if to else [])]
    environ = {**os.environ, "TERM": "dumb"}
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environ, cwd=folder
    )
    if not by_tcp:
        wait_until_bound(port, process)
    return Sipp(process, messages, port)


@contextmanager
def playing(folder, scenario, **how):
    """A scenario in which sipp waits for others; it is ended with the block."""
    sipp = play(folder, scenario, **how)
    try:
        yield sipp
    finally:
        if sipp.process.poll() is None:
            sipp.process.kill()
            sipp.process.wait()
