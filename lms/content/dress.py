"""Gives sanitised HTML what only we may add: regions that scroll, the table's class, the footnotes' name."""

from __future__ import annotations

import re
from html import escape

from lms.content.labels import Labels

TABLE = re.compile(r"<(/?)table\b[^>]*>")
CAPTION = re.compile(r"\s*<caption\b[^>]*>(.*?)</caption>", re.DOTALL)
PRE = re.compile(r"<pre\b[^>]*>")


def dress(html: str, labels: Labels) -> str:
    """HTML as the design system wants it."""
    return _footnotes(_code(_tables(html, labels), labels), labels)


def _tables(html: str, labels: Labels) -> str:
    """Every outermost table in a region that can be scrolled with the keyboard; nested ones stay inside it."""
    written, end, depth, count = [], 0, 0, 0
    for found in TABLE.finditer(html):
        closing = bool(found[1])
        written.append(html[end:found.start()])
        end = found.end()
        if closing:
            depth -= 1
            written.append("</table></div>" if depth == 0 else "</table>")
            continue
        count += depth == 0
        written.append(_region(html, end, labels, count) * (depth == 0) + '<table class="table">')
        depth += 1
    return "".join(written) + html[end:]


def _region(html: str, start: int, labels: Labels, count: int) -> str:
    caption = CAPTION.match(html, start)
    name = re.sub(r"<[^>]*>", "", caption[1]).strip() if caption else ""
    label = name.replace('"', "&quot;") or escape(labels["table"] % {"n": str(count)})
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{label}">'


def _code(html: str, labels: Labels) -> str:
    count = iter(range(1, html.count("<pre") + 1))
    return PRE.sub(lambda _: f'<pre tabindex="0" role="region" aria-label="{escape(labels["code"] % {"n": str(next(count))})}">', html)


def _footnotes(html: str, labels: Labels) -> str:
    return html.replace('<div class="footnote">', f'<div class="footnote" role="group" aria-label="{escape(labels["footnotes"])}">', 1)
