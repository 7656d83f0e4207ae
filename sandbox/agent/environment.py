"""The environment commands start with, and what is written into a sandbox before anybody uses it."""

from __future__ import annotations

import os

from .config import Egress
from .users import User

FALLBACK_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Packages "for everybody" go to the user's home: `/usr` is the host's, and so is the mark in it by which pip refuses to
# touch what a distribution manages. Root's commands install to the same place, as in E2B.
PACKAGE_VARIABLES = {
    "PIP_BREAK_SYSTEM_PACKAGES": "1",
    "PYTHONUSERBASE": "/home/user/.local",
    "NPM_CONFIG_PREFIX": "/home/user/.local",
}


class CommandEnvironment:
    """Later wins: the agent's own basics, the sandbox's variables given at creation, the variables of the one command."""

    def __init__(self, egress: Egress | None) -> None:
        self._base = {
            "PATH": os.environ.get("PATH", FALLBACK_PATH),
            "LANG": os.environ.get("LANG", "C.UTF-8"),
            "E2B_SANDBOX": "true",
            **PACKAGE_VARIABLES,
            **({} if egress is None else _proxy_variables(egress.proxy_port)),
            **({} if egress is None or egress.trust_dir is None else _trust_variables(egress.trust_dir)),
        }
        self._sandbox: dict[str, str] = {}

    def set_sandbox(self, sandbox_id: str, template_id: str, envs: dict[str, str]) -> None:
        """Names the sandbox and sets its variables."""
        self._sandbox = {"E2B_SANDBOX_ID": sandbox_id, "E2B_TEMPLATE_ID": template_id, **envs}

    def of(self, user: User, envs: dict[str, str]) -> dict[str, str]:
        """The whole environment of one command."""
        own = {"HOME": user.home, "USER": user.name, "LOGNAME": user.name, "SHELL": "/bin/bash"}
        return {**self._base, **own, **self._sandbox, **envs}


def _trust_variables(folder: str) -> dict[str, str]:
    """
    The host's proxy stands for some hosts in their own name. Languages and libraries that do not ask the system whom to
    believe are told here; Node keeps its own authorities and believes one more.
    """
    everybody = f"{folder}/all.pem"
    return {
        "SSL_CERT_FILE": everybody,
        "REQUESTS_CA_BUNDLE": everybody,
        "CURL_CA_BUNDLE": everybody,
        "NODE_EXTRA_CA_CERTS": f"{folder}/own.pem",
    }


def _proxy_variables(port: int) -> dict[str, str]:
    """
    The sandbox has no route: HTTP(S) leaves through the host's filter proxy. What is named by the loopback is inside, and
    so is the port of an edge that is named so: the agent answers there. `ALL_PROXY` is left unset: it would send other
    protocols into a proxy that speaks HTTP alone.
    """
    url = f"http://127.0.0.1:{port}"
    inside = "localhost,127.0.0.1,::1,0.0.0.0,sandbox"
    return {
        "HTTP_PROXY": url,
        "HTTPS_PROXY": url,
        "http_proxy": url,
        "https_proxy": url,
        "NO_PROXY": inside,
        "no_proxy": inside,
        "NODE_USE_ENV_PROXY": "1",
    }


# Read by every command, since a command is run by a login shell. PATH is set before it starts, and is left alone.
PROFILE = """for file in /etc/profile.d/*.sh; do if [ -r "$file" ]; then . "$file"; fi; done
unset file
"""
# As in E2B what is added below counts for terminals alone, so a script that relies on more fails here too.
BASHRC = """# For terminals. Commands stop reading here: what they need belongs into ~/.profile.
case $- in *i*) ;; *) return ;; esac
"""
USER_PROFILE = """if [ -f "$HOME/.bashrc" ]; then . "$HOME/.bashrc"; fi
if [ -d "$HOME/bin" ]; then PATH="$HOME/bin:$PATH"; fi
"""
# Files of an ordinary Debian that scripts read, source and add to; they are the sandbox's own, to be changed.
SYSTEM_FILES = {
    "/etc/profile": PROFILE,
    "/etc/timezone": "Etc/UTC\n",
    "/home/user/.bashrc": BASHRC,
    "/home/user/.profile": USER_PROFILE,
    "/root/.bashrc": BASHRC,
    "/root/.profile": USER_PROFILE,
}


def identity_files(sandbox_id: str, template_id: str) -> dict[str, str]:
    """The files of E2B's sandboxes in which a script can read where it is, and what stands in them."""
    return {
        "/run/e2b/.E2B_SANDBOX": "true",
        "/run/e2b/.E2B_SANDBOX_ID": sandbox_id,
        "/run/e2b/.E2B_TEMPLATE_ID": template_id,
        "/.e2b": f"ENV_ID={template_id}\nTEMPLATE_ID={template_id}\n",
    }


def write_system_files() -> None:
    """Writes what an ordinary system has, where the agent is the first process: else it would be somebody's own home."""
    if os.getpid() == 1:
        os.makedirs("/etc/profile.d", exist_ok=True)
        write_files(SYSTEM_FILES)


def write_files(files: dict[str, str]) -> None:
    """Writes files, with the folders above them. Throws as the file system does."""
    for path, content in files.items():
        fd = _create(path)
        try:
            os.write(fd, content.encode())
        finally:
            os.close(fd)


def _create(path: str) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    try:
        return os.open(path, flags, 0o644)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return os.open(path, flags, 0o644)
