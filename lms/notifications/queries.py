"""Reads of notices, preferences and outgoing mail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from lms.base import clock
from lms.base.db import db
from lms.base.errors import NotFound
from lms.notifications.kinds import KINDS
from lms.notifications.models import Mail, MailLanguage, MailServer, Notice, Preference
from lms.notifications.rules import Channel
from lms.people.models import Person

PAGE = 25
WAITING = ("todo", "sending")
STATES: Mapping[str, tuple[str, ...]] = {"dead": ("dead",), "waiting": WAITING, "sent": ("sent",), "dropped": ("dropped",)}


@dataclass(frozen=True, slots=True)
class Wish:
    """Which mails are asked for: `state` is a key of STATES, `kind` "" for all."""

    state: str = "dead"
    kind: str = ""
    page: int = 1


def mine(person_id: int, page: int) -> tuple[int, Sequence[Any]]:
    """How many notices a person has, and one page of rows (id, kind, values, created_at, read_at), newest first. Two queries."""
    conditions = (Notice.person_id == person_id, Notice.kind.in_(KINDS))
    count = db.session.scalar(select(func.count()).select_from(Notice).where(*conditions)) or 0
    wanted = select(Notice.id, Notice.kind, Notice.values, Notice.created_at, Notice.read_at).where(*conditions)
    rows = db.session.execute(wanted.order_by(Notice.created_at.desc(), Notice.id.desc()).limit(PAGE).offset((page - 1) * PAGE)).all()
    return count, rows


def notice(person_id: int, notice_id: int) -> Any:
    """Row (kind, values) of one notice of this person. Raises NotFound, also for somebody else's. One query."""
    row = db.session.execute(
        select(Notice.kind, Notice.values).where(Notice.id == notice_id, Notice.person_id == person_id, Notice.kind.in_(KINDS))).first()
    if row is None:
        raise NotFound
    return row


def channels(person_id: int) -> Mapping[str, Channel]:
    """How a person is told of each kind that may be chosen, in the order of the table. One query."""
    rows = db.session.execute(select(Preference.kind, Preference.channel).where(Preference.person_id == person_id))
    chosen: dict[str, Any] = {row.kind: row.channel for row in rows}
    return {name: chosen.get(name, kind.default) for name, kind in KINDS.items() if not kind.mandatory}


def address_and_language(person_id: int) -> tuple[str | None, str]:
    """Where a person's mail goes, and its language, "" for the installation's. One query."""
    row = db.session.execute(
        select(Person.email, MailLanguage.language).outerjoin(MailLanguage, MailLanguage.person_id == Person.id)
        .where(Person.id == person_id)).one()
    return row.email, row.language or ""


def counts() -> Mapping[str, int]:
    """How many mails are in each state of STATES, and under "today" how many were sent since midnight in the office. Two queries."""
    by_state: dict[str, int] = {row.state: row.number for row in db.session.execute(
        select(Mail.state, func.count().label("number")).group_by(Mail.state))}
    today = select(func.count()).select_from(Mail).where(Mail.state == "sent", Mail.sent_at >= clock.office_midnight(clock.today()))
    found = {name: sum(by_state.get(state, 0) for state in states) for name, states in STATES.items()}
    return {**found, "today": db.session.scalar(today) or 0}


def mails(wish: Wish) -> tuple[int, Sequence[Any]]:
    """How many mails fit, and one page of rows (id, kind, state, created_at, next_at, sent_at, attempts, reason, error, person_id,
    name, goes_to), newest first. Two queries."""
    conditions = fitting(wish.state, wish.kind)
    count = db.session.scalar(select(func.count()).select_from(Mail).where(*conditions)) or 0
    rows = db.session.execute(
        select(Mail.id, Mail.kind, Mail.state, Mail.created_at, Mail.next_at, Mail.sent_at, Mail.attempts, Mail.reason,
               Mail.error, Mail.person_id, Person.name, func.coalesce(Mail.address, Mail.only_to, Person.email).label("goes_to"))
        .join(Person, Person.id == Mail.person_id).where(*conditions)
        .order_by(Mail.created_at.desc(), Mail.id.desc()).limit(PAGE).offset((wish.page - 1) * PAGE)
    ).all()
    return count, rows


def fitting(state: str, kind: str) -> list[ColumnElement[bool]]:
    """The conditions that a mail is in one of the states of a key of STATES, and of a kind, "" for all."""
    conditions: list[ColumnElement[bool]] = [Mail.state.in_(STATES[state])]
    return [*conditions, Mail.kind == kind] if kind else conditions


def server_trouble() -> Any:
    """Row (failing_since, retry_at, reason, error) while the mail server fails, else None. One query."""
    return db.session.execute(
        select(MailServer.failing_since, MailServer.retry_at, MailServer.reason, MailServer.error)).first()
