"""Alembic's entry: runs the revisions on the connection that lms.base.schema hands over."""

from typing import Any

from alembic import context
from sqlalchemy.types import JSON, TypeDecorator

from lms import wiring  # noqa: F401 - importing the rooms registers their tables
from lms.base.db import Base
from lms.base.schema import is_modelled


def plainly(kind: str, thing: Any, autogen: Any) -> str | bool:
    """Write column types of ours as the plain ones below them, so that a revision outlives our code."""
    if kind == "type" and isinstance(thing, JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    if kind == "type" and isinstance(thing, TypeDecorator):
        return f"sa.{thing.impl!r}"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True, render_item=plainly,
    include_object=is_modelled,
)
with context.begin_transaction():
    context.run_migrations()
