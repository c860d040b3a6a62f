"""Modules completed before there was a ledger of learning hours are entered in it.

Each counts as it would have counted: its JP are spread over the days on which it was studied, by their seconds; a person gets at most 3 JP
of e-learning a day (national rates, version 1), the larger share first; a module counts once in a calendar year, with its first completion.
An entry has the time of the completion, so that pages of past years show it. JP are whole numbers of thousandths. The index by which the
ledger is summed up holds the sum's column too.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

OFFICE = ZoneInfo('Asia/Jakarta')
A_DAY = 3000
AT_ONCE = 2000  # people

moment = sa.DateTime(timezone=True)
enrolments = sa.table('enrolments', *(sa.column(name, kind) for name, kind in {
    'id': sa.Integer, 'person_id': sa.Integer, 'module_id': sa.String, 'started_at': moment, 'completed_at': moment, 'hours': sa.BigInteger,
}.items()))
study_days = sa.table('study_days', *(sa.column(name, kind) for name, kind in {
    'person_id': sa.Integer, 'day': sa.Date, 'module_id': sa.String, 'seconds': sa.Integer}.items()))
certificates = sa.table('certificates', *(sa.column(name, kind) for name, kind in {
    'id': sa.Integer, 'person_id': sa.Integer, 'enrolment_id': sa.Integer, 'snapshot': sa.JSON}.items()))
jp_sources = sa.table('jp_sources', *(sa.column(name, kind) for name, kind in {
    'id': sa.Integer, 'person_id': sa.Integer, 'kind': sa.String, 'key': sa.String, 'version': sa.Integer, 'title': sa.String,
    'subject': sa.String, 'form': sa.String, 'scope': sa.String, 'from_on': sa.Date, 'until_on': sa.Date, 'stated': sa.BigInteger,
    'basis': sa.String, 'made_at': moment}.items()))
jp_entries = sa.table('jp_entries', *(sa.column(name, kind) for name, kind in {
    'id': sa.Integer, 'person_id': sa.Integer, 'source_id': sa.Integer, 'kind': sa.String, 'day': sa.Date, 'on_day': sa.Date,
    'amount': sa.BigInteger, 'raw': sa.BigInteger, 'credited': sa.BigInteger, 'why': sa.String, 'rule': sa.String, 'note': sa.String,
    'made_at': moment}.items()))


class Done(NamedTuple):
    """A completed enrolment: the office's day of its end, and its JP by the day of study."""

    id: int
    module_id: str
    last: date
    at: datetime
    hours: int
    shares: tuple[tuple[date, int], ...]


def upgrade() -> None:
    """Apply. What the running program has entered already is left as it is."""
    connection = op.get_bind()
    op.drop_index('ix_jp_entries_person_id_on_day', 'jp_entries')
    lowest, highest = connection.execute(sa.select(sa.func.min(enrolments.c.person_id), sa.func.max(enrolments.c.person_id))).one()
    for start in range(lowest or 1, (highest or 0) + 1, AT_ONCE):
        _enter(connection, start, start + AT_ONCE - 1)
    op.create_index('ix_jp_entries_sum', 'jp_entries', ['person_id', 'on_day', 'credited'])


def downgrade() -> None:
    """No entry is taken back: the program before this keeps the same ledger, and upgrading again enters nothing twice."""
    op.drop_index('ix_jp_entries_sum', 'jp_entries')
    op.create_index('ix_jp_entries_person_id_on_day', 'jp_entries', ['person_id', 'on_day'])


def _enter(connection: sa.Connection, start: int, end: int) -> None:
    """Enter what the people with ids from start to end completed."""
    completed = _completed(connection, start, end)
    if not completed:
        return
    titles = _titles(connection, start, end)
    connection.execute(sa.insert(jp_sources), [
        _source(person_id, one, titles.get(one.id, one.module_id)) for person_id, done in completed.items() for one in done])
    rows = connection.execute(sa.select(jp_sources.c.key, jp_sources.c.id).where(
        jp_sources.c.kind == 'module', jp_sources.c.person_id.between(start, end)))
    numbers = {row.key: row.id for row in rows}
    connection.execute(sa.insert(jp_entries), [
        entry | {'person_id': person_id, 'source_id': numbers[key]}
        for person_id, done in completed.items() for key, entry in _entries(done)])


def _completed(connection: sa.Connection, start: int, end: int) -> dict[int, list[Done]]:
    held = sa.exists().where(jp_sources.c.kind == 'module', jp_sources.c.key == sa.cast(enrolments.c.id, sa.String))
    rows = connection.execute(sa.select(*enrolments.c).where(
        enrolments.c.person_id.between(start, end), enrolments.c.completed_at.is_not(None), enrolments.c.hours > 0, ~held)
        .order_by(enrolments.c.id)).all()
    seconds = _seconds(connection, start, end) if rows else {}
    found: dict[int, list[Done]] = defaultdict(list)
    for row in rows:
        first, last = _day(row.started_at), _day(row.completed_at)
        weights = {day: worked for day, worked in seconds.get((row.person_id, row.module_id), {}).items() if first <= day <= last}
        shares = tuple(_spread(row.hours, weights, last))
        found[row.person_id].append(Done(row.id, row.module_id, last, row.completed_at, row.hours, shares))
    return found


def _seconds(connection: sa.Connection, start: int, end: int) -> dict[tuple[int, str], dict[date, int]]:
    found: dict[tuple[int, str], dict[date, int]] = defaultdict(dict)
    rows = connection.execute(sa.select(*study_days.c).where(study_days.c.person_id.between(start, end), study_days.c.seconds > 0))
    for row in rows:
        found[row.person_id, row.module_id][row.day] = row.seconds
    return found


def _titles(connection: sa.Connection, start: int, end: int) -> dict[int, str]:
    """Titles of modules as the certificates print them, by enrolment; the modules themselves are files."""
    title = certificates.c.snapshot['module'].as_string()
    rows = connection.execute(sa.select(certificates.c.enrolment_id, title.label('title')).where(
        certificates.c.person_id.between(start, end)).order_by(certificates.c.id))
    return {row.enrolment_id: row.title for row in rows if row.title}


def _source(person_id: int, one: Done, title: str) -> dict[str, Any]:
    return {
        'person_id': person_id, 'kind': 'module', 'key': str(one.id), 'version': 1, 'title': title, 'subject': one.module_id,
        'form': 'e-learning', 'scope': 'national', 'from_on': one.shares[0][0], 'until_on': one.last, 'stated': one.hours, 'basis': '',
        'made_at': one.at,
    }


def _entries(done: list[Done]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The entries of one person, each with the key of its source: what her completions count under the caps."""
    first = {}
    for one in sorted(done, key=lambda one: (one.last, f'module:{one.id}')):
        first.setdefault((one.module_id, one.last.year), one.id)
    left: dict[date, int] = defaultdict(lambda: A_DAY)
    shares = sorted((day, -raw, f'module:{one.id}', number) for number, one in enumerate(done) for day, raw in one.shares)
    for day, negative, _name, number in shares:
        one, raw = done[number], -negative
        repeated = first[one.module_id, one.last.year] != one.id
        credited = 0 if repeated else min(raw, left[day])
        left[day] -= credited
        yield str(one.id), {
            'kind': 'credit', 'day': day, 'on_day': one.last, 'amount': raw, 'raw': raw, 'credited': credited,
            'why': 'counted-before' if repeated else 'day-cap' if credited < raw else '', 'rule': 'national:1', 'note': '', 'made_at': one.at,
        }


def _spread(total: int, weights: dict[date, int], last: date) -> Iterator[tuple[date, int]]:
    """A total over days by their weights, rounded half up, what is left on the last; all of it on the last day if nobody counted any."""
    days, whole, given = sorted(weights), sum(weights.values()), 0
    for day in days[:-1]:
        part = (2 * total * weights[day] + whole) // (2 * whole)
        given += part
        if part > 0:
            yield day, part
    if total > given:
        yield (days[-1] if days else last), total - given


def _day(at: datetime) -> date:
    """The office's day of a moment; SQLite gives moments without their zone, which is UTC."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(OFFICE).date()
