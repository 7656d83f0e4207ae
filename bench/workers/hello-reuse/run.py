"""The smallest worker: a function that takes the inputs and returns the outputs."""


def run(inputs: dict, context: object) -> dict:
    greeting = f"Hello, {inputs['name']}!"
    print(greeting)
    return {"greeting": greeting}
