"""Prints a few lines, far enough apart that a runner that is watched posts each by itself."""

import time


def run(inputs: dict, context: object) -> dict:
    for number in range(inputs["lines"]):
        print(f"line {number}", flush=True)
        time.sleep(0.5)
    return {}
