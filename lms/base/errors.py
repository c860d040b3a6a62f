"""Expected refusals. Programming errors are not caught anywhere; these are turned into sentences by the outer layers."""


class Refused(Exception):  # noqa: N818 - it reads as the house says it: raise Refused("reason-code")
    """A wish that the rules do not grant; `code` names the reason, `detail` holds the values its sentence needs."""

    def __init__(self, code: str, **detail: object) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


class NotFound(Exception):  # noqa: N818
    """The thing does not exist, or this reader may not know that it does."""
