"""Cells that are no text, though they are read as one. Pure."""


class Number(str):
    """A cell that holds a number: beyond 15 digits a spreadsheet has rounded it."""

    __slots__ = ()


class Broken(str):
    """A formula without a stored result, an error such as #N/A, or a date that is none."""

    __slots__ = ()
