"""What the kernel tells of the sandbox's processes, and of the file systems they can write."""

from __future__ import annotations

import os

CLOCK_TICKS_PER_SECOND = 100
# Places of the fields behind the name, from nought.
SESSION = 3
THREADS = 17
CPU_TICKS = (11, 12, 13, 14)
# Memory that the kernel counts apart from a process's pages.
NOT_IN_MAPS = ("HugetlbPages:", "VmPTE:")
PRIVATE = ("RssAnon:", "RssShmem:", *NOT_IN_MAPS)
FIRST_BYTES = 16 * 1024
WRITABLE_PATHS = ("/", "/dev/shm")


def list_pids() -> list[int]:
    """Every process of the sandbox's pid namespace."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def read_file(path: str) -> str:
    """A file of `/proc`, "" for one that is gone or hidden."""
    try:
        fd = os.open(path, os.O_RDONLY)
    except OSError:
        return ""
    try:
        data = os.read(fd, FIRST_BYTES)
        if len(data) == FIRST_BYTES or path.startswith("/proc/net/"):
            while more := os.read(fd, 64 * FIRST_BYTES):
                data += more
        return data.decode("latin-1")
    except OSError:
        return ""
    finally:
        os.close(fd)


def private_bytes(pid: int) -> int:
    """Anonymous and shared memory of a process, huge pages and page tables too; nought for one that has ended."""
    status = _read_living(pid, "status")
    return sum(_kib_field(status, name) for name in PRIVATE)


def name_of(pid: int) -> str:
    """What a process is called."""
    text = _read_living(pid, "status")
    return text[6 : text.find("\n")] if text.startswith("Name:\t") else ""


def proportional_bytes(pid: int) -> int:
    """
    The same, each shared page divided among its users: right for forks and shared maps, but ten times slower to read. Falls
    back to the plain sum for a process that hides its maps.
    """
    rollup = _read_living(pid, "smaps_rollup")
    if rollup == "":
        return private_bytes(pid)
    status = _read_living(pid, "status")
    rest = sum(_kib_field(status, name) for name in NOT_IN_MAPS)
    return _kib_field(rollup, "Pss_Anon:") + _kib_field(rollup, "Pss_Shmem:") + rest


def _read_living(pid: int, file: str) -> str:
    """
    A file of a process, from a thread that lives: one whose first thread has ended looks dead and empty, while the others
    hold all of its memory.
    """
    status = read_file(f"/proc/{pid}/status")
    is_hollow = "\nState:\tZ" in status and "\nThreads:\t1\n" not in status
    if not is_hollow:
        return status if file == "status" else read_file(f"/proc/{pid}/{file}")
    for thread in _list_threads(pid):
        text = read_file(f"/proc/{pid}/task/{thread}/{file}")
        if ("RssAnon:" in text) if file == "status" else text != "":
            return text
    return ""


def _list_threads(pid: int) -> list[str]:
    try:
        return os.listdir(f"/proc/{pid}/task")
    except OSError:
        return []


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and of its reaped children."""
    fields = _stat_fields(pid)
    return sum(int(fields[place]) for place in CPU_TICKS) / CLOCK_TICKS_PER_SECOND if fields else 0


class Stillness:
    """
    Whether none of some processes has run since they were noted. What has not run has taken no memory and made no file, so
    that nothing has to be looked at. Of one with more threads than its first nobody says so.
    """

    # What comes from outside fills a socket of one that does not run: so often all is looked at nevertheless.
    MOST_LOOKS = 10

    def __init__(self) -> None:
        self._ran: dict[int, str] | None = None
        self._looks = 0

    def note(self, pids: list[int]) -> None:
        """To be called before they are looked at: what one does in between counts as after it."""
        self._looks = 0
        ran = {pid: _time_run(pid) for pid in pids}
        self._ran = None if "" in ran.values() or any(_thread_count(pid) != 1 for pid in pids) else ran

    def lasts(self, pids: list[int]) -> bool:
        self._looks += 1
        if self._ran is None or self._looks >= self.MOST_LOOKS or len(pids) != len(self._ran):
            return False
        return all(self._ran.get(pid, "") == _time_run(pid) for pid in pids)

    def forget(self) -> None:
        self._ran = None


def _time_run(pid: int) -> str:
    """In billionths of a second, of its first thread; "" where the kernel does not say."""
    return read_file(f"/proc/{pid}/schedstat").partition(" ")[0]


def _thread_count(pid: int) -> int:
    fields = _stat_fields(pid)
    return int(fields[THREADS]) if fields else 0


def session_of(pid: int) -> int:
    """The session a process belongs to: the pid of the command that started it, unless it made its own."""
    fields = _stat_fields(pid)
    return int(fields[SESSION]) if fields else 0


def _stat_fields(pid: int) -> list[str]:
    text = read_file(f"/proc/{pid}/stat")
    # The name in brackets may hold spaces and brackets: everything after the last one is fields.
    fields = text[text.rfind(")") + 2 :].split(" ")
    return fields if len(fields) > max(CPU_TICKS) else []


def _kib_field(text: str, name: str) -> int:
    at = text.find(name)
    if at < 0:
        return 0
    return int(text[at + len(name) : at + len(name) + 32].split(None, 1)[0]) * 1024


def writable_mounts() -> list[str]:
    """One path of every file system the sandbox can write, each in memory and of fixed size."""
    by_device: dict[int, str] = {}
    for path in WRITABLE_PATHS:
        try:
            by_device.setdefault(os.stat(path).st_dev, path)
        except OSError:
            pass
    return list(by_device.values())


class MountUsage:
    """Usage of the file system that holds a path; all nought when it cannot be read."""

    __slots__ = ("used_bytes", "total_bytes", "used_inodes")

    def __init__(self, path: str) -> None:
        try:
            info = os.statvfs(path)
        except OSError:
            self.used_bytes = self.total_bytes = self.used_inodes = 0
            return
        self.used_bytes = (info.f_blocks - info.f_bfree) * info.f_frsize
        self.total_bytes = info.f_blocks * info.f_frsize
        self.used_inodes = info.f_files - info.f_ffree
