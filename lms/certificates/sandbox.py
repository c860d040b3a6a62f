"""A design's template is filled in a cage: it may print, compare and loop, but call nothing and reach no attribute of Python."""

from collections.abc import Mapping
from typing import Any, NoReturn

from jinja2 import DictLoader, StrictUndefined
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

Plain = None | bool | int | str | list["Plain"] | dict[str, "Plain"]

FILTERS = ("default", "first", "join", "last", "length", "lower", "upper")


class _Cage(ImmutableSandboxedEnvironment):
    # A string times a billion would fill the memory, and % formats with widths do the same.
    intercepted_binops = frozenset({"*", "**", "%"})

    def call(self, *_: Any, **__: Any) -> NoReturn:
        raise SecurityError("a certificate template cannot call anything")

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> NoReturn:
        raise SecurityError(f"a certificate template has no operator {operator}")


def environment() -> ImmutableSandboxedEnvironment:
    """The environment that designs are parsed and filled in; it knows no other template, no function and seven filters."""
    cage = _Cage(loader=DictLoader({}), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    cage.globals.clear()
    cage.filters = {name: cage.filters[name] for name in FILTERS}
    return cage


def fill(template: str, values: Mapping[str, Plain]) -> str:
    """The HTML of a template with plain values; raises jinja2.TemplateError for whatever the template may not do."""
    return environment().from_string(template).render(plain(dict(values)))


def plain(value: object) -> Any:
    """A copy made of exactly None, bool, int, str, list and dict; TypeError for what could bring code or markup along."""
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) in (list, tuple):
        return [plain(item) for item in value]  # type: ignore[attr-defined]
    if type(value) is dict:
        return {str(name): plain(item) for name, item in value.items()}
    raise TypeError(f"a certificate cannot print a {type(value).__name__}")
