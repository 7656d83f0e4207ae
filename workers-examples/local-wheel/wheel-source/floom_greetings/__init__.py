"""Greetings in six languages."""

_GREETINGS = {
    "de": "Hallo, {name}!",
    "en": "Hello, {name}!",
    "es": "¡Hola, {name}!",
    "fr": "Bonjour, {name} !",
    "ja": "こんにちは、{name}さん!",
    "sw": "Habari, {name}!",
}


def greet(name: str, language: str) -> str:
    """Greets `name` in `language` (a two-letter code); raises KeyError for a language it does not know."""
    return _GREETINGS[language].format(name=name)
