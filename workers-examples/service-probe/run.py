"""Asks one service whether it is well. A service that is not is an answer, not a failure of the probe."""

import time
import urllib.error
import urllib.request

import stub

_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def run(inputs: dict, context: object) -> dict:
    url = f"{inputs['base_url'] or stub.start()}/{inputs['service']}"
    began = time.monotonic()
    try:
        with _opener.open(url, timeout=inputs["patience_seconds"]) as answer:
            status, error = answer.status, None
    except urllib.error.HTTPError as refused:
        status, error = refused.code, f"it answers {refused.code}"
    except OSError as silent:
        status, error = None, f"it does not answer: {silent}"
    print(f"{inputs['service']}: {error or 'well'}")
    return {
        "service": inputs["service"],
        "ok": error is None,
        "status": status,
        "error": error,
        "took_ms": round((time.monotonic() - began) * 1000),
    }
