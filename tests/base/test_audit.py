"""The audit log: in the transaction of its act, in the order of commits, without a gap."""

import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, g
from sqlalchemy import event, select, text

from lms.base import asking, audit, clock
from lms.base.audit import AuditEntry, AuditHead
from lms.base.db import db, transaction
from lms.base.throttle import Throttle
from lms.ops.verifying import Verdict, verify
from tests import build
from tests.house.town import SignIn


def acts() -> list[tuple[int, str]]:
    db.session.rollback()
    return [tuple(row) for row in db.session.execute(select(AuditEntry.seq, AuditEntry.act).order_by(AuditEntry.seq))]


def test_an_act_that_was_taken_back_was_never_recorded(app: Flask) -> None:
    def broken() -> None:
        with transaction():
            audit.record("one", "test")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    with transaction():
        audit.record("two", "test")

    assert acts() == [(1, "two")]


def test_acts_of_inner_blocks_and_of_a_flush_are_numbered_in_their_order(app: Flask) -> None:
    def flushed(*_: object) -> None:
        audit.record("flushed", "test")

    event.listen(Throttle, "after_insert", flushed)
    try:
        with transaction():
            audit.record("outer", "test")
            with transaction():
                audit.record("inner", "test")
            db.session.add(Throttle(key="k", count=1, ends_at=clock.now()))
    finally:
        event.remove(Throttle, "after_insert", flushed)

    assert acts() == [(1, "outer"), (2, "inner"), (3, "flushed")]
    assert verify().broken_at is None


def test_an_act_outside_of_a_transaction_is_a_programming_error(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="outside transaction"):
        audit.record("lost", "test")


def test_an_entry_says_who_for_whom_from_where_and_through_what(app: Flask) -> None:
    wati, sari = build.person("Wati"), build.person("Sari")
    with app.test_request_context(environ_base={"REMOTE_ADDR": "10.1.2.3"}):
        g.acting_for = wati
        g.request_id = "abc"
        with transaction():
            audit.record("one", "test", about=sari, actor=wati, detail={"b": [1, 2], "a": "é"})

    row = db.session.execute(select(*AuditEntry.__table__.c)).one()._asdict()
    secrets = {name: row.pop(name) for name in ("salt", "detail_hash", "hash")}
    assert row == {
        "seq": 1, "at": clock.now(), "actor_id": wati, "acting_for": wati, "about_id": sari, "act": "one", "subject": "test",
        "detail": {"a": "é", "b": [1, 2]}, "address": "10.1.2.3", "channel": "web", "request": "abc",
    }
    assert [len(secret) for secret in secrets.values()] == [32, 64, 64]


def test_the_reader_of_a_request_is_the_actor(app: Flask, sign_in: SignIn) -> None:
    admin, sari = build.person(role="admin"), build.person()

    sign_in(admin).send(f"/people/{sari}/account", f"/people/{sari}/code")

    row = db.session.execute(
        select(AuditEntry.actor_id, AuditEntry.about_id, AuditEntry.address, AuditEntry.channel, AuditEntry.request)
        .where(AuditEntry.act == "code.issued")).one()
    assert tuple(row[:4]) == (admin, sari, "127.0.0.1", "web")
    assert len(row.request) == 12


def test_the_shell_and_the_worker_are_told_apart(app: Flask) -> None:
    for channel in ("shell", "job"):
        with app.test_request_context(), asking.through(channel), transaction():
            audit.record(channel, "test")

    rows = db.session.execute(select(AuditEntry.channel, AuditEntry.address).order_by(AuditEntry.seq)).all()
    assert [(row.channel, (row.address or "")[:3]) for row in rows] == [("shell", "os:"), ("job", "")]


def test_transactions_at_once_leave_no_gap_and_are_numbered_as_they_commit(app: Flask) -> None:
    committed: list[int] = []
    lock, begin = threading.Lock(), threading.Barrier(8)

    def act(number: int) -> None:
        with app.app_context():
            begin.wait()
            for turn in range(10):
                with transaction():
                    audit.record(f"{number}.{turn}", "test")
                with lock:
                    committed.append(number)
                if turn % 3 == 0:
                    _broken()
            db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: contextvars.Context().run(act, number), range(8)))

    found = acts()
    assert [seq for seq, _act in found] == list(range(1, 81))
    assert verify() == Verdict(80, _last_hash())
    for number in range(8):  # each thread's acts follow one another as it committed them
        assert [name for _seq, name in found if name.startswith(f"{number}.")] == [f"{number}.{turn}" for turn in range(10)]


def _broken() -> None:
    try:
        with transaction():
            audit.record("taken back", "test")
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass


def _last_hash() -> str:
    return db.session.scalars(select(AuditHead.hash)).one()


def test_an_act_waits_only_at_its_end_for_one_that_is_being_sealed(app: Flask) -> None:
    """What commits first is numbered first, though it began later; the row that one holds does not keep the other from being sealed."""
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time from the beginning")
    sari = build.person()
    held, go = threading.Event(), threading.Event()

    def slow() -> None:
        with app.app_context(), transaction():
            db.session.execute(text("UPDATE persons SET nip = '199001012015019999' WHERE id = :id"), {"id": sari})
            audit.record("began first", "test", about=sari)
            held.set()
            go.wait(10)

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(contextvars.Context().run, slow)
        held.wait(10)
        with transaction():
            audit.record("committed first", "test", about=sari)
        go.set()
        waiting.result(10)

    assert [act for _seq, act in acts()] == ["committed first", "began first"]


def test_details_of_a_person_are_erased_and_the_chain_stays_whole(app: Flask) -> None:
    sari, budi = build.person(), build.person("Budi")
    with transaction():
        for about, detail in ((sari, {"name": ["Sari", "Sari Damanik"]}), (budi, {"name": "Budi"}), (sari, {}), (sari, {"rank": "III/b"})):
            audit.record("person.changed", f"person:{about}", about=about, detail=detail)

    with transaction():
        erased = audit.forget_detail(sari)

    rows = db.session.execute(select(AuditEntry.act, AuditEntry.detail).order_by(AuditEntry.seq)).all()
    assert list(erased) == [1, 4]
    assert [row.detail for row in rows] == [None, {"name": "Budi"}, {}, None, {"entries": [1, 4]}]
    assert rows[-1].act == audit.ERASED
    assert verify().broken_at is None


def test_erasing_twice_erases_and_records_once(app: Flask) -> None:
    sari = build.person()
    with transaction():
        audit.record("person.changed", f"person:{sari}", about=sari, detail={"name": "Sari"})
    for _ in range(2):
        with transaction():
            audit.forget_detail(sari)

    assert [act for _seq, act in acts()] == ["person.changed", audit.ERASED]
    assert verify().broken_at is None


def old_entry(number: int, **values: Any) -> dict[str, Any]:
    return {"seq": number, "at": clock.now() + timedelta(seconds=number), "act": f"old {number}", "subject": "test", "detail": {"b": 1.5, "a": None},
            "detail_hash": "", "channel": "web", "hash": "", **values}


def test_entries_from_before_the_chain_are_sealed_by_the_next_act(app: Flask) -> None:
    with db.engine.begin() as connection:
        connection.execute(AuditEntry.__table__.insert(), [old_entry(1), old_entry(2)])
    before = verify()
    with transaction():
        audit.record("new", "test")
    whole = verify()
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE audit_entries SET act = 'other' WHERE seq = 1"))

    assert before == Verdict(2, "")
    assert (whole.entries, whole.broken_at) == (3, None)
    assert verify().broken_at == 1
