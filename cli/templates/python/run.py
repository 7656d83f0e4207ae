def run(inputs, context):
    """Gets the inputs of worker.yml by name; returns the outputs by name."""
    print(f"greeting {inputs['name']}")
    return {"greeting": f"Hello, {inputs['name']}!"}
