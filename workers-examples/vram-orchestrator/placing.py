"""Who gets which GPU's memory, as plain decisions: nothing in here asks a server or a store."""

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Gpu:
    """A GPU: its memory, and what others than these jobs take of it, in GB."""

    id: str
    total_gb: float
    other_gb: float


@dataclass(frozen=True)
class Job:
    """Somebody who wants memory. `gpu` is where it was granted, None while it waits; `number` is its place in the line."""

    name: str
    gb: float
    priority: int
    number: int
    gpu: str | None = None


def free_gb(gpu: Gpu, jobs: Sequence[Job]) -> float:
    """What is left of a GPU's memory."""
    taken = sum(job.gb for job in jobs if job.gpu == gpu.id)
    return round(gpu.total_gb - gpu.other_gb - taken, 3)


def can_ever_fit(gpus: Sequence[Gpu], gb: float) -> bool:
    return any(gb <= gpu.total_gb - gpu.other_gb for gpu in gpus)


def in_line(jobs: Sequence[Job]) -> list[Job]:
    """Those that wait: the more important first, then whoever came first."""
    return sorted((job for job in jobs if job.gpu is None), key=lambda job: (-job.priority, job.number))


def place(gpus: Sequence[Gpu], jobs: Sequence[Job], wish: Job) -> tuple[str, list[Job]] | None:
    """The GPU that a job goes to, and who has to leave it; None where it has to wait.

    The fullest GPU that still has room is taken, so that large gaps stay. Else one is taken from whose jobs less important
    ones can leave: the least important first, of those the newest, and as few as it takes.
    """
    roomy = [gpu for gpu in gpus if free_gb(gpu, jobs) >= wish.gb]
    if roomy:
        return min(roomy, key=lambda gpu: (free_gb(gpu, jobs), gpu.id)).id, []
    ways = [(gpu.id, leaving) for gpu in gpus if (leaving := _who_leaves(gpu, jobs, wish))]
    return min(ways, key=lambda way: (len(way[1]), sum(job.gb for job in way[1]), way[0]), default=None)


def _who_leaves(gpu: Gpu, jobs: Sequence[Job], wish: Job) -> list[Job]:
    room = free_gb(gpu, jobs)
    leaving: list[Job] = []
    lesser = [job for job in jobs if job.gpu == gpu.id and job.priority < wish.priority]
    for job in sorted(lesser, key=lambda job: (job.priority, -job.number)):
        if room >= wish.gb:
            break
        leaving.append(job)
        room += job.gb
    return leaving if room >= wish.gb else []


def settle(gpus: Sequence[Gpu], jobs: Sequence[Job]) -> list[Job]:
    """The jobs once the line has moved on as far as it can. Nobody overtakes: a large job is not put off for ever."""
    now = list(jobs)
    while line := in_line(now):
        placed = place(gpus, now, line[0])
        if placed is None:
            break
        gpu, leaving = placed
        names = {job.name for job in leaving}
        now = [replace(job, gpu=None) if job.name in names else job for job in now]
        now = [replace(job, gpu=gpu) if job.name == line[0].name else job for job in now]
    return now
