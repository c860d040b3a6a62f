"""Entries written before there was a chain are numbered without a gap, kept as they were, and go back again."""

from flask import Flask
from sqlalchemy import text

from lms.base import audit, schema
from lms.base.db import db, transaction
from lms.ops.verifying import verify

ADD = "INSERT INTO audit_entries (id, at, act, subject, detail, address) VALUES (:id, '2026-03-01 02:00:00+00:00', :act, 'test', :detail, :address)"


def test_old_entries_are_numbered_sealed_by_the_next_act_and_go_back(app: Flask) -> None:
    url = app.extensions["settings"].database_url
    db.session.remove()
    db.engine.dispose()
    schema.downgrade(url, "0002")
    with db.engine.begin() as connection:
        for number, detail, address in ((7, '{"b": 1, "a": [1.50, "\u00e9"]}', "10.0.0.1"), (3, "{}", None)):
            connection.execute(text(ADD), {"id": number, "act": f"old {number}", "detail": detail, "address": address})

    schema.upgrade(url)
    with transaction():
        audit.record("new", "test")
    whole = verify()
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT seq, act, detail, channel FROM audit_entries ORDER BY seq")).all()
    db.session.remove()
    db.engine.dispose()
    schema.downgrade(url, "0002")
    with db.engine.connect() as connection:
        back = connection.execute(text("SELECT id, act, address FROM audit_entries ORDER BY id")).all()
    schema.upgrade(url)

    assert [tuple(row) for row in rows] == [
        (1, "old 3", "{}", "shell"), (2, "old 7", '{"a":[1.5,"\u00e9"],"b":1}', "web"), (3, "new", "{}", "shell")]
    assert (whole.entries, whole.broken_at) == (3, None)
    assert [tuple(row) for row in back[:2]] == [(1, "old 3", None), (2, "old 7", "10.0.0.1")]
