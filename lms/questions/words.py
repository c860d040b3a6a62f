"""The words of a line of Markdown, for places that can hold no markup."""

from markdown_it import MarkdownIt

_PARSER = MarkdownIt("commonmark")


def plain_words(markdown: str) -> str:
    """The text without its marks; a picture is its alternative text, HTML tags are dropped.

    >>> plain_words("**Loket** 2, `KTP`")
    'Loket 2, KTP'
    """
    tokens = _PARSER.parseInline(markdown)[0].children or []
    kept = [" " if "break" in token.type else token.content for token in tokens if token.type != "html_inline"]
    return " ".join("".join(kept).split())
