"""Stands in for the server that looks after the GPUs, where there is none: two cards, which forget their jobs with it."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import unquote

GPUS = [
    {"id": "gpu0", "total_gb": 24, "other_gb": 2, "jobs": {}},
    {"id": "gpu1", "total_gb": 16, "other_gb": 0, "jobs": {}},
]


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer(200, {"gpus": GPUS})

    def do_PUT(self) -> None:
        gpu, job = self._find()
        gb = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["gb"]
        taken = sum(one for name, one in gpu["jobs"].items() if name != job)
        if gpu["other_gb"] + taken + gb > gpu["total_gb"]:
            self._answer(409, {"error": f"{gpu['id']} has no {gb} GB left"})
            return
        gpu["jobs"][job] = gb
        self._answer(200, {})

    def do_DELETE(self) -> None:
        gpu, job = self._find()
        gpu["jobs"].pop(job, None)
        self._answer(200, {})

    def _find(self) -> tuple[dict, str]:
        _, _, gpu, _, job = self.path.split("/")
        return next(one for one in GPUS if one["id"] == gpu), unquote(job)

    def _answer(self, status: int, document: dict) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def start() -> str:
    """Starts it on a free port; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"
