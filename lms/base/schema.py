"""Bringing a database up to the newest migration."""

from collections.abc import Callable
from pathlib import Path

import pysqlite3.dbapi2
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from lms.base.db import prepare

MIGRATIONS = Path(__file__).parents[2] / "migrations"  # beside lms, in a checkout and in an installed package


def alembic_config(database_url: str) -> Config:
    """Alembic's settings for a database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["database_url"] = database_url
    return config


def upgrade(database_url: str, revision: str = "head") -> None:
    """Run the migrations that are missing; a database that is up to date is left alone."""
    _on(database_url, lambda config: command.upgrade(config, revision))


def downgrade(database_url: str, revision: str) -> None:
    """Take migrations back, down to a revision; "base" empties the database."""
    _on(database_url, lambda config: command.downgrade(config, revision))


def _on(database_url: str, act: Callable[[Config], None]) -> None:
    options = {"module": pysqlite3.dbapi2} if database_url.startswith("sqlite") else {}
    engine = create_engine(database_url, **options)
    prepare(engine)
    config = alembic_config(database_url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        act(config)
    engine.dispose()
