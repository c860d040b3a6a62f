"""Verbs of notices: tell people, within the caller's transaction; mark as read; choose how to be told."""

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lms.accounts.events import AccountChanged, LinkMade
from lms.base import clock, jobs
from lms.base.db import Base, db, hold, transaction
from lms.notifications import rules
from lms.notifications.kinds import KINDS, Kind
from lms.notifications.models import Mail, MailLanguage, Notice, Preference
from lms.notifications.wording import Values, kept, with_seal
from lms.people.events import DelegateNamed, PersonErased
from lms.people.models import Person

SEND_JOB = "mail.send"
AT_ONCE = 500  # people in one statement


@dataclass(frozen=True, slots=True)
class To:
    """Somebody to tell. Under one key she is told once, however often this is asked; without a key, each time."""

    person_id: int
    values: Values
    key: str = ""
    to: str | None = None  # the mail address to use instead of the recorded one


def notify(person_id: int, kind: str, *, key: str = "", to: str | None = None, **values: object) -> bool:
    """Tell one person, within the caller's transaction; gives whether she was told now. Dates and moments are given as they are.

    Nobody is told who is deactivated, or whom this key has told already. `to` is a mail address to use instead of the recorded one.
    Raises ValueError for values that the kind does not name.
    """
    return notify_many(kind, [To(person_id, values, key, to)]) == 1


def notify_many(name: str, people: Iterable[To]) -> int:
    """Tell many people of one kind, in five statements for each five hundred; gives how many were told now."""
    kind = KINDS[name]
    wanted = [To(one.person_id, kept(name, one.values), f"{name}:{one.key or secrets.token_hex(8)}", one.to) for one in people]
    with transaction():
        return sum(_tell(name, kind, batch) for batch in _batches(sorted(wanted, key=lambda one: one.person_id)))


def _batches(people: Sequence[To]) -> Iterator[Sequence[To]]:
    for start in range(0, len(people), AT_ONCE):
        yield people[start:start + AT_ONCE]


def _tell(name: str, kind: Kind, people: Sequence[To]) -> int:
    ways = _ways(name, kind, {one.person_id for one in people})
    reached = [one for one in people if one.person_id in ways]
    if kind.in_app:
        new = _write_notices(name, reached, ways)
        reached = [one for one in reached if (one.person_id, one.key) in new]
    queue([_mail_row(name, kind, one) for one in reached if ways[one.person_id] == "now" or (kind.mandatory and one.to)])
    return len(reached)


def _ways(name: str, kind: Kind, person_ids: set[int]) -> Mapping[int, rules.Way]:
    """How each of the active ones is told; their rows are locked, in one order, because the number at the bell will change."""
    rows = db.session.execute(
        select(Person.id, Person.email, Preference.channel)
        .outerjoin(Preference, (Preference.person_id == Person.id) & (Preference.kind == name))
        .where(Person.id.in_(person_ids), Person.active.is_(True))
        .order_by(Person.id).with_for_update(of=Person, key_share=True)
    )
    return {
        row.id: rules.way(row.channel or kind.default, mandatory=kind.mandatory, has_address=bool(row.email)) for row in rows
    }


def _write_notices(name: str, people: Sequence[To], ways: Mapping[int, rules.Way]) -> set[tuple[int, str]]:
    now = clock.now()
    rows = [
        {"person_id": one.person_id, "kind": name, "key": one.key, "values": one.values, "in_digest": ways[one.person_id] == "digest",
         "created_at": now}
        for one in people
    ]
    new = {(row.person_id, row.key) for row in _insert_new(Notice, rows, ["person_id", "key"], Notice.person_id, Notice.key)}
    counts = Counter(person_id for person_id, _key in new)
    for count in set(counts.values()):
        them = [person_id for person_id, number in counts.items() if number == count]
        db.session.execute(update(Person).where(Person.id.in_(them)).values(unread_notices=Person.unread_notices + count))
    return new


def _mail_row(name: str, kind: Kind, one: To) -> dict[str, Any]:
    now = clock.now()
    key = f"{one.person_id}:{one.key}"
    ends = min(now + kind.keep, datetime.fromisoformat(one.values[kind.until])) if kind.until else now + kind.keep
    return mail_row(one.person_id, name, with_seal(name, one.values, key), key=key, priority=kind.priority, ends_at=ends,
                    only_to=one.to)


def mail_row(
    person_id: int, kind: str, values: Values, *, key: str, priority: int, ends_at: datetime, only_to: str | None = None,
) -> dict[str, Any]:
    """The columns of a mail that waits to be sent."""
    now = clock.now()
    return {
        "person_id": person_id, "key": key, "kind": kind, "values": values, "state": "todo", "priority": priority, "attempts": 0,
        "doubtful": False, "only_to": only_to, "message_id": f"{secrets.token_hex(16)}@{_domain()}",
        "created_at": now, "next_at": now, "ends_at": ends_at,
    }


def _domain() -> str:
    settings = current_app.extensions["settings"]
    return settings.mail_from.rpartition("@")[2] or urlsplit(settings.base_url).hostname or "localhost"


def queue(rows: Sequence[dict[str, Any]]) -> int:
    """Write mails, those apart whose key is there already, and wake the worker; within the caller's transaction. Gives how many are new."""
    new = _insert_new(Mail, rows, ["key"], Mail.key)
    if new and current_app.extensions["settings"].smtp_host:
        jobs.enqueue(SEND_JOB, {}, key=new[0].key)
    return len(new)


def _insert_new(table: type[Base], rows: Sequence[dict[str, Any]], unique: list[str], *columns: Any) -> Sequence[Any]:
    if not rows:
        return ()
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    # Rows beside the statement and not in it, so that it is compiled once and not at each call.
    statement = insert(table.__table__).on_conflict_do_nothing(index_elements=unique).returning(*columns)  # type: ignore[arg-type]
    return db.session.connection().execute(statement, list(rows)).all()


def mark_read(person_id: int, notice_id: int | None = None) -> None:
    """Mark one notice of a person as read, or all; those of others stay as they are."""
    with transaction():
        db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
        unread = update(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None))
        db.session.execute((unread if notice_id is None else unread.where(Notice.id == notice_id)).values(read_at=clock.now()))
        recount(person_id)


def recount(person_id: int) -> None:
    """Set the number at the bell anew; within the caller's transaction, after the rows it counts have changed."""
    unread = select(func.count()).select_from(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    db.session.execute(update(Person).where(Person.id == person_id).values(unread_notices=unread.scalar_subquery()))


def prefer(person_id: int, channels: Mapping[str, rules.Channel], language: str) -> None:
    """Write how a person wants to be told: a channel for each kind that may be chosen, and the language of mail ("" = installation's)."""
    chosen = [{"person_id": person_id, "kind": name, "channel": channel} for name, channel in channels.items() if not KINDS[name].mandatory]
    with transaction():
        hold(f"preferences:{person_id}")
        db.session.execute(delete(Preference).where(Preference.person_id == person_id))
        db.session.execute(delete(MailLanguage).where(MailLanguage.person_id == person_id))
        db.session.add_all(Preference(**row) for row in chosen)
        if language:
            db.session.add(MailLanguage(person_id=person_id, language=language))


def on_link_made(fact: LinkMade) -> None:
    """Reaction: mail a one-time link."""
    notify(fact.person_id, f"account.{fact.purpose}", to=fact.to, link=fact.address, until=fact.until)


def on_account_changed(fact: AccountChanged) -> None:
    """Reaction: tell a person that her way of signing in was changed, in case it was not her."""
    notify(fact.person_id, "account.changed", to=fact.to, change=fact.what, where=fact.where, at=clock.now())


def on_delegate_named(fact: DelegateNamed) -> None:
    """Reaction: tell both, whoever stands in and whoever is stood in for."""
    both = (fact.delegate_id, fact.supervisor_id)
    names = {row.id: row.name for row in db.session.execute(select(Person.id, Person.name).where(Person.id.in_(both)))}
    said = {"delegate": names[fact.delegate_id], "supervisor": names[fact.supervisor_id], "from": fact.starts_on, "until": fact.ends_on}
    notify_many("delegate.named", [To(person_id, said) for person_id in both])


def on_erased(fact: PersonErased) -> None:
    """Reaction: nothing that a person was told, or wished, is kept."""
    for table in (Notice, Mail, Preference, MailLanguage):
        db.session.execute(delete(table).where(table.person_id == fact.person_id))
    recount(fact.person_id)
