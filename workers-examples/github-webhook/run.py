"""Sums up a push. The payload is the input `event`; headers and raw body lie in the file that FLOOM_EVENT names."""

import json
import os


def read_event_type() -> str:
    """GitHub says the type in a header. A run that was started by hand has no delivery."""
    path = os.environ.get("FLOOM_EVENT")
    if path is None:
        return "push"
    with open(path, encoding="utf-8") as file:
        return json.load(file)["headers"].get("x-github-event", "unknown")


def run(inputs: dict, context: object) -> dict:
    event = inputs["event"]
    commits = event.get("commits", [])
    repository = event.get("repository", {}).get("full_name", "somewhere")
    for commit in commits:
        print(f"{commit['id'][:7]} {commit['message'].splitlines()[0]}")
    who = event.get("pusher", {}).get("name", "somebody")
    branch = event.get("ref", "").removeprefix("refs/heads/")
    summary = f"{who} pushed {len(commits)} commits to {branch} of {repository}"
    return {"summary": summary, "event_type": read_event_type()}
