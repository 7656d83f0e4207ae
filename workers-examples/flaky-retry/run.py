import os


def run(inputs, context):
    attempt = int(os.environ["FLOOM_ATTEMPT"])
    if attempt == 1:
        raise RuntimeError("the first attempt always fails here")
    print(f"attempt {attempt} went well for {inputs['customer']}")
    return {"attempt": attempt}
