"""Grants memory of GPUs to jobs and takes it back.

Who holds what stands in the worker's store, and the server of the GPUs is told after it: what a run that was killed had
written down, the next one carries out. One run at a time has the pen (concurrency in worker.yml).
"""

import json
import urllib.request
from urllib.parse import quote

import floom
import stub
from placing import Gpu, Job, can_ever_fit, free_gb, in_line, settle

_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _ask(method: str, url: str, body: dict | None = None) -> dict:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    with _opener.open(request, timeout=20) as answer:
        return json.load(answer)


def _load_jobs() -> list[Job]:
    floom.store.execute(
        "CREATE TABLE IF NOT EXISTS jobs "
        "(name TEXT PRIMARY KEY, gb REAL NOT NULL, priority INTEGER NOT NULL, number INTEGER NOT NULL, gpu TEXT)"
    )
    return [Job(**row) for row in floom.store.query("SELECT name, gb, priority, number, gpu FROM jobs ORDER BY number")]


def _save_jobs(before: list[Job], after: list[Job]) -> None:
    names = {job.name for job in after}
    for job in before:
        if job.name not in names:
            floom.store.execute("DELETE FROM jobs WHERE name = ?", [job.name])
    for job in after:
        if job not in before:
            row = [job.name, job.gb, job.priority, job.number, job.gpu]
            floom.store.execute("INSERT OR REPLACE INTO jobs VALUES (?, ?, ?, ?, ?)", row)


def _tell_server(server: str, jobs: list[Job]) -> None:
    """Brings the GPUs into line with the store: whoever leaves goes first, so that there is room for whoever comes."""
    wanted = {(job.gpu, job.name): job.gb for job in jobs if job.gpu is not None}
    there = {(gpu["id"], name): gb for gpu in _ask("GET", f"{server}/gpus")["gpus"] for name, gb in gpu["jobs"].items()}
    for gpu, name in there.keys() - wanted.keys():
        _ask("DELETE", f"{server}/gpus/{quote(gpu)}/jobs/{quote(name, safe='')}")
        print(f"{name} has left {gpu}")
    for (gpu, name), gb in wanted.items():
        if there.get((gpu, name)) != gb:
            _ask("PUT", f"{server}/gpus/{quote(gpu)}/jobs/{quote(name, safe='')}", {"gb": gb})
            print(f"{name} has {gb:g} GB of {gpu}")


def _take(request: dict, jobs: list[Job], gpus: list[Gpu]) -> tuple[list[Job], str | None]:
    """The jobs with one request taken up, and what is said of it at once; None where the line decides."""
    name = request.get("release")
    if name is not None:
        left = [job for job in jobs if job.name != name]
        return left, "released" if len(left) < len(jobs) else "unknown"
    if "grant" not in request or not request.get("gb", 0) > 0:
        raise ValueError(f"{json.dumps(request)} is no request: say grant and gb, or release.")
    name, gb = request["grant"], float(request["gb"])
    if any(job.name == name for job in jobs):
        return jobs, None
    if not can_ever_fit(gpus, gb):
        return jobs, "impossible"
    number = max((job.number for job in jobs), default=0) + 1
    return [*jobs, Job(name, gb, int(request.get("priority", 0)), number)], None


def run(inputs: dict, context: object) -> dict:
    server = inputs["server"] or stub.start()
    found = _ask("GET", f"{server}/gpus")["gpus"]
    gpus = [Gpu(gpu["id"], gpu["total_gb"], gpu["other_gb"]) for gpu in found]
    before = _load_jobs()
    jobs, said = settle(gpus, before), {}
    for request in inputs["requests"]:
        jobs, word = _take(request, jobs, gpus)
        said[request.get("grant") or request.get("release")] = word
        jobs = settle(gpus, jobs)
    _save_jobs(before, jobs)
    _tell_server(server, jobs)
    where = {job.name: job.gpu for job in jobs}
    return {
        "answers": [
            {"job": name, "state": word or ("granted" if where.get(name) else "waiting"), "gpu": where.get(name)}
            for name, word in said.items()
        ],
        "gpus": [
            {"id": gpu.id, "free_gb": free_gb(gpu, jobs), "jobs": [job.name for job in jobs if job.gpu == gpu.id]}
            for gpu in gpus
        ],
        "waiting": [job.name for job in in_line(jobs)],
    }
