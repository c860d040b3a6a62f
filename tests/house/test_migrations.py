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
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": schema.is_modelled})
        assert compare_metadata(context, Base.metadata) == []


FILLED = """
INSERT INTO units (id, name, code, kind, path) VALUES (1, 'Kota', 'kota', 'instansi', '/1/');
INSERT INTO units (id, parent_id, name, code, kind, path) VALUES (2, 1, 'Dinas', 'dinas', 'dinas', '/1/2/');
INSERT INTO persons (id, nip, name, unit_id, role, employment, position, rank, password_hash, active, created_at) VALUES
    (1, '199001012015012001', 'Sari', 2, 'learner', 'PNS', 'Analis', 'Penata Muda (III/a)', 'hash', true, '2026-01-05 01:00:00+00:00'),
    (2, '198502022010011002', 'Budi', 2, 'trainer', 'PNS', 'Widyaiswara', 'III/d', 'hash', true, '2026-01-05 01:00:00+00:00'),
    (3, '197803032005012003', 'Wati', 2, 'supervisor', 'PNS', 'Kepala', 'IV/a', 'hash', true, '2026-01-05 01:00:00+00:00'),
    (4, '198004042006041004', 'Agus', 1, 'admin', 'PNS', 'Kabid', 'IV/a', 'hash', true, '2026-01-05 01:00:00+00:00');
INSERT INTO module_trainers (person_id, module_id) VALUES (2, 'sapa');
INSERT INTO sign_ins (token_hash, person_id, created_at, seen_at) VALUES ('t', 1, '2026-01-06 01:00:00+00:00', '2026-01-06 01:00:00+00:00');
INSERT INTO audit_entries (id, at, actor_id, about_id, act, subject, detail)
    VALUES (1, '2026-01-06 01:00:00+00:00', 4, 1, 'person.changed', 'person:1', '{"name": ["Sri", "Sari"]}');
INSERT INTO enrolments (id, person_id, module_id, round, revision, started_at)
    VALUES (1, 1, 'sapa', 1, 'r', '2026-01-06 01:00:00+00:00')
"""


def test_an_upgrade_of_the_first_version_keeps_everything_that_people_have(app: Flask) -> None:
    url = app.extensions["settings"].database_url
    db.session.remove()
    db.engine.dispose()
    schema.downgrade(url, "base")
    schema.upgrade(url, "0001")
    with db.engine.begin() as connection:
        for statement in FILLED.split(";\n"):
            connection.exec_driver_sql(statement)
    db.engine.dispose()

    schema.upgrade(url)

    def rows(query: str) -> list[tuple[object, ...]]:
        with db.engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    assert rows("SELECT person_id, role, unit_id, module_id FROM grants ORDER BY person_id") == [
        (2, "trainer", None, "sapa"), (3, "supervisor", 2, None), (4, "admin", None, None)]
    assert rows("SELECT id, name, rank FROM persons ORDER BY id")[:2] == [(1, "Sari", "III/a"), (2, "Budi", "III/d")]
    assert rows("SELECT person_id, unit_id FROM postings ORDER BY person_id") == [(1, 2), (2, 2), (3, 2), (4, 1)]
    assert rows("SELECT count(*) FROM enrolments") == rows("SELECT count(*) FROM audit_entries") == [(1,)]
