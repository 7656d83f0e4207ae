"""Asks query plans one after the other in one process: a line of JSON in, a line out. For tests that ask hundreds."""

import json
import sys

sys.path.insert(0, sys.argv[1])
from floom import _query  # noqa: E402

for line in sys.stdin:
    asked = json.loads(line)
    try:
        told = _query.answer(asked["plan"], asked["inputs"], asked["folder"])
    except BaseException as error:  # noqa: BLE001 - that is what the test looks for
        told = {"status": "raised", "error": f"{type(error).__name__}: {error}"}
    print(json.dumps(told), flush=True)
