"""Takes more of something than there is. Each try is bounded, in a process of its own, and let go at once."""

import ctypes
import errno
import mmap
import os
import signal
import socket
import threading
import time

MIB = 1 << 20
libc = ctypes.CDLL(None, use_errno=True)
HOLD_SECONDS = 1.5


def held_apart(take):
    """ "held" when a child process could take it and keep it for a while, else how it was stopped."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        os.setsid()
        try:
            kept = take()
            time.sleep(HOLD_SECONDS)
            said = kept if isinstance(kept, str) else "held"
        except MemoryError:
            said = "refused"
        except OSError as error:
            said = errno.errorcode.get(error.errno, str(error))
        os.write(writer, said.encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read().decode()
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:
        pass
    _, status = os.waitpid(pid, 0)
    return said if said else f"killed ({os.WTERMSIG(status)})" if os.WIFSIGNALED(status) else "gone"


def fill(view, mib):
    for at in range(0, mib * MIB, 4096):
        view[at] = 1


def take_array(mib):
    return held_apart(lambda: bytearray(b"x") * (mib * MIB))


def take_shared_map(mib):
    def take():
        view = mmap.mmap(-1, mib * MIB)
        fill(view, mib)
        return view

    return held_apart(take)


def take_file_in_memory(mib):
    def take():
        fd = os.memfd_create("held")
        block = b"x" * MIB
        for _ in range(mib):
            os.write(fd, block)
        return fd

    return held_apart(take)


def take_segments(mib):
    """System V segments that are written, left and removed by name: no process shows them."""
    libc.shmat.restype = ctypes.c_void_p

    def take():
        ids = []
        try:
            for _ in range(mib // 32):
                number = libc.shmget(0, 32 * MIB, 0o1600)
                if number < 0:
                    raise OSError(ctypes.get_errno() or errno.ENOSYS, "refused")
                ids.append(number)
                at = libc.shmat(number, None, 0)
                ctypes.memset(at, 1, 32 * MIB)
                libc.shmdt(ctypes.c_void_p(at))
            time.sleep(HOLD_SECONDS)
            return "held"
        finally:
            for number in ids:
                libc.shmctl(number, 0, None)

    said = held_apart(take)
    for number in range(4096):
        libc.shmctl(number, 0, None)
    return said


def take_behind_dead_leader(mib):
    """A process whose first thread has ended shows no memory of its own."""

    def take():
        def keep():
            data = bytearray(b"x") * (mib // 2 * MIB)
            time.sleep(HOLD_SECONDS + 1)
            os._exit(0 if data[0] else 1)

        pids = []
        for _ in range(2):
            pid = os.fork()
            if pid == 0:
                threading.Thread(target=keep).start()
                time.sleep(0.05)
                libc.syscall(60 if os.uname().machine == "x86_64" else 93, 0)
            pids.append(pid)
        time.sleep(HOLD_SECONDS)
        alive = [pid for pid in pids if os.waitpid(pid, os.WNOHANG) == (0, 0)]
        return "held" if len(alive) == 2 else "killed"

    return held_apart(take)


def take_in_sockets(mib):
    """Bytes that were sent and not yet read belong to no process."""

    def take():
        pairs = []
        total = 0
        block = b"x" * 65536
        while total < mib * MIB and len(pairs) < 240:
            left, right = socket.socketpair()
            left.setblocking(False)
            left.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24)
            pairs.append((left, right))
            try:
                while total < mib * MIB:
                    total += left.send(block)
            except BlockingIOError:
                pass
        time.sleep(HOLD_SECONDS)
        return "held" if total > mib * MIB // 2 else f"{total // MIB} MiB"

    return held_apart(take)


def take_by_many(mib, count):
    def take():
        pids = []
        for _ in range(count):
            pid = os.fork()
            if pid == 0:
                data = bytearray(b"x") * (mib // count * MIB)
                time.sleep(HOLD_SECONDS * 2)
                os._exit(len(data) and 0)
            pids.append(pid)
        time.sleep(HOLD_SECONDS)
        alive = [pid for pid in pids if os.waitpid(pid, os.WNOHANG) == (0, 0)]
        return "held" if len(alive) == count else f"killed {count - len(alive)}"

    return held_apart(take)


def fill_disk(folder, mib):
    path = f"{folder}/full-{os.getpid()}"
    block = b"x" * MIB
    written = 0
    try:
        with open(path, "wb", buffering=0) as file:
            while written < mib:
                written += file.write(block) // MIB
        return "held"
    except OSError as error:
        return errno.errorcode[error.errno]
    finally:
        if os.path.exists(path):
            os.unlink(path)


def flood_processes(most):
    """Forks until it is refused: how it was refused, or "unbounded"."""

    def take():
        pids = []
        try:
            for _ in range(most):
                pid = os.fork()
                if pid == 0:
                    time.sleep(20)
                    os._exit(0)
                pids.append(pid)
            return "unbounded"
        except OSError as error:
            return errno.errorcode[error.errno]
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            for pid in pids:
                os.waitpid(pid, 0)

    return held_apart(take)


def flood_threads(most):
    def take():
        threading.stack_size(65536)
        over = threading.Event()
        try:
            for _ in range(most):
                threading.Thread(target=over.wait, daemon=True).start()
            return "unbounded"
        except RuntimeError:
            return "EAGAIN"
        finally:
            over.set()

    return held_apart(take)


def flood_descriptors(most):
    held = []
    try:
        for _ in range(most):
            held.append(os.open("/dev/null", os.O_RDONLY))
        return "unbounded"
    except OSError as error:
        return errno.errorcode[error.errno]
    finally:
        for fd in held:
            os.close(fd)


def lock_memory(mib):
    def take():
        view = mmap.mmap(-1, mib * MIB)
        address = ctypes.addressof(ctypes.c_char.from_buffer(view))
        if libc.mlock(ctypes.c_void_p(address), ctypes.c_size_t(mib * MIB)) != 0:
            raise OSError(ctypes.get_errno(), "refused")
        return "held"

    return held_apart(take)


WAYS = {
    "take_array": take_array,
    "take_shared_map": take_shared_map,
    "take_file_in_memory": take_file_in_memory,
    "take_segments": take_segments,
    "take_behind_dead_leader": take_behind_dead_leader,
    "take_in_sockets": take_in_sockets,
    "take_by_many": take_by_many,
    "fill_disk": fill_disk,
    "flood_processes": flood_processes,
    "flood_threads": flood_threads,
    "flood_descriptors": flood_descriptors,
    "lock_memory": lock_memory,
}
