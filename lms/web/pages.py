"""Rendering of a whole page."""

from flask import render_template


def render(template: str, **values: object) -> str:
    """The page of a template; the layout's own values come from lms.web.layout."""
    return render_template(template, **values)
