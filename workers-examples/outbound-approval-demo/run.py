"""Two phases: the first run drafts and asks, the follow-up run sends exactly what was approved."""

import json
from pathlib import Path


def draft(inputs: dict) -> dict:
    return {
        "to": inputs["recipient"],
        "subject": f"About {inputs['topic']}",
        "body": f"Hello,\n\nmay I tell you more about {inputs['topic']}?\n",
    }


def send(mail: dict) -> str:
    # A real worker would hand the mail to a provider here. This is the only place where anything leaves.
    print(f"Sending to {mail['to']}: {mail['subject']}")
    return "sent"


def main() -> None:
    inputs = json.loads(Path("inputs.json").read_text())
    if inputs["decision"] == "approved":
        mail = inputs["approved_output"]
        result = {"outputs": {**mail, "delivery": send(mail)}}
    else:
        mail = draft(inputs)
        print("Drafted; waiting for a person.")
        preview = f"To: {mail['to']}\nSubject: {mail['subject']}\n\n{mail['body']}"
        ask = {"label": f"Send the e-mail to {mail['to']}", "preview": preview, "preview_type": "email"}
        result = {"outputs": mail, "decision_required": ask}
    Path("result.json").write_text(json.dumps({"status": "success", **result}))


main()
