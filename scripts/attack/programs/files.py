"""Paths: what can be read, written and seen, and what can be found in the tables of processes."""

import ctypes
import errno
import fcntl
import glob
import os
import select

libc = ctypes.CDLL(None, use_errno=True)
WATCH_SECONDS = 1

def name_of(error):
    return errno.errorcode.get(error.errno, str(error.errno))


def read(path):
    try:
        with open(path, "rb") as file:
            return f"read {len(file.read(64))} bytes"
    except OSError as error:
        return name_of(error)


def write(path, text="x"):
    """Opens and writes; what is there is appended to, so that a refusal is the only harmless end."""
    try:
        with open(path, "ab", buffering=0) as file:
            file.write(text.encode())
        return "ok"
    except OSError as error:
        return name_of(error)


def is_there(path):
    return "there" if os.path.lexists(path) else "absent"


def list_folder(path):
    try:
        return f"{len(os.listdir(path))} entries"
    except OSError as error:
        return name_of(error)


def read_by_link(target, name="link"):
    """Reads through a symbolic link of its own."""
    link = f"/tmp/{name}"
    if os.path.lexists(link):
        os.unlink(link)
    os.symlink(target, link)
    return read(link)


def hard_link(target):
    try:
        os.link(target, f"/tmp/hard-{os.getpid()}")
        return "ok"
    except OSError as error:
        return name_of(error)


def search(pattern, words):
    """Looks for words in files that a pattern names: "absent", or the first file that holds one."""
    looked = 0
    for path in glob.glob(pattern):
        try:
            with open(path, "rb") as file:
                text = file.read(1 << 20)
        except OSError:
            continue
        looked += 1
        for word in words:
            if word.encode() in text:
                return f"found in {path}"
    return "absent" if looked > 0 else "no file could be read"


def descriptors(allowed):
    """Files of the host that any process holds open; "none" when there are none."""
    seen = 0
    for path in glob.glob("/proc/[0-9]*/fd/*"):
        try:
            target = os.readlink(path)
        except OSError:
            continue
        seen += 1
        if target.startswith("/") and not target.startswith(tuple(allowed)):
            return f"{path} is {target}"
    return "none" if seen > 0 else "no descriptor could be seen"


def reopen(pids):
    """Writes to what other processes hold open."""
    for pid in pids:
        for path in glob.glob(f"/proc/{pid}/fd/*"):
            try:
                target = os.readlink(path)
                with open(path, "ab", buffering=0):
                    if target != "/dev/null" and not target.startswith(("pipe:", "/dev/shm/")):
                        return f"opened {target}"
            except OSError:
                continue
    return "none"


def make_device(path, mode, major, minor):
    try:
        os.mknod(path, mode, os.makedev(major, minor))
        return "ok"
    except OSError as error:
        return name_of(error)


def watch(path, act):
    """Whether the kernel tells of files that others open in a folder, or of a file that others open."""
    fd = libc.inotify_init()
    if fd < 0 or libc.inotify_add_watch(fd, path.encode(), 0x20) < 0:
        return errno.errorcode[ctypes.get_errno()]
    act()
    readable, _, _ = select.select([fd], [], [], WATCH_SECONDS)
    os.close(fd)
    return "told of what others open" if readable else "told of nothing"


def watch_folder(path):
    return watch(path, lambda: None)


def watch_own_folder():
    """The control: a child opens a file where this one watches."""
    folder = f"/tmp/watched-{os.getpid()}"
    os.mkdir(folder)

    def open_apart():
        if os.fork() == 0:
            os.close(os.open(f"{folder}/file", os.O_CREAT | os.O_WRONLY))
            os._exit(0)
        os.wait()

    return watch(folder, open_apart)


def lock_file(path):
    try:
        with open(path, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return "locked by nobody"
    except BlockingIOError:
        return "locked by somebody else"
    except OSError as error:
        return name_of(error)


def lock_own_file():
    """The control: another open file of the same name is locked."""
    path = f"/tmp/locked-{os.getpid()}"
    with open(path, "wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        return lock_file(path)


WAYS = {
    "read": read,
    "write": write,
    "is_there": is_there,
    "list_folder": list_folder,
    "read_by_link": read_by_link,
    "hard_link": hard_link,
    "search": search,
    "descriptors": descriptors,
    "reopen": reopen,
    "make_device": make_device,
    "watch_folder": watch_folder,
    "watch_own_folder": watch_own_folder,
    "lock_file": lock_file,
    "lock_own_file": lock_own_file,
}
