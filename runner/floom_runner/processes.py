"""Starting, watching and ending the processes of a script, those it forgot included."""

from __future__ import annotations

import os
import signal
import time
from typing import Dict, List, Set, Tuple

PR_SET_CHILD_SUBREAPER = 36
# What descends from us and is none of the script's.
_spared: Set[int] = set()
_named: List[int] = []


def spare(pid: int) -> None:
    """Leaves a process alone that was started for the run after this one."""
    _spared.add(pid)


def spare_named(reader: int) -> None:
    """The same of one that says its number through a pipe, as soon as it is there."""
    _named.append(reader)


def _list_spared() -> Set[int]:
    while _named:
        reader = _named.pop()
        number = os.read(reader, 16)
        os.close(reader)
        if number:
            _spared.add(int(number))
    return _spared


def adopt_orphans() -> None:
    """
    Makes processes whose parent died children of the runner, so that they can be found and ended. Without prctl they
    are still found by their session. By the part of ctypes that is made of C: the rest is slow to import.
    """
    try:
        from _ctypes import call_function, dlopen, dlsym

        call_function(dlsym(dlopen(None, 2), "prctl"), (PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
    except (ImportError, OSError, AttributeError):
        pass


def signal_group(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        pass


def list_family(session: int) -> List[int]:
    """Live processes that descend from the runner or belong to the script's session."""
    spared = _list_spared()
    table = {pid: facts for pid, facts in _read_table().items() if pid not in spared}
    family: Set[int] = set()
    parents = {os.getpid()}
    while parents:
        children = {pid for pid, (parent, _) in table.items() if parent in parents and pid not in family}
        family |= children
        parents = children
    family |= {pid for pid, (_, its_session) in table.items() if its_session == session}
    family.discard(os.getpid())
    return sorted(family)


def kill_family(session: int, seconds: float = 2.0) -> int:
    """Ends every one with SIGKILL, not reaping them; the number of processes that were found."""
    found: Set[int] = set()
    deadline = time.monotonic() + seconds
    while True:
        family = list_family(session)
        if not family or time.monotonic() > deadline:
            return len(found)
        for pid in family:
            found.add(pid)
            try:
                os.kill(pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass
        time.sleep(0.002)


def reap() -> Dict[int, Tuple[int, object]]:
    """Every child that has ended since the last call: pid -> wait status and resource usage."""
    ended: Dict[int, Tuple[int, object]] = {}
    while True:
        try:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if pid == 0:
            return ended
        ended[pid] = (status, usage)


def _read_table() -> Dict[int, Tuple[int, int]]:
    """pid -> parent, session; without zombies, which a process is not whose first thread alone has ended."""
    table: Dict[int, Tuple[int, int]] = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            continue
        if fields[0] not in (b"Z", b"X") or int(fields[17]) > 1:
            table[int(name)] = (int(fields[1]), int(fields[3]))
    return table
