"""Marking of sentences that are translated later, where the reader's language is known."""


def N_(msgid: str) -> str:
    """The sentence as it is; its being here puts it into the catalogue."""
    return msgid
