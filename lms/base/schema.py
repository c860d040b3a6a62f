"""Bringing a database up to the newest migration."""

from collections.abc import Callable
from pathlib import Path

import pysqlite3.dbapi2
from alembic import command
from alembic.config import Config
from alembic.script.revision import ResolutionError
from alembic.util.exc import CommandError
from sqlalchemy import Connection, create_engine

from lms.base.db import prepare
from lms.config import SettingsError

NEWER = "Basis data ini berasal dari versi Simpul yang lebih baru. Pasang versi itu, lalu jalankan lagi."
MIGRATIONS = Path(__file__).parents[2] / "migrations"  # beside lms, in a checkout and in an installed package


ADDED_TO_TABLES = frozenset({"fk_persons_merged_into", "fk_persons_supervisor_id", "fk_units_successor_id"})


def is_modelled(_thing: object, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
    """Whether a difference between the database and the models counts.

    What begins with "find_" is for searching and kept by migrations alone. A foreign key that was added to a table is read back from
    SQLite without its name and its ON DELETE.
    """
    if kind == "foreign_key_constraint" and (name is None if reflected else name in ADDED_TO_TABLES):
        return False
    return not (name or "").startswith("find_")


def alembic_config(database_url: str) -> Config:
    """Alembic's settings for a database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["database_url"] = database_url
    return config


def upgrade(database_url: str, revision: str = "head") -> None:
    """Run the migrations that are missing; a database that is up to date is left alone. Raises SettingsError for a newer one."""
    _on(database_url, lambda config: command.upgrade(config, revision))


def downgrade(database_url: str, revision: str) -> None:
    """Take migrations back, down to a revision; "base" empties the database."""
    _on(database_url, lambda config: command.downgrade(config, revision))


def _on(database_url: str, act: Callable[[Config], None]) -> None:
    options = {"module": pysqlite3.dbapi2} if database_url.startswith("sqlite") else {}
    engine = create_engine(database_url, **options)
    prepare(engine)
    config = alembic_config(database_url)
    try:
        with engine.connect() as connection:
            _let_tables_be_rebuilt(connection)
            with connection.begin():
                config.attributes["connection"] = connection
                act(config)
                _all_references_hold(connection)
    except CommandError as error:
        if isinstance(error.__cause__, ResolutionError):
            raise SettingsError(NEWER) from error
        raise
    finally:
        engine.dispose()


def _let_tables_be_rebuilt(connection: Connection) -> None:
    """SQLite changes a column by a new table in the old one's place; dropping the old one must not take along what refers to it."""
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")  # type: ignore[union-attr]


def _all_references_hold(connection: Connection) -> None:
    if connection.dialect.name == "sqlite" and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
        raise RuntimeError(f"the migration left {len(broken)} references that lead nowhere, the first in {broken[0][0]}")
