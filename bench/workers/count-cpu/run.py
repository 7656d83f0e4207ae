"""Reads what the agent of its sandbox and its runner have spent of the processor when the script is at work."""

import os


def spent_ms(pid: int) -> float:
    with open(f"/proc/{pid}/stat", "rb") as file:
        fields = file.read().rpartition(b")")[2].split()
    # User and system time of the process itself and of its children that have ended.
    return sum(int(field) for field in fields[11:15]) * 1000 / os.sysconf("SC_CLK_TCK")


def run(inputs: dict, context: object) -> dict:
    return {"agent_ms": spent_ms(1), "runner_ms": spent_ms(os.getppid())}
