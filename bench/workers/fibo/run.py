"""Computes a Fibonacci number the slow way: a little work, as the benchmarks of workflow engines have it."""


def fibo(n: int) -> int:
    return n if n < 2 else fibo(n - 1) + fibo(n - 2)


def run(inputs: dict, context: object) -> dict:
    return {"value": fibo(inputs["n"])}
