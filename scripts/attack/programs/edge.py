"""The edge as a script reaches it: through the proxy, with the token of its own run, and with what it can forge."""

import http.client
import json
import os
import socket
import time
from urllib.parse import urlsplit

from network import PROXY, exchange, status_of

ORIGIN = os.environ.get("FLOOM_API_URL", "http://127.0.0.1:1")
TOKEN = os.environ.get("FLOOM_RUN_TOKEN", "")
RUN = os.environ.get("FLOOM_RUN_ID", "")
ATTEMPT = os.environ.get("FLOOM_ATTEMPT", "1")


def send(method, path, headers=None, body=b"", token=TOKEN):
    """Through the proxy, the path exactly as given; status and body."""
    connection = http.client.HTTPConnection(*PROXY, timeout=20)
    try:
        connection.putrequest(method, f"{ORIGIN}{path}", skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", urlsplit(ORIGIN).netloc)
        if token:
            connection.putheader("Authorization", f"Bearer {token}")
        if body or method in ("POST", "PUT"):
            connection.putheader("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.read(1 << 20)
    finally:
        connection.close()


def code_of(body):
    try:
        return json.loads(body).get("code", "")
    except (ValueError, AttributeError):
        return ""


def fill(text, other=""):
    return text.replace("{run}", RUN).replace("{attempt}", ATTEMPT).replace("{other}", other)


def ask(method, path, headers=None, body="", token="run", other=""):
    """Status, and the problem's code when there is one."""
    given = TOKEN if token == "run" else "" if token == "none" else token
    status, answer = send(method, fill(path, other), headers, fill(body, other).encode(), given)
    return f"{status} {code_of(answer)}".strip()


def ask_by_tunnel(path, other=""):
    """The same through a tunnel, as Node's own fetch goes."""
    place = urlsplit(ORIGIN).netloc
    answer = exchange(
        [
            f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n\r\n",
            f"GET {fill(path, other)} HTTP/1.1\r\nHost: {place}\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n",
        ]
    )
    if status_of(answer) != "200":
        return status_of(answer)
    return status_of(answer.split(b"\r\n\r\n", 1)[1])


def steer(headers, method="GET", path="/api/health"):
    """Asks for the health of the edge with headers that could lead elsewhere: which answer comes?"""
    filled = {name: fill(value).replace("{edge}", ORIGIN) for name, value in headers.items()}
    status, answer = send(method, path, filled)
    if status == 200 and b'"checks"' in answer:
        return "the health of the edge"
    return f"{status} {code_of(answer) or answer[:80]!r}"


def put_file(path, body=b"x", attempt=ATTEMPT):
    from hashlib import sha256
    from urllib.parse import quote

    what = f"path={quote(path, safe='')}&sha256={sha256(body).hexdigest()}"
    where = f"/api/runs/{RUN}/runner/files?attempt={attempt}&{what}"
    return send("PUT", where, {"Content-Type": "application/octet-stream"}, body)


def use_up_uploads(most, rest=0):
    """Hands over files until one is refused; after a rest, one more."""
    said = f"{most} taken"
    for number in range(most):
        status, answer = put_file(f"out/many-{number}")
        if status != 200:
            said = f"{status} {code_of(answer)}"
            break
    if rest == 0:
        return said
    time.sleep(rest)
    status, answer = put_file("out/one-more")
    return f"{status} {code_of(answer)}".strip()


def poison(key, rounds=1):
    """Keeps a set of dependencies under a key that a later version will ask for."""
    where = f"/api/runs/{RUN}/runner/dependencies/{key}"
    media = {"Content-Type": "application/octet-stream"}
    for number in range(rounds):
        send("PUT", where, media, f"poisoned {number}".encode())
    status, answer = send("GET", where)
    return answer.decode("latin-1")[:40] if status == 200 else f"{status} nothing is kept"


def poison_slowly(key):
    """Begins first, ends last: which of the two is kept?"""
    where = f"{ORIGIN}/api/runs/{RUN}/runner/dependencies/{key}"
    slow = b"slow " * 20
    head = (
        f"PUT {where} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
        f"Content-Type: application/octet-stream\r\nContent-Length: {len(slow)}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(PROXY, 20) as first:
        first.sendall(head.encode() + slow[:10])
        time.sleep(0.7)
        poison(key)
        first.settimeout(10)
        try:
            first.sendall(slow[10:])
            while first.recv(65536):
                pass
        except OSError:
            pass
    status, answer = send("GET", f"/api/runs/{RUN}/runner/dependencies/{key}")
    return answer.decode("latin-1")[:10] if status == 200 else f"{status} nothing is kept"


def next_offset():
    status, answer = post(0, b"")
    return json.loads(answer)["next_offset"] if status == 200 else 0


def post(offset, body, attempt=ATTEMPT):
    where = f"/api/runs/{RUN}/runner/journal?attempt={attempt}&offset={offset}"
    return send("POST", where, {"Content-Type": "application/x-ndjson"}, body)


def quiet_offset():
    """Where the journal ends once the runner has nothing more to say: what is written there is not cut off."""
    offset = next_offset()
    for _ in range(20):
        time.sleep(0.4)
        after = next_offset()
        if after == offset:
            break
        offset = after
    return offset


def entry(of, **rest):
    return json.dumps({"type": of, "at": int(time.time() * 1000), **rest}).encode() + b"\n"


def forge(entries, then="end"):
    """Writes the run's journal in the runner's place. What is said afterwards is lost, so nothing is."""
    body = b"".join(
        line.encode() + b"\n" if isinstance(line, str) else entry(line.pop("type"), **line) for line in entries
    )
    status, answer = post(quiet_offset(), body)
    time.sleep(1 if then == "end" else 30)
    return f"{status} {code_of(answer)}"


def flood_journal(posts):
    """Far more than a journal may hold, and an end; how much of it was kept is seen from outside."""
    offset = quiet_offset()
    body = entry("progress", percent=None, message="x" * 480_000)
    for _ in range(posts):
        status, answer = post(offset, body)
        if status != 200 or json.loads(answer)["stop"]:
            break
        after = json.loads(answer)["next_offset"]
        if after == offset:
            break
        offset = after
    usage = {"wall_ms": 1, "cpu_ms": 1, "max_memory_bytes": 1, "log_bytes": 1}
    end = {"outcome": "success", "error_code": None, "error": None, "error_raw": None, "exit_code": 0}
    post(offset, entry("result", outputs={"done": True}, usage=usage, **end))
    time.sleep(2)
    return "seen from outside"


def tell_token(seconds):
    """Tells the token to its author, who then knocks from outside, and waits until that is done."""
    print("TOKEN " + "".join(f"{ord(letter):02x}" for letter in TOKEN), flush=True)
    time.sleep(seconds)
    return "told"


WAYS = {
    "ask": ask,
    "ask_by_tunnel": ask_by_tunnel,
    "steer": steer,
    "use_up_uploads": use_up_uploads,
    "poison": poison,
    "poison_slowly": poison_slowly,
    "forge": forge,
    "flood_journal": flood_journal,
    "tell_token": tell_token,
}
