"""How a query ends when it cannot be answered."""


class QueryFailed(Exception):
    """`code` is one of the codes of contract/queries/failures.ts, or `invalid_inputs`; the text is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
