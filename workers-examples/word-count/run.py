"""Counts the words of a text."""


def run(inputs: dict, context: object) -> dict:
    words = len(inputs["text"].split())
    print(f"{words} words")
    return {"words": words}
