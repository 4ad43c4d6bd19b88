"""A real telephone system for tests: Kamailio on the loopback, with what the manual says to write into it."""

import os
import re
import signal
import subprocess
from pathlib import Path

from tests.faults.sipping import HOST, free_udp_port, wait_until_bound
from tests.peers import needs

MANUAL = Path(__file__).parents[2] / "docs/operate/telephones.md"
REALM, USER, SECRET = "pbx", "555", "a password for tests"
MODULES = ("tm", "sl", "rr", "pv", "textops", "siputils", "xlog", "usrloc", "registrar", "auth")
ENDS_WITHIN_S = 10

_ROUTE = """
request_route {
    if (is_method("REGISTER")) {
        if (!pv_www_authenticate("%(realm)s", "%(secret)s", "0")) { www_challenge("%(realm)s", "1"); exit; }
        save("location");
        exit;
    }
    if (has_totag()) {
        loose_route();
        t_relay();
        exit;
    }
    if (is_method("CANCEL")) { t_relay(); exit; }
%(told)s
    if (is_method("INVITE") && $fU == "%(user)s") {
        if (!pv_proxy_authenticate("%(realm)s", "%(secret)s", "0")) { proxy_challenge("%(realm)s", "1"); exit; }
        consume_credentials();
    }
%(trunk)s
    record_route();
    if ($rU =~ "^(555|#00|%%2300)$") {
        $rU = "%(user)s";
        if (!lookup("location")) { sl_send_reply("480", "Nobody is there"); exit; }
    } else {
        $du = "sip:%(host)s:%(outside)s";
    }
    t_relay();
}
"""


def manual(language: str) -> list[str]:
    """What the manual of telephones has to be copied, in its order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", MANUAL.read_text(), re.DOTALL | re.MULTILINE)


class Kamailio:
    """One telephone system: it lets the extension 555 in by its password, and sends what is no code of ours outside.

    555 and #00 go to ``trunk``, the port of a line, as the manual says; without it to whoever registered as 555.
    """

    def __init__(self, folder: Path, *, url: str, token: str, trunk: int | None = None) -> None:
        self.path, self.folder = needs("kamailio"), folder
        self.port, self.outside = free_udp_port(), free_udp_port()
        self._process: subprocess.Popen | None = None
        top, told, leads = manual("kamailio")
        top = top.replace("https://desk.example.gov", url).replace("TOKEN", token)
        known = {"realm": REALM, "secret": SECRET, "user": USER, "host": HOST, "outside": self.outside, "told": told}
        known["trunk"] = "" if trunk is None else leads.replace("10.0.0.7:5060", f"{HOST}:{trunk}")
        lines = ["#!KAMAILIO", "children=2", "log_stderror=yes", "auto_aliases=no", "tcp_children=1"]
        lines += [
            *(f"listen={way}:{HOST}:{self.port}" for way in ("udp", "tcp")),
            *(f'loadmodule "{module}.so"' for module in MODULES),
            top,
        ]
        self._config = folder / "kamailio.cfg"
        self._config.write_text("\n".join(lines) + _ROUTE % known)

    def start(self) -> "Kamailio":
        """Start it and wait until it takes calls."""
        command = [self.path, "-f", str(self._config), "-DD", "-E", "-m", "16", "-M", "4", "-w", str(self.folder)]
        command += ["-Y", str(self.folder)]
        with (self.folder / "kamailio.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        wait_until_bound(self.port, self._process)
        assert self._process.poll() is None, self.log()
        return self

    def log(self) -> str:
        """What it said last."""
        return (self.folder / "kamailio.log").read_text(errors="replace")[-4000:]

    def stop(self) -> None:
        """In order; at once when it does not."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
