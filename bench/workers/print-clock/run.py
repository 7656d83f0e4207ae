"""Prints the time as the first line, late enough for somebody to be watching by then."""

import time


def run(inputs: dict, context: object) -> dict:
    time.sleep(inputs["delay_seconds"])
    print(f"{time.time():.6f}")
    return {}
