"""How the runner knows that it is really the edge that says stop."""

from __future__ import annotations

from typing import Any

from .config import Config


def is_stop(config: Config, document: Any) -> bool:
    """
    True for a journal answer that says stop and proves that it comes from who gave us the run token. A status alone
    proves nothing: gateways, proxies and pages of a provider in trouble answer 401, 404, 409 or 410 too, and a script
    that is killed on their word would be run a second time.
    """
    if not isinstance(document, dict) or document.get("stop") is not True:
        return False
    import hmac

    message = f"stop:{config.run_id}:{config.attempt}"
    expected = hmac.new(config.run_token.encode(), message.encode(), "sha256").hexdigest()
    return hmac.compare_digest(expected.encode(), str(document.get("stop_proof")).encode("utf-8", "replace"))
