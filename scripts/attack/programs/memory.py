"""Takes more of something than there is. Each try is bounded, in a process of its own, and let go at once."""

import ctypes
import errno
import mmap
import os
import select
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


def unix_pair():
    pair = socket.socketpair()
    for end in pair:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24)
    return pair, 65536, 16 * MIB


def message_pair():
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM), 200_000, MIB


def datagram_pair():
    ends = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
    for end in ends:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
        end.bind(("127.0.0.1", 0))
    ends[0].connect(ends[1].getsockname())
    ends[1].connect(ends[0].getsockname())
    # What comes beyond is dropped without a word.
    return ends, 60_000, 240_000


def connection_pair():
    """Read from for a while, so that the kernel lets more and more be on its way."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ends = [socket.create_connection(server.getsockname())]
        ends.append(server.accept()[0])
    for sender, receiver in (ends, ends[::-1]):
        for end in ends:
            end.setblocking(False)
        for _ in range(10):
            send_until_full(sender, 65536, 64 * MIB)
            try:
                while receiver.recv(MIB):
                    pass
            except BlockingIOError:
                pass
    return ends, 65536, 64 * MIB


def send_until_full(end, size, most):
    sent = 0
    block = b"x" * size
    try:
        while sent < most:
            sent += end.send(block)
    except OSError:
        # Full, or all the room that datagrams have.
        pass
    return sent


PAIRS = {
    "unix": unix_pair,
    "messages": message_pair,
    "datagrams": datagram_pair,
    "connections": connection_pair,
}
SENDERS = 8


def take_in_sockets(mib, kind):
    """Bytes that were sent and not yet read belong to no process: sent by several, until there are so many."""

    def send(share, told):
        pairs = []
        total = 0
        try:
            while total < share:
                pair, size, most = PAIRS[kind]()
                pairs.append(pair)
                for end in pair:
                    end.setblocking(False)
                    total += send_until_full(end, size, min(most, share - total))
        except OSError:
            # No descriptor is left.
            pass
        os.write(told, f"{total}\n".encode())
        time.sleep(60)

    return held_apart(lambda: share_out(SENDERS, lambda told: send(mib * MIB // SENDERS, told), mib))


def share_out(count, take, mib):
    """Several take their part and say how much it was: "held" when all are there with all of it for a while."""
    reader, writer = os.pipe()
    pids = []
    for _ in range(count):
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            take(writer)
            os._exit(0)
        pids.append(pid)
    os.close(writer)
    try:
        return watch_takers(pids, reader, mib)
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)


def watch_takers(pids, reader, mib):
    def has_one_ended():
        # Looked at and left, so that every pid stays one that may be killed.
        return any(os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) for pid in pids)

    said = b""
    while said.count(b"\n") < len(pids):
        if has_one_ended():
            return "killed on the way"
        if select.select([reader], [], [], 0.1)[0]:
            said += os.read(reader, 65536)
    time.sleep(HOLD_SECONDS)
    if has_one_ended():
        return "killed with all of it"
    total = sum(map(int, said.split()))
    return "held" if total >= mib * MIB else f"full with {total // MIB} MiB"


def take_by_many(mib, count):
    def keep(told):
        data = bytearray(b"x") * (mib // count * MIB)
        os.write(told, f"{len(data)}\n".encode())
        time.sleep(60)

    return held_apart(lambda: share_out(count, keep, mib // count * count))


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
