"""Keeps the worker's only place taken."""

import time


def run(inputs: dict, context: object) -> dict:
    time.sleep(inputs["seconds"])
    return {}
