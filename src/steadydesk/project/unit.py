"""The unit under which the system's service manager starts Steadydesk after a reboot, without a human."""

from dataclasses import dataclass
from pathlib import Path

HOMES = (Path("/home"), Path("/root"), Path("/run/user"))
PRIVILEGED_BELOW = 1024


@dataclass(frozen=True)
class Service:
    """What is to be started, as whom, and on what."""

    command: Path
    user: str
    data: Path
    environment: Path
    host: str
    port: int

    @property
    def text(self) -> str:
        """The unit file."""
        return _UNIT.format(
            command=_quoted(self.command),
            user=self.user,
            data=_quoted(self.data),
            environment=_escaped(self.environment),
            host=self.host,
            port=self.port,
            home=self._home,
            capabilities=self._capabilities,
        )

    @property
    def _home(self) -> str:
        """Home folders are hidden, unless what is needed lies in one."""
        inside = any(path.is_relative_to(home) for path in (self.command, self.data) for home in HOMES)
        return "read-only" if inside else "yes"

    @property
    def _capabilities(self) -> str:
        """None, but for a port that only root may open."""
        if self.port >= PRIVILEGED_BELOW:
            return "CapabilityBoundingSet="
        return "CapabilityBoundingSet=CAP_NET_BIND_SERVICE\nAmbientCapabilities=CAP_NET_BIND_SERVICE"


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")


def _quoted(path: Path) -> str:
    """As a word of the unit: specifiers are doubled, and blanks do not part it."""
    written = _escaped(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{written}"' if " " in written else written


_UNIT = """\
# Written by "steadydesk service install"; "systemctl edit steadydesk" adds to it and outlasts the next one.
[Unit]
Description=Steadydesk
After=network-online.target time-sync.target postgresql.service
Wants=network-online.target
# It is never given up: a desk without its alarm is worse than a log full of starts.
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart={command} run --host {host} --port {port} --data {data}
User={user}
EnvironmentFile=-{environment}
Restart=always
RestartSec=1
WatchdogSec=30
# Bringing the records up to date may take its time; calls are taken meanwhile.
TimeoutStartSec=infinity
TimeoutStopSec=15
KillMode=mixed
# Each open screen takes one.
LimitNOFILE=65536
UMask=0077

ReadWritePaths={data}
ProtectSystem=strict
ProtectHome={home}
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RemoveIPC=yes
NoNewPrivileges=yes
{capabilities}
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service

[Install]
WantedBy=multi-user.target
"""
