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

CLASSES = frozenset(name for name in STANDARD_TYPES.values() if name) | {"hl"}
LONGEST = 50_000
_FORMATTER = HtmlFormatter(nowrap=True)


def code_block(text: str, info: str) -> str:
    """A `<pre>` block; coloured when the fence names a language that is known."""
    name = re.match(r"[\w+#.-]*", info.strip().strip("{.").lower())
    lexer = _lexer(name[0]) if name and name[0] and len(text) <= LONGEST else None
    if lexer is None:
        return f"<pre><code>{escape(text)}</code></pre>"
    return f'<pre><code class="hl">{highlight(text, lexer, _FORMATTER)}</code></pre>'


@lru_cache(maxsize=64)
def _lexer(name: str) -> Lexer | None:
    try:
        return get_lexer_by_name(name, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
