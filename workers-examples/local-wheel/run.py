"""Uses a package that requirements.txt installs from a wheel in this folder."""

from importlib.metadata import version

import floom_greetings


def run(inputs: dict, context: object) -> dict:
    print(f"floom-greetings {version('floom-greetings')}")
    return {"greeting": floom_greetings.greet(inputs["name"], inputs["language"])}
