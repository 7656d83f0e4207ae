"""The way out of the sandbox: direct sockets, and every spelling of a request to its proxy."""

import errno
import socket

PROXY = ("127.0.0.1", 3128)


def name_of(error):
    if isinstance(error, socket.gaierror):
        return "no name service"
    return errno.errorcode.get(error.errno, type(error).__name__) if error.errno else type(error).__name__


def connect(family, address, port):
    try:
        with socket.socket(getattr(socket, family), socket.SOCK_STREAM) as s:
            s.settimeout(5)
            s.connect((address, int(port)))
            return "ok"
    except OSError as error:
        return name_of(error)


def datagram(family, address, port):
    try:
        with socket.socket(getattr(socket, family), socket.SOCK_DGRAM) as s:
            s.sendto(b"leak", (address, int(port)))
            return "ok"
    except OSError as error:
        return name_of(error)


def unix_socket(path):
    try:
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(5)
            s.connect(path.replace("@", "\0", 1) if path.startswith("@") else path)
            return "ok"
    except OSError as error:
        return name_of(error)


def look_up(name):
    try:
        return f"found {socket.getaddrinfo(name, 80)[0][4][0]}"
    except OSError as error:
        return name_of(error)


def interfaces():
    return " ".join(sorted(name for _, name in socket.if_nameindex()))


def exchange(parts, wait=10):
    """Sends bytes to the proxy, part by part, and answers all that came back."""
    with socket.create_connection(PROXY, wait) as s:
        s.settimeout(wait)
        got = b""
        for part in parts:
            s.sendall(part.encode("latin-1"))
            try:
                chunk = s.recv(65536)
            except OSError:
                break
            got += chunk
            if not chunk:
                return got
        s.settimeout(1)
        try:
            while len(got) < 1 << 20 and (chunk := s.recv(65536)):
                got += chunk
        except OSError:
            pass
        return got


def status_of(answer):
    words = answer.split(b"\r\n", 1)[0].split(b" ")
    return words[1].decode("latin-1") if answer.startswith(b"HTTP/") and len(words) > 1 else "closed"


def plain(host, port, path="/latest"):
    """An ordinary request through the proxy: the status, which for a refusal is the proxy's own."""
    head = f"GET http://{host}:{port}{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    return status_of(exchange([head]))


def tunnel(host, port, path="/latest"):
    """A tunnel; when it opens, a request through it, for that is what counts."""
    answer = exchange(
        [
            f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n",
            f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        ]
    )
    if status_of(answer) != "200":
        return status_of(answer)
    return "tunnel " + status_of(answer.split(b"\r\n\r\n", 1)[1])


def raw(parts):
    """Any bytes at all: the first status, and whether a second answer came."""
    answer = exchange(parts)
    statuses = [line.split(b" ")[1].decode("latin-1") for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.") and b" " in line]
    return " ".join(statuses) if statuses else "closed"


def refusal_text(host):
    """Why the proxy refuses a name, in its own words: they tell whether it was looked up."""
    answer = exchange([f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"])
    if b"network rules" in answer:
        return "refused before it was looked up"
    return f"{status_of(answer)} looked up"


def many_connections(count):
    """Opens more connections than there are descriptors for, then sees whether the way out still answers."""
    held = []
    try:
        for _ in range(count):
            s = socket.socket()
            s.setblocking(False)
            s.connect_ex(PROXY)
            held.append(s)
    except OSError:
        pass
    for s in held:
        s.close()
    return "alive"


WAYS = {
    "connect": connect,
    "datagram": datagram,
    "unix_socket": unix_socket,
    "look_up": look_up,
    "interfaces": interfaces,
    "plain": plain,
    "tunnel": tunnel,
    "raw": raw,
    "refusal_text": refusal_text,
    "many_connections": many_connections,
}
