"""Measures the sandbox, not the machine: its own processes, and the file systems it may write."""

from __future__ import annotations

import os

from .clock import now_ms
from .proc_table import MountUsage, cpu_seconds, list_pids, private_bytes, writable_mounts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class MachineMetrics:
    """One reading after the other; what was used of the processors counts from one to the next."""

    def __init__(self, memory_bytes: int | None, cpu_count: int) -> None:
        self._memory_bytes = memory_bytes
        self._cpu_count = cpu_count
        self._last = (now_ms(), 0.0)

    def read(self) -> dict[str, Any]:
        """In bytes, and in percent of all processors; the names are the host's wire."""
        disk = MountUsage("/home")
        return {
            "cpu_count": self._cpu_count,
            "cpu_used_pct": self._cpu_used_percent(),
            "mem_used": sum(private_bytes(pid) for pid in list_pids()),
            "mem_total": self._memory_bytes or os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
            "mem_cache": sum(MountUsage(path).used_bytes for path in writable_mounts()),
            "disk_used": disk.used_bytes,
            "disk_total": disk.total_bytes,
        }

    def _cpu_used_percent(self) -> float:
        before_ms, before_seconds = self._last
        self._last = (now_ms(), sum(cpu_seconds(pid) for pid in list_pids()))
        elapsed = (self._last[0] - before_ms) / 1000
        if elapsed <= 0:
            return 0
        used = max(0.0, self._last[1] - before_seconds)
        return round(min(100.0, used / elapsed / self._cpu_count * 100), 2)
