"""Code blocks, coloured on the server with classes."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound

from lms.content.leaves import Leaves

CLASSES = frozenset(name for name in STANDARD_TYPES.values() if name) | {"hl"}
LONGEST = 50_000
_FORMATTER = HtmlFormatter(nowrap=True)


def code_block(text: str, info: str, leaves: Leaves) -> str:
    """A stand-in for a `<pre>` block; coloured when the fence names a language that is known.

    The colours are our own spans around escaped text, thousands of them, so they do not pass through the sanitisers.
    """
    name = re.match(r"[\w+#.-]*", info.strip().strip("{.").lower())
    lexer = _lexer(name[0]) if name and name[0] and len(text) <= LONGEST else None
    if lexer is None:
        return leaves.block(f"<pre><code>{escape(text)}</code></pre>")
    coloured = leaves.own(highlight(text, lexer, _FORMATTER), plain=text)
    return leaves.block(f'<pre><code class="hl">{coloured}</code></pre>')


@lru_cache(maxsize=64)
def _lexer(name: str) -> Lexer | None:
    try:
        return get_lexer_by_name(name, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
