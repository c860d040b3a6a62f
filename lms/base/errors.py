"""Expected refusals. Programming errors are not caught anywhere; these are turned into sentences by the outer layers."""


class Refused(Exception):
    """A wish that the rules do not grant; `code` names the reason, `detail` holds the values its sentence needs."""

    def __init__(self, code: str, **detail: object) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


class NotFound(Exception):
    """The thing does not exist, or this reader may not know that it does."""
