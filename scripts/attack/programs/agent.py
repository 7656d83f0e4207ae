"""The program that holds the sandbox's limits, and the processes that could outlive it."""

import ctypes
import errno
import fcntl
import os
import resource
import signal
import socket
import struct
import subprocess
import time

from kernel import apart

libc = ctypes.CDLL(None, use_errno=True)


def find_agent():
    """Its pid, wherever it stands in the table."""
    for pid in sorted(int(name) for name in os.listdir("/proc") if name.isdigit()):
        try:
            with open(f"/proc/{pid}/comm", encoding="ascii") as comm:
                if comm.read().startswith("sandbox-agent"):
                    return pid
        except OSError:
            continue
    return 1


def state_of(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        return stat.read().rsplit(") ", 1)[1][0]


def foreign_processes():
    """How many processes are seen; a machine has more than a sandbox."""
    count = len([name for name in os.listdir("/proc") if name.isdigit()])
    return "few" if count < 30 else f"{count} processes"


def signal_pid(pid, number=9):
    try:
        os.kill(int(pid), number)
        return "ok"
    except OSError as error:
        return errno.errorcode[error.errno]


def stop_agent(way):
    """Tries to put the agent to sleep; what counts is its state afterwards."""
    pid = find_agent()
    number = signal.SIGSTOP
    said = "ok"

    def owner(extended):
        reader, writer = socket.socketpair()
        if extended:
            fcntl.fcntl(reader, 15, struct.pack("ii", 1, pid))
        else:
            fcntl.fcntl(reader, fcntl.F_SETOWN, pid)
        fcntl.fcntl(reader, 10, number)
        fcntl.fcntl(reader, fcntl.F_SETFL, fcntl.fcntl(reader, fcntl.F_GETFL) | os.O_ASYNC | os.O_NONBLOCK)
        writer.send(b"x")

    def by_ioctl(request):
        reader, writer = socket.socketpair()
        fcntl.ioctl(reader, request, struct.pack("i", pid))
        fcntl.fcntl(reader, 10, number)
        fcntl.fcntl(reader, fcntl.F_SETFL, fcntl.fcntl(reader, fcntl.F_GETFL) | os.O_ASYNC | os.O_NONBLOCK)
        writer.send(b"x")

    def everybody():
        # Whoever sends it goes on, and must wake the others again: the runner is among them.
        os.kill(-1, number)
        time.sleep(0.3)
        asleep = state_of(pid) in "Tt"
        os.kill(-1, signal.SIGCONT)
        return "asleep" if asleep else "ok"

    def lease():
        path = f"/tmp/lease-{os.getpid()}"
        with open(path, "w", encoding="ascii"):
            pass
        fd = os.open(path, os.O_RDONLY)
        fcntl.fcntl(fd, fcntl.F_SETOWN, pid)
        fcntl.fcntl(fd, 10, number)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
        except OSError:
            pass

    ways = {
        "kill": lambda: os.kill(pid, number),
        "tgkill": lambda: check(libc.syscall(234, pid, pid, int(number))),
        "tkill": lambda: check(libc.syscall(200, pid, int(number))),
        "queue": lambda: check(libc.syscall(129, pid, int(number), ctypes.create_string_buffer(128))),
        "pidfd": lambda: signal.pidfd_send_signal(os.pidfd_open(pid), number),
        "everybody": everybody,
        "fcntl-owner": lambda: owner(False),
        "fcntl-owner-ex": lambda: owner(True),
        "ioctl-owner": lambda: by_ioctl(0x8901),
        "ioctl-group": lambda: by_ioctl(0x8902),
        "lease": lease,
        "ptrace": lambda: check(libc.ptrace(0x4206, pid, 0, 0)),
        "tstp": lambda: os.kill(pid, signal.SIGTSTP),
        "ttin": lambda: os.kill(pid, signal.SIGTTIN),
    }

    def check(result):
        if result < 0:
            raise OSError(ctypes.get_errno(), "refused")

    said = apart(lambda: ways[way]() or "ok")
    time.sleep(0.2)
    state = state_of(pid)
    if said == "asleep":
        return said
    if state in "Tt":
        try:
            os.kill(pid, signal.SIGCONT)
        except OSError:
            pass
        return f"asleep ({said})"
    return "awake"


def stop_own_child():
    """The control: a process of one's own does fall asleep by such a signal."""
    # In a group of its own whose parent is in the same session: an orphaned group would not be stopped.
    child = subprocess.Popen(["sleep", "20"], process_group=0)
    try:
        child.send_signal(signal.SIGTSTP)
        time.sleep(0.2)
        return "asleep" if state_of(child.pid) in "Tt" else "awake"
    finally:
        child.kill()
        child.wait()


def weaken_oneself():
    """The control: the same calls do work on a process of one's own."""

    def work():
        os.setpriority(os.PRIO_PROCESS, 0, 5)
        os.sched_setaffinity(0, os.sched_getaffinity(0))
        resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))
        return "ok"

    return apart(work)


def weaken_agent(way):
    pid = find_agent()
    ways = {
        "priority": lambda: os.setpriority(os.PRIO_PROCESS, pid, 19),
        "user-priority": lambda: os.setpriority(os.PRIO_USER, 0, 19),
        "idle": lambda: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0)),
        "processor": lambda: os.sched_setaffinity(pid, {0}),
        "descriptors": lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE, (0, 0)),
        "cpu-time": lambda: resource.prlimit(pid, resource.RLIMIT_CPU, (1, 1)),
        "memory": lambda: open(f"/proc/{pid}/mem", "r+b").close(),
        "oom": lambda: open(f"/proc/{pid}/oom_score_adj", "w", encoding="ascii").write("1000"),
        "descriptor": lambda: open(f"/proc/{pid}/fd/3", "r+b").close(),
    }

    def work():
        ways[way]()
        return "ok"

    return apart(work)


def open_debugger():
    """Asks the agent for Node's debugger, then knocks at its door."""
    try:
        os.kill(find_agent(), signal.SIGUSR1)
    except OSError as error:
        return errno.errorcode[error.errno]
    for _ in range(10):
        time.sleep(0.1)
        try:
            with socket.create_connection(("127.0.0.1", 9229), 1):
                return "the debugger answers"
        except OSError:
            continue
    return "no debugger"


def control_debugger():
    """The same with a Node of one's own."""
    child = subprocess.Popen(["node", "-e", "setTimeout(() => {}, 8000)"])
    try:
        time.sleep(0.7)
        child.send_signal(signal.SIGUSR1)
        for _ in range(30):
            time.sleep(0.1)
            try:
                with socket.create_connection(("127.0.0.1", 9229), 1):
                    return "the debugger answers"
            except OSError:
                continue
        return "no debugger"
    finally:
        child.kill()
        child.wait()


def leave_behind(marker, way):
    """Leaves a process that should end with the run; the host's process table tells."""
    shell = f"exec -a {marker} sleep 120"
    if way == "session":
        subprocess.Popen(["setsid", "bash", "-c", shell], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    elif way == "double-fork":
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.closerange(0, 1024)
                os.execvp("bash", ["bash", "-c", shell])
            os._exit(0)
        os.wait()
    elif way == "deaf":
        subprocess.Popen(["bash", "-c", f"trap '' TERM INT HUP; {shell}"], start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    elif way == "stopped":
        child = subprocess.Popen(["bash", "-c", shell], start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.3)
        try:
            child.send_signal(signal.SIGTSTP)
        except OSError:
            pass
    time.sleep(0.8)
    return "left"


def leave_and_kill_agent(marker, way):
    """Leaves a process and takes away whoever would end it."""
    leave_behind(marker, "session")
    time.sleep(2)
    if way == "kill":
        try:
            os.kill(find_agent(), signal.SIGKILL)
        except OSError:
            pass
    elif way == "descriptors":
        held = []
        try:
            for _ in range(1000):
                s = socket.socket()
                s.setblocking(False)
                s.connect_ex(("127.0.0.1", 3128))
                held.append(s)
        except OSError:
            pass
        time.sleep(3)
    elif way == "first":
        try:
            os.kill(1, signal.SIGKILL)
        except OSError:
            pass
    # The runner would end what is left when the script ends: it must go on.
    time.sleep(30)
    return "still running"


WAYS = {
    "foreign_processes": foreign_processes,
    "signal_pid": signal_pid,
    "stop_agent": stop_agent,
    "stop_own_child": stop_own_child,
    "weaken_oneself": weaken_oneself,
    "weaken_agent": weaken_agent,
    "open_debugger": open_debugger,
    "control_debugger": control_debugger,
    "leave_behind": leave_behind,
    "leave_and_kill_agent": leave_and_kill_agent,
}
