"""One head; up, down and up again; the database after it equals the models."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from lms.base import schema
from lms.base.db import Base, db


def test_there_is_one_newest_migration() -> None:
    script = ScriptDirectory.from_config(schema.alembic_config("sqlite://"))

    assert len(script.get_heads()) == 1


def test_migrations_go_down_and_up_again_and_then_equal_the_models(app: Flask) -> None:
    url = app.extensions["settings"].database_url
    db.session.remove()
    db.engine.dispose()

    schema.downgrade(url, "base")
    schema.upgrade(url)

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
