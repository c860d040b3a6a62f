"""Whatever is done to the audit log in the database is found by the next check, and named by its number."""

import logging
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Connection, select, text

from lms.base import audit, clock
from lms.base.audit import AuditEntry, AuditHead, audit_key, head_mac
from lms.base.db import db, transaction
from lms.ops import service, verifying
from lms.ops.models import AuditCheck
from lms.ops.verifying import Mark, verify
from tests import build

Tamper = Callable[[Connection], object]


def sql(statement: str) -> Tamper:
    return lambda connection: connection.exec_driver_sql(statement)


def both(*tampers: Tamper) -> Tamper:
    return lambda connection: [tamper(connection) for tamper in tampers]


COPY = ("INSERT INTO audit_entries (seq, at, actor_id, acting_for, about_id, act, subject, detail, salt, detail_hash, address, channel, request, hash) "
        "SELECT {seq}, at, actor_id, acting_for, about_id, act, subject, detail, salt, detail_hash, address, channel, request, {hash} "
        "FROM audit_entries WHERE seq = {of}")
LAST_TWO = ("UPDATE audit_entries SET seq = 100 WHERE seq = 3", "UPDATE audit_entries SET seq = 3 WHERE seq = 4", "UPDATE audit_entries SET seq = 4 WHERE seq = 100")
TAMPERED: dict[str, tuple[int, str, Tamper]] = {
    "the actor": (3, "changed", sql("UPDATE audit_entries SET actor_id = 77 WHERE seq = 3")),
    "the one stood in for": (3, "changed", sql("UPDATE audit_entries SET acting_for = 77 WHERE seq = 3")),
    "the one it is about": (3, "changed", sql("UPDATE audit_entries SET about_id = NULL WHERE seq = 3")),
    "the act": (3, "changed", sql("UPDATE audit_entries SET act = 'other' WHERE seq = 3")),
    "the subject": (3, "changed", sql("UPDATE audit_entries SET subject = 'other' WHERE seq = 3")),
    "the time": (3, "changed", sql("UPDATE audit_entries SET at = '2020-01-01 00:00:00.000000+00:00' WHERE seq = 3")),
    "the address": (3, "changed", sql("UPDATE audit_entries SET address = '1.1.1.1' WHERE seq = 3")),
    "the channel": (3, "changed", sql("UPDATE audit_entries SET channel = 'job' WHERE seq = 3")),
    "the request": (3, "changed", sql("UPDATE audit_entries SET request = 'other' WHERE seq = 3")),
    "the detail": (3, "detail", sql("UPDATE audit_entries SET detail = '{\"n\":9}' WHERE seq = 3")),
    "the salt": (3, "detail", sql("UPDATE audit_entries SET salt = 'other' WHERE seq = 3")),
    "detail, salt and their hash": (3, "changed", sql("UPDATE audit_entries SET detail = '{}', salt = '', detail_hash = "
                                                      "'44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a' WHERE seq = 3")),
    "the detail taken away in silence": (3, "erased", sql("UPDATE audit_entries SET detail = NULL, salt = NULL WHERE seq = 3")),
    "the detail without its salt": (3, "detail", sql("UPDATE audit_entries SET detail = NULL WHERE seq = 3")),
    "the seal": (3, "changed", sql("UPDATE audit_entries SET hash = 'other' WHERE seq = 3")),
    "the seal taken away": (3, "changed", sql("UPDATE audit_entries SET hash = '' WHERE seq = 3")),
    "the first removed": (1, "missing", sql("DELETE FROM audit_entries WHERE seq = 1")),
    "the first removed, the others moved up": (1, "changed", both(sql("DELETE FROM audit_entries WHERE seq = 1"), *(
        sql(f"UPDATE audit_entries SET seq = {seq - 1} WHERE seq = {seq}") for seq in range(2, 6)))),
    "one in the middle removed": (3, "missing", sql("DELETE FROM audit_entries WHERE seq = 3")),
    "one in the middle removed, the others moved up": (3, "changed", both(sql("DELETE FROM audit_entries WHERE seq = 3"), *(
        sql(f"UPDATE audit_entries SET seq = {seq - 1} WHERE seq = {seq}") for seq in range(4, 6)))),
    "the last removed": (5, "cut", sql("DELETE FROM audit_entries WHERE seq = 5")),
    "everything removed": (1, "cut", sql("DELETE FROM audit_entries")),
    "two swapped": (3, "changed", both(*map(sql, LAST_TWO))),
    "one inserted at the end": (6, "changed", sql(COPY.format(seq=6, hash="hash", of=5))),
    "one inserted in the middle": (3, "changed", both(
        *(sql(f"UPDATE audit_entries SET seq = {seq + 1} WHERE seq = {seq}") for seq in range(5, 2, -1)), sql(COPY.format(seq=3, hash="hash", of=1)))),
    "the head moved back": (4, "head", sql("UPDATE audit_heads SET seq = 4")),
    "the head made up": (5, "head", sql("UPDATE audit_heads SET hash = 'other'")),
    "the head removed": (5, "head", sql("DELETE FROM audit_heads")),
    "the head removed and all seals": (5, "older", both(sql("DELETE FROM audit_heads"), sql("UPDATE audit_entries SET hash = ''"))),
}


@pytest.fixture
def log(app: Flask) -> None:
    """Five entries, and a mark that they were seen."""
    for number in range(1, 6):
        with transaction():
            audit.record(f"act {number}", f"thing:{number}", about=number, detail={"n": number})


def tamper(change: Tamper) -> None:
    db.session.rollback()
    with db.engine.begin() as connection:
        change(connection)


def mark() -> Mark:
    last = db.session.execute(select(AuditHead.seq, AuditHead.hash)).one()
    db.session.rollback()
    return Mark(last.seq, last.hash)


@pytest.mark.parametrize("what", TAMPERED)
def test_d09_tampering_is_found_and_named(log: None, what: str) -> None:
    seen = mark()
    whole = verify(seen)
    broken_at, fault, change = TAMPERED[what]

    tamper(change)

    found = verify(seen)
    assert (whole.entries, whole.broken_at) == (5, None)
    assert (found.broken_at, found.fault) == (broken_at, fault)


@pytest.mark.parametrize("what", TAMPERED)
def test_d09_later_acts_do_not_cover_it_up(log: None, what: str) -> None:
    seen = mark()
    tamper(TAMPERED[what][2])
    for _ in range(2):
        with transaction():
            audit.record("later", "test")

    assert verify(seen).broken_at is not None


def test_d09_an_end_cut_off_with_its_genuine_old_head_is_found_by_the_mark(log: None) -> None:
    seen, key = mark(), audit_key()
    fourth = db.session.scalars(select(AuditEntry.hash).where(AuditEntry.seq == 4)).one()
    old = {"seq": 4, "hash": fourth, "mac": head_mac(4, fourth, key)}

    tamper(lambda connection: [connection.execute(text("DELETE FROM audit_entries WHERE seq = 5")),
                               connection.execute(AuditHead.__table__.update().values(**old))])

    assert verify().broken_at is None  # the database alone looks whole
    assert verify(seen).broken_at == 5
    assert verify(seen).fault == "older"


def test_d09_whoever_has_no_key_cannot_reseal_what_she_changed(log: None, app: Flask) -> None:
    def reseal(connection: Connection) -> None:
        rows = connection.execute(select(*AuditEntry.__table__.c).order_by(AuditEntry.seq)).all()
        previous = ""
        for row in rows:
            changed = {**row._mapping, "act": "other"}
            previous = audit.entry_hash(changed, previous, b"a key that is guessed")
            connection.execute(AuditEntry.__table__.update().where(AuditEntry.seq == row.seq).values(act="other", hash=previous))
        connection.execute(AuditHead.__table__.update().values(hash=previous, mac=head_mac(5, previous, b"a key that is guessed")))

    tamper(reseal)

    assert verify().broken_at is not None


def test_acts_written_while_the_check_runs_are_no_break(log: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "BATCH", 2)
    step = verifying._step

    def stepping(walk: object, row: object) -> None:
        step(walk, row)  # type: ignore[arg-type]
        if row.seq in {2, 5}:  # type: ignore[attr-defined]
            with transaction():
                audit.record("meanwhile", "test")

    monkeypatch.setattr(verifying, "_step", stepping)

    assert (verify().entries, verify().broken_at) == (7, None)


def test_an_erased_detail_is_no_break_but_a_second_one_in_its_shadow_is(app: Flask) -> None:
    sari, budi = build.person(), build.person("Budi")
    for person in (sari, budi):
        with transaction():
            audit.record("person.changed", f"person:{person}", about=person, detail={"name": "x"})
    with transaction():
        audit.forget_detail(sari)
    whole = verify()

    tamper(sql("UPDATE audit_entries SET detail = NULL, salt = NULL WHERE seq = 2"))

    assert whole.broken_at is None
    assert (verify().broken_at, verify().fault) == (2, "erased")


def test_d09_a_break_is_an_alert_in_the_log_and_a_row(log: None, caplog: pytest.LogCaptureFixture) -> None:
    service.check()
    tamper(TAMPERED["the actor"][2])
    with caplog.at_level(logging.INFO, "lms.security"):
        service.check()

    rows = db.session.execute(select(AuditCheck.entries, AuditCheck.broken_at, AuditCheck.fault).order_by(AuditCheck.id)).all()
    assert [tuple(row) for row in rows] == [(5, None, None), (2, 3, "changed")]
    assert [(record.levelname, '"event": "audit.broken"' in record.getMessage()) for record in caplog.records] == [("ERROR", True)]


def test_the_mark_moves_with_each_check_that_finds_the_chain_whole(log: None) -> None:
    service.check()
    first = verifying.read_mark(service.mark_file())
    tamper(TAMPERED["the last removed"][2])
    service.check()

    assert first == Mark(5, mark().hash)
    assert verifying.read_mark(service.mark_file()) == first


@pytest.fixture(autouse=True)
def _no_mark(app: Flask) -> None:
    service.mark_file().unlink(missing_ok=True)
    assert clock.now()
