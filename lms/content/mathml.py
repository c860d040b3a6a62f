"""Formulas: LaTeX becomes MathML, which is checked element by element because no sanitiser will see it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from html import escape

from latex2mathml import exceptions
from latex2mathml.converter import convert

from lms.content.leaves import Leaves
from lms.content.problems import Problems

SPACE = "{http://www.w3.org/1998/Math/MathML}"
ELEMENTS = {
    "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "ms", "mfrac", "msqrt", "mroot", "mstyle", "mpadded", "mphantom",
    "menclose", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts", "none", "mtable",
    "mtr", "mtd", "mlabeledtr",
}
ATTRIBUTES = {
    "display", "displaystyle", "scriptlevel", "mathvariant", "stretchy", "fence", "form", "separator", "lspace", "rspace",
    "minsize", "maxsize", "symmetric", "largeop", "movablelimits", "accent", "accentunder", "linethickness", "width", "height",
    "depth", "voffset", "columnalign", "columnlines", "rowlines", "columnspacing", "rowspacing", "rowalign", "notation", "frame",
    "side", "alttext",
}
LONGEST = 2_000
# The converter's own refusals, and what else it raises on input it did not foresee.
REFUSALS: tuple[type[Exception], ...] = (
    ET.ParseError, RecursionError, ValueError, LookupError, AttributeError, TypeError,
    *(kind for kind in vars(exceptions).values() if isinstance(kind, type) and issubclass(kind, Exception)),
)


class NotMath(ValueError):
    """A formula that cannot be shown as MathML."""


def formula(tex: str, line: int, leaves: Leaves, problems: Problems, *, display: bool) -> str:
    """A stand-in for the formula; for its source as code, with a warning, when it is not understood."""
    tex = tex.strip()
    try:
        made = leaves.own(mathml(tex, display=display), plain=tex)
    except NotMath:
        problems.note("math", line, tex=tex[:80])
        shown = f"<code>{escape(tex)}</code>"
        return leaves.block(f"<p>{shown}</p>") if display else leaves.author(shown)
    return made


def mathml(tex: str, *, display: bool) -> str:
    """MathML with the source as alternative text. Raises NotMath."""
    if not tex or len(tex) > LONGEST:
        raise NotMath(tex)
    try:
        root = ET.fromstring(convert(tex, display="block" if display else "inline"))  # noqa: S314 - made by the converter
    except REFUSALS as failure:
        raise NotMath(tex) from failure
    for element in root.iter():
        _check(element)
    root.set("alttext", tex)
    return ET.tostring(root, encoding="unicode", short_empty_elements=False)


def _check(element: ET.Element) -> None:
    element.tag = element.tag.removeprefix(SPACE)
    if element.tag not in ELEMENTS or not set(element.attrib) <= ATTRIBUTES:
        raise NotMath(element.tag)
