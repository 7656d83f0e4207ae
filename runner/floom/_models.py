"""Models that a worker asks: `floom.llm("Say hello")`, `floom.llm_batch([...])`, `floom.embed(["a", "b"])`."""

import time
from typing import Any, Dict, Iterable, List, Optional, Union

from ._edge import Refused, ask

ANSWER_SECONDS = 150.0
"""So long one answer may take: a model itself has two minutes."""

Messages = Union[str, List[Dict[str, Any]]]


class ModelFailed(RuntimeError):
    """No model answered. `code` says why: `llm_rate_limited`, `llm_model_not_configured`, `spend_cap_exceeded`, ..."""

    def __init__(self, message: str, code: str, retryable: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.retryable = retryable


class Reply(str):
    """What a model said, with `model`, `finish_reason` (stop, length or refused) and `usage` (tokens and cost_usd)."""

    model: str
    finish_reason: str
    usage: Dict[str, Any]

    def __new__(cls, answer: Dict[str, Any]) -> "Reply":
        made = super().__new__(cls, answer["content"])
        made.model, made.finish_reason, made.usage = answer["model"], answer["finish_reason"], answer["usage"]
        return made


def llm(
    messages: Messages,
    *,
    system: Optional[str] = None,
    model: Optional[str] = None,
    max_tokens: Optional[int] = None,
    temperature: Optional[float] = None,
    timeout: float = 120,
) -> Reply:
    """
    Asks a model and returns what it says. `messages`: a text, or a conversation as `{"role": ..., "content": ...}`. Raises
    ModelFailed; a provider that is busy is asked again for `timeout` seconds.
    """
    request = _request(messages, system=system, model=model, max_tokens=max_tokens, temperature=temperature)
    return Reply(ask_llm(request, timeout))


def llm_batch(requests: Iterable[Union[Messages, Dict[str, Any]]], max_parallel: int = 8) -> List[Union[Reply, ModelFailed]]:
    """
    Asks several at a time. Each request is a text, a conversation, or a dict of what `llm` takes. The answers come in their
    order; where one failed, the ModelFailed stands in its place.
    """
    asked = [_request(**one) if isinstance(one, dict) else _request(one) for one in requests]
    told = [_outcome(one) for one in _ask_batch(asked, max_parallel)]
    return told


def embed(input: Union[str, List[str]], model: Optional[str] = None) -> List[Any]:
    """The vector of a text, or of each text of a list. Raises ModelFailed."""
    told = ask_embeddings({"input": input, **({} if model is None else {"model": model})})
    vectors: List[Any] = told["embeddings"]
    return vectors[0] if isinstance(input, str) else vectors


def ask_llm(request: Dict[str, Any], timeout: float = 120) -> Dict[str, Any]:
    """The API's answer; asked again while the provider is busy."""
    deadline = time.monotonic() + timeout
    delay = 1.0
    while True:
        told = _post("/llm", request)
        error = told["error"]
        if error is None:
            return told
        wait = error["retry_after_seconds"] or delay
        if not error["retryable"] or time.monotonic() + wait >= deadline:
            raise ModelFailed(error["message"], error["code"], error["retryable"])
        time.sleep(wait)
        delay = min(delay * 2, 20)


def ask_embeddings(request: Dict[str, Any]) -> Dict[str, Any]:
    """The API's answer."""
    told = _post("/embeddings", request)
    if told["error"] is not None:
        raise ModelFailed(told["error"]["message"], told["error"]["code"], told["error"]["retryable"])
    return told


def llm_chat(messages: Messages, model: Optional[str] = None, timeout: float = 120, **kw: Any) -> Dict[str, Any]:
    """As the first Floom's library has it: the answer as a document, with `content` and OpenAI's `choices`."""
    return _as_chat(ask_llm(_request(messages, model=model, **kw), timeout))


def llm_chat_batch(requests: List[Dict[str, Any]], max_parallel: int = 8, timeout: float = 300) -> List[Dict[str, Any]]:
    """As the first Floom's library has it: the answers as documents, each with `content` or `error`."""
    return [_as_chat(one) for one in _ask_batch([_request(**one) for one in requests], max_parallel, timeout)]


def _request(
    messages: Messages,
    *,
    system: Optional[str] = None,
    model: Optional[str] = None,
    max_tokens: Optional[int] = None,
    temperature: Optional[float] = None,
) -> Dict[str, Any]:
    said = [{"role": "user", "content": messages}] if isinstance(messages, str) else list(messages)
    if system is not None:
        said = [{"role": "system", "content": system}, *said]
    named = {"model": model, "max_tokens": max_tokens, "temperature": temperature}
    return {"messages": said, **{name: value for name, value in named.items() if value is not None}}


def _ask_batch(requests: List[Dict[str, Any]], max_parallel: int, timeout: float = 600) -> List[Dict[str, Any]]:
    if not requests:
        return []
    told = _post("/llm/batch", {"requests": requests, "max_parallel": max_parallel}, timeout)
    results: List[Dict[str, Any]] = told["results"]
    return results


def _outcome(told: Dict[str, Any]) -> Union[Reply, ModelFailed]:
    error = told["error"]
    return Reply(told) if error is None else ModelFailed(error["message"], error["code"], error["retryable"])


def _as_chat(told: Dict[str, Any]) -> Dict[str, Any]:
    if told["error"] is not None:
        return told
    message = {"role": "assistant", "content": told["content"]}
    return {**told, "choices": [{"index": 0, "message": message, "finish_reason": told["finish_reason"]}]}


def _post(path: str, body: Dict[str, Any], seconds: float = ANSWER_SECONDS) -> Dict[str, Any]:
    try:
        told: Dict[str, Any] = ask("POST", path, body, seconds=seconds)
    except Refused as error:
        raise ModelFailed(str(error), error.code) from None
    return told
