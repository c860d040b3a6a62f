"""History of units and of people's postings; what a career needs beside a person."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

OFFICE = ZoneInfo("Asia/Jakarta")
PERSONS = ("position_kind VARCHAR NOT NULL DEFAULT ''", "supervisor_id INTEGER {reference}", "appointed_on DATE", "left_on DATE")
UNITS = ("ended_on DATE", "successor_id INTEGER {reference}")
PANGKAT = {  # as of this revision; the program's own table is in lms.people.careers
    'Juru Muda': 'I/a', 'Juru Muda Tingkat I': 'I/b', 'Juru': 'I/c', 'Juru Tingkat I': 'I/d',
    'Pengatur Muda': 'II/a', 'Pengatur Muda Tingkat I': 'II/b', 'Pengatur': 'II/c', 'Pengatur Tingkat I': 'II/d',
    'Penata Muda': 'III/a', 'Penata Muda Tingkat I': 'III/b', 'Penata': 'III/c', 'Penata Tingkat I': 'III/d',
    'Pembina': 'IV/a', 'Pembina Tingkat I': 'IV/b', 'Pembina Utama Muda': 'IV/c', 'Pembina Utama Madya': 'IV/d', 'Pembina Utama': 'IV/e',
}


def upgrade() -> None:
    """Apply: the past begins with the first person, each has one posting from the day of her row; ranks that can be read are canonical."""
    _add('units', UNITS, 'fk_units_successor_id')
    _add('persons', PERSONS, 'fk_persons_supervisor_id')
    _create_unit_versions()
    _create_postings()
    connection = op.get_bind()
    _read_ranks(connection)
    _fill(connection)


def _add(table: str, columns: tuple[str, ...], constraint: str) -> None:
    # As statements of our own: a batch would write the table anew, which SQLite refuses while other rows refer to it.
    reference = f"CONSTRAINT {constraint} REFERENCES {table} (id) ON DELETE RESTRICT"
    for column in columns:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column.format(reference=reference)}")


def _create_unit_versions() -> None:
    op.create_table(
        'unit_versions',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('code', sa.String(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('parent_id', sa.Integer(), nullable=True),
        sa.Column('path', sa.String(), nullable=False),
        sa.Column('from_on', sa.Date(), nullable=False),
        sa.Column('until_on', sa.Date(), nullable=True),
        sa.Column('basis', sa.String(), nullable=False),
        sa.CheckConstraint('until_on is null or until_on >= from_on', name=op.f('ck_unit_versions_period')),
        *(sa.ForeignKeyConstraint([column], ['units.id'], name=op.f(f'fk_unit_versions_{column}'), ondelete='RESTRICT')
          for column in ('unit_id', 'parent_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_unit_versions')),
    )
    op.create_index('ix_unit_versions_unit_id_from_on', 'unit_versions', ['unit_id', 'from_on'], unique=True)
    op.create_index('ix_unit_versions_path', 'unit_versions', ['path'])
    still = sa.text('until_on is null')
    op.create_index('uq_unit_versions_open', 'unit_versions', ['unit_id'], unique=True, sqlite_where=still, postgresql_where=still)


def _create_postings() -> None:
    op.create_table(
        'postings',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ('position', 'position_kind', 'rank', 'employment', 'kind')),
        sa.Column('from_on', sa.Date(), nullable=False),
        sa.Column('until_on', sa.Date(), nullable=True),
        sa.Column('basis', sa.String(), nullable=False),
        sa.Column('stands_in_for', sa.Integer(), nullable=True),
        sa.Column('grant_id', sa.Integer(), nullable=True),
        sa.CheckConstraint("kind in ('definitive', 'acting')", name=op.f('ck_postings_kind')),
        sa.CheckConstraint("employment in ('PNS', 'PPPK', 'PPPK-PW')", name=op.f('ck_postings_employment')),
        sa.CheckConstraint('until_on is null or until_on >= from_on', name=op.f('ck_postings_period')),
        *(sa.ForeignKeyConstraint([column], ['persons.id'], name=op.f(f'fk_postings_{column}'), ondelete='RESTRICT')
          for column in ('person_id', 'stands_in_for')),
        sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_postings_unit_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['grant_id'], ['grants.id'], name=op.f('fk_postings_grant_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_postings')),
    )
    op.create_index('ix_postings_person_id_from_on', 'postings', ['person_id', 'from_on'])
    op.create_index('ix_postings_unit_id_from_on', 'postings', ['unit_id', 'from_on'])
    still = sa.text("until_on is null and kind = 'definitive'")
    op.create_index('uq_postings_open', 'postings', ['person_id'], unique=True, sqlite_where=still, postgresql_where=still)


def _read_ranks(connection: sa.Connection) -> None:
    persons = sa.table('persons', sa.column('rank'), sa.column('employment'))
    for (rank,) in connection.execute(sa.select(persons.c.rank).where(persons.c.employment == 'PNS').distinct()).all():
        read = _rank(rank)
        if read != rank:
            connection.execute(persons.update().where(persons.c.rank == rank, persons.c.employment == 'PNS').values(rank=read))


def _rank(text: str) -> str:
    """The rank as it is kept from now on; what cannot be read stays as it is."""
    for name, rank in PANGKAT.items():
        if text in {name, f'{name} ({rank})', f'{name}, {rank}', rank.replace('/', '')}:
            return rank
    return text


def _fill(connection: sa.Connection) -> None:
    since = {person: _day(moment) for person, moment in connection.execute(sa.text('SELECT id, created_at FROM persons'))}
    begun = min(since.values(), default=datetime.now(OFFICE).date())
    connection.execute(sa.text(
        "INSERT INTO unit_versions (unit_id, name, code, kind, parent_id, path, from_on, basis) "
        "SELECT id, name, code, kind, parent_id, path, :begun, '' FROM units").bindparams(sa.bindparam("begun", begun, type_=sa.Date())))
    left = {person: max(_day(moment), since[person]) for person, moment in connection.execute(sa.text(
        "SELECT about_id, max(at) FROM audit_entries WHERE act = 'person.deactivated' GROUP BY about_id")).all()}
    persons = sa.table('persons', *(sa.column(name) for name in ('id', 'unit_id', 'position', 'rank', 'employment', 'active')),
                       sa.column('left_on', sa.Date()))
    postings = sa.table('postings', *(sa.column(name) for name in (
        'person_id', 'unit_id', 'position', 'position_kind', 'rank', 'employment', 'kind', 'basis')),
        sa.column('from_on', sa.Date()), sa.column('until_on', sa.Date()))
    rows = [
        {"person_id": row.id, "unit_id": row.unit_id, "position": row.position, "position_kind": '', "rank": row.rank,
         "employment": row.employment, "kind": 'definitive', "basis": '', "from_on": since[row.id],
         "until_on": None if row.active else left.get(row.id, since[row.id])}
        for row in connection.execute(sa.select(*(persons.c[name] for name in (
            'id', 'unit_id', 'position', 'rank', 'employment', 'active'))))
    ]
    if not rows:
        return
    connection.execute(postings.insert(), rows)
    gone = [{"gone": row["person_id"], "day": row["until_on"]} for row in rows if row["until_on"] is not None]
    if gone:
        connection.execute(persons.update().where(persons.c.id == sa.bindparam('gone')).values(left_on=sa.bindparam('day')), gone)


def _day(moment: datetime | str) -> date:
    read = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(OFFICE).date()


def downgrade() -> None:
    """Take back: the present stays, the past is lost."""
    op.drop_table('postings')
    op.drop_table('unit_versions')
    for table, columns in (('persons', PERSONS), ('units', UNITS)):
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}")
