"""The `floom` command inside a run, for shells and other languages: `floom store ...`, `floom connections call|tools`."""

import argparse
import json
import sys
from typing import Any, Dict, List

from ._connections import ConnectionFailed, connections
from ._models import ModelFailed, ask_embeddings, ask_llm, llm
from ._store import JSON_TYPE, Store, StoreError, _new_key


def main(argv: List[str]) -> int:
    options = build_parser().parse_args(argv)
    if options.group == "connections":
        return use_connection(options)
    if options.group in ("llm", "embed"):
        return ask_model(options)
    return use_store(options)


def use_connection(options: Any) -> int:
    """Prints what came back, or says on standard error why nothing did; with --json both as one document."""
    connection = connections[options.name]
    try:
        if options.command == "tools":
            print_json(connection.tools())
            return 0
        given = json.loads((sys.stdin.read() if options.arguments == "-" else options.arguments) or "{}")
        content = connection.execute(options.tool, given, wait=options.wait, key=options.key)
        print_json({"content": content} if options.json else content)
        return 0
    except ConnectionFailed as error:
        if getattr(options, "json", False):
            print_json({"error": describe(error)})
        else:
            print(f"floom connections: {error.code}: {error}", file=sys.stderr)
        return 1 if error.sent else 5


def ask_model(options: Any) -> int:
    """The API's answer as JSON to what stands on standard input, as JSON too; with a text, what was said."""
    try:
        if options.group == "llm" and options.prompt is not None:
            print(llm(options.prompt, model=options.model))
            return 0
        given = json.loads(sys.stdin.read())
        asked = {"llm": ask_llm, "embed": ask_embeddings}[options.group](given)
        print_json(asked)
        return 0
    except ModelFailed as error:
        if options.group == "llm" and options.prompt is not None:
            print(f"floom {options.group}: {error.code}: {error}", file=sys.stderr)
            return 1
        print_json({"error": {"code": error.code, "message": str(error), "retryable": error.retryable}})
        return 0


def describe(error: ConnectionFailed) -> Dict[str, Any]:
    names = ("code", "content", "retryable", "sent", "approval_id")
    return {"message": str(error), **{name: getattr(error, name) for name in names}}


def print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=True) + "\n")


def use_store(options: Any) -> int:
    store = Store("workspace" if options.workspace else "worker")
    try:
        commands = {
            "get": get,
            "set": set_value,
            "list": list_keys,
            "delete": delete,
            "increment": increment,
            "query": query,
        }
        return commands[options.command](store, options)
    except StoreError as error:
        print(f"floom store: {error}", file=sys.stderr)
        if error.code == "store_conflict":
            return 5
        return 4 if error.code == "not_found" and options.command == "get" else 1


def get(store: Store, options: Any) -> int:
    """As it was written, with a line end behind JSON."""
    body, headers = store._ask("GET", "/entry", {"key": options.key})
    sys.stdout.buffer.write(body)
    if headers.get("content-type") == JSON_TYPE and not options.bytes:
        sys.stdout.buffer.write(b"\n")
    return 0


def set_value(store: Store, options: Any) -> int:
    given = sys.stdin.buffer.read() if options.value is None else options.value.encode("utf-8", "surrogateescape")
    if options.bytes:
        store.set(options.key, given, **conditions(options))
        return 0
    text = given.decode("utf-8")
    line = text[:-1] if options.value is None and text.endswith("\n") else text
    query = {"key": options.key, "ttl_seconds": options.ttl, "if_version": options.if_version}
    try:
        json.loads(line, parse_constant=refuse_constant)
        body = line
    except ValueError:
        body = json.dumps(line)
    once = options.once or (options.if_version and _new_key())
    store._json("PUT", "/entry", query, body.encode(), JSON_TYPE, once)
    return 0


def refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def conditions(options: Any) -> Any:
    return {"ttl": options.ttl, "if_version": options.if_version, "once": options.once}


def list_keys(store: Store, options: Any) -> int:
    for key in store.keys(options.prefix):
        print(key)
    return 0


def delete(store: Store, options: Any) -> int:
    return 0 if store.delete(options.key, if_version=options.if_version) else 4


def increment(store: Store, options: Any) -> int:
    print(store.increment(options.key, options.by, ttl=options.ttl, once=options.once))
    return 0


def query(store: Store, options: Any) -> int:
    """The API's answer as one JSON document."""
    body = json.dumps({"sql": options.sql or sys.stdin.read(), "params": json.loads(options.params)})
    once = (options.once or _new_key()) if options.write else None
    path = "/execute" if options.write else "/query"
    print(json.dumps(store._json("POST", path, {}, body.encode(), JSON_TYPE, once)))
    return 0


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="floom", description="What a run may ask of Floom.")
    groups = parser.add_subparsers(dest="group", required=True)
    commands = groups.add_parser("store").add_subparsers(dest="command", required=True)

    def add(name: str, *words: str, optional: str = "") -> argparse.ArgumentParser:
        command = commands.add_parser(name)
        for word in words:
            command.add_argument(word)
        if optional:
            command.add_argument(optional, nargs="?")
        command.add_argument("--workspace", action="store_true", help="the store that all workers share")
        command.add_argument("--ttl", type=int, help="gone after so many seconds")
        command.add_argument("--if-version", help="only if the key has this version, or none")
        command.add_argument("--once", help="an idempotency key")
        command.add_argument("--bytes", action="store_true", help="bytes as they are")
        return command

    add("get", "key")
    add("set", "key", optional="value")
    add("list").add_argument("prefix", nargs="?", default="")
    add("delete", "key")
    add("increment", "key").add_argument("by", nargs="?", type=int, default=1)
    calls = groups.add_parser("connections").add_subparsers(dest="command", required=True)
    calls.add_parser("tools").add_argument("name")
    call = calls.add_parser("call")
    call.add_argument("name")
    call.add_argument("tool")
    call.add_argument("arguments", nargs="?", default="{}", help="a JSON object; - reads it from standard input")
    call.add_argument("--wait", type=float, help="wait so many seconds at most for a person's approval")
    call.add_argument("--key", help="an idempotency key")
    call.add_argument("--json", action="store_true", help="failures on standard output, too")
    model = groups.add_parser("llm")
    model.add_argument("prompt", nargs="?", help="left out: a request of the API is read from standard input")
    model.add_argument("--model")
    groups.add_parser("embed")
    asking = add("query", optional="sql")
    asking.add_argument("--params", default="[]", help="a JSON list")
    asking.add_argument("--write", action="store_true", help="it may change tables")
    return parser
