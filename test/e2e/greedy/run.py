"""Asks for 1,000 connections, 200 threads, 500 MB, 100,000 files and some memory, and says what it got of each."""

import json
import os
import resource
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

CONNECTIONS = 1_000
THREADS = 200
BYTES = 500_000_000
FILES = 100_000

resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)


def connect_to_edge():
    """All open at once: how many were answered, were told that there are too many, and were closed."""
    edge = urlsplit(os.environ["FLOOM_API_URL"])
    proxy = urlsplit(os.environ["HTTP_PROXY"])
    request = f"GET {edge.geturl()}/api/health HTTP/1.1\r\nHost: {edge.netloc}\r\n\r\n".encode()
    seen = {"answered": 0, "told_too_many": 0, "closed": 0}
    connections = []
    for _ in range(CONNECTIONS):
        connection = socket.create_connection((proxy.hostname, proxy.port))
        connections.append(connection)
        try:
            connection.sendall(request)
        except ConnectionError:
            # Closed already; what was said before is read below.
            pass
    for connection in connections:
        try:
            answer = connection.recv(4096)
        except ConnectionError:
            answer = b""
        if b" 200 " in answer:
            seen["answered"] += 1
        elif b" 503 " in answer and b"as many as it may have" in answer:
            seen["told_too_many"] += 1
        elif answer == b"":
            seen["closed"] += 1
    for connection in connections:
        connection.close()
    return seen


def run_threads():
    together = threading.Barrier(THREADS)
    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(lambda _: together.wait() >= 0, range(THREADS)))


def write_bytes():
    path = Path("big")
    with path.open("wb") as file:
        for _ in range(BYTES // 1_000_000):
            file.write(bytes(1_000_000))
    size = path.stat().st_size
    path.unlink()
    return size


def write_files():
    folder = Path("many")
    folder.mkdir()
    for number in range(FILES):
        (folder / str(number)).touch()
    count = len(os.listdir(folder))
    for entry in os.scandir(folder):
        os.unlink(entry.path)
    return count


memory_mib = json.loads(Path("inputs.json").read_text(encoding="utf-8"))["memory_mib"]
outputs = connect_to_edge()
held = bytearray(b"x") * (memory_mib << 20)
outputs |= {"threads": run_threads(), "bytes": write_bytes(), "files": write_files()}
outputs["memory_mib"] = len(held) >> 20
Path("result.json").write_text(json.dumps({"status": "success", "outputs": outputs}), encoding="utf-8")
