"""
Answers one action of a query worker: search, filter, stats, get, or a statement of its own. Nothing of the worker's is
executed; what is asked of the data goes through `guard`, which lets nothing but reading through.
"""

import json
import os
import sys
import threading
import time
from typing import Any, Dict, Mapping

from .answer import answer_action
from .failure import QueryFailed
from .guard import Guard, guarded
from .source import open_source

# So much longer than its time may a query hold on in one single step of SQLite, which nothing interrupts.
GRACE_SECONDS = 3.0


def answer(plan: Mapping[str, Any], inputs: Mapping[str, Any], folder: str) -> Dict[str, Any]:
    """
    The document for result.json. `plan`: `queryPlanSchema` of contract/queries/query.ts. `inputs`: checked by the action's
    schema. `folder`: where the files of the bundle, uploads and contexts lie. Raises nothing that hostile data can bring about.
    """
    try:
        return {"status": "success", "outputs": _answer(plan, inputs, folder)}
    except QueryFailed as failed:
        return {"status": "error", "error_code": failed.code, "error": str(failed)}
    except MemoryError:
        return {"status": "error", "error_code": "query_too_large", "error": "The query needs more memory than it may have."}
    except RecursionError:
        return {"status": "error", "error_code": "invalid_source", "error": "The data is nested too deeply."}


def _answer(plan: Mapping[str, Any], inputs: Mapping[str, Any], folder: str) -> Dict[str, Any]:
    deadline = time.monotonic() + plan["timeout_seconds"]
    action = plan["action"]
    with open_source(plan, inputs, folder, deadline) as source:
        guard = Guard(plan, source.shadows, action["kind"] == "search")
        with guarded(source.database, guard, deadline):
            return answer_action(plan, source, inputs)


def answer_run(inputs: Mapping[str, Any]) -> Dict[str, Any]:
    """The same of the run whose environment this is."""
    plan = json.loads(os.environ["FLOOM_QUERY"])
    watch = threading.Timer(plan["timeout_seconds"] + GRACE_SECONDS, _give_up)
    watch.daemon = True
    watch.start()
    document = answer(plan, inputs, os.getcwd())
    watch.cancel()
    return document


def _give_up() -> None:
    """SQLite looks at its time between two steps; a single one can be made to take long."""
    print("The query held on beyond its time and was ended.", file=sys.stderr, flush=True)
    document = {"status": "error", "error_code": "query_timeout", "error": "The query took longer than it may."}
    with open("result.json", "w", encoding="utf-8") as file:
        json.dump(document, file)
    os._exit(0)
