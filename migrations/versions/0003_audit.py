"""The audit log as a chain, and who read whose data."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


PLAIN = 'seq, at, actor_id, about_id, act, subject, detail, address'


def upgrade() -> None:
    """Apply: entries get gapless numbers in the order in which they were written; the next act seals them (lms.base.audit)."""
    op.execute(sa.text('CREATE TABLE audit_before AS SELECT * FROM audit_entries'))
    op.drop_table('audit_entries')
    op.create_table(
        'audit_entries',
        sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('actor_id', sa.Integer(), nullable=True),
        sa.Column('acting_for', sa.Integer(), nullable=True),
        sa.Column('about_id', sa.Integer(), nullable=True),
        sa.Column('act', sa.String(), nullable=False),
        sa.Column('subject', sa.String(), nullable=False),
        sa.Column('detail', sa.Text(), nullable=True),
        sa.Column('salt', sa.String(), nullable=True),
        sa.Column('detail_hash', sa.String(), nullable=False),
        sa.Column('address', sa.String(), nullable=True),
        sa.Column('channel', sa.String(), nullable=False),
        sa.Column('request', sa.String(), nullable=True),
        sa.Column('hash', sa.String(), nullable=False),
        sa.PrimaryKeyConstraint('seq', name=op.f('pk_audit_entries')),
    )
    op.execute(sa.text(
        f"INSERT INTO audit_entries ({PLAIN}, detail_hash, channel, hash) SELECT row_number() OVER (ORDER BY id), at, actor_id, about_id, "
        "act, subject, CAST(detail AS TEXT), address, '', CASE WHEN address IS NULL THEN 'shell' ELSE 'web' END, '' FROM audit_before"))
    op.drop_table('audit_before')
    op.create_index('ix_audit_entries_at', 'audit_entries', ['at', 'seq'])
    for column in ('actor_id', 'about_id', 'act', 'subject'):
        op.create_index(f'ix_audit_entries_{column}', 'audit_entries', [column, 'at', 'seq'])
    op.create_table(
        'audit_heads',
        sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('seq', sa.Integer(), nullable=False),
        sa.Column('hash', sa.String(), nullable=False),
        sa.Column('mac', sa.String(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_heads')),
    )
    op.create_table(
        'audit_checks',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('entries', sa.Integer(), nullable=False),
        sa.Column('head', sa.String(), nullable=False),
        sa.Column('broken_at', sa.Integer(), nullable=True),
        sa.Column('fault', sa.String(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_checks')),
    )
    op.create_index('ix_audit_checks_at', 'audit_checks', ['at'])
    _create_readings()


def downgrade() -> None:
    """Take back: the seals are lost, and with them who acted for whom; erased details come back empty."""
    op.drop_table('readings')
    op.drop_table('audit_checks')
    op.drop_table('audit_heads')
    op.execute(sa.text('CREATE TABLE audit_before AS SELECT * FROM audit_entries'))
    op.drop_table('audit_entries')
    op.create_table(
        'audit_entries',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('actor_id', sa.Integer(), nullable=True),
        sa.Column('about_id', sa.Integer(), nullable=True),
        sa.Column('act', sa.String(), nullable=False),
        sa.Column('subject', sa.String(), nullable=False),
        sa.Column('detail', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('address', sa.String(), nullable=True),
        sa.ForeignKeyConstraint(['about_id'], ['persons.id'], name=op.f('fk_audit_entries_about_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['actor_id'], ['persons.id'], name=op.f('fk_audit_entries_actor_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entries')),
    )
    json = 'CAST(detail AS JSONB)' if op.get_bind().dialect.name == 'postgresql' else 'detail'
    plain = PLAIN.replace('seq', 'id')
    op.execute(sa.text(f"INSERT INTO audit_entries ({plain}) SELECT seq, at, actor_id, about_id, act, subject, "
                       f"coalesce({json}, '{{}}'), address FROM audit_before ORDER BY seq"))
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(sa.text("SELECT setval(pg_get_serial_sequence('audit_entries', 'id'), coalesce(max(id), 0) + 1, false) FROM audit_entries"))
    op.drop_table('audit_before')
    op.create_index(op.f('ix_audit_entries_about_id'), 'audit_entries', ['about_id'])
    op.create_index(op.f('ix_audit_entries_at'), 'audit_entries', ['at'])


def _create_readings() -> None:
    op.create_table(
        'readings',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('reader_id', sa.Integer(), nullable=False),
        sa.Column('acting_for', sa.Integer(), nullable=True),
        sa.Column('what', sa.String(), nullable=False),
        sa.Column('about_id', sa.Integer(), nullable=True),
        sa.Column('scope', sa.String(), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('address', sa.String(), nullable=True),
        *(sa.ForeignKeyConstraint([column], ['persons.id'], name=op.f(f'fk_readings_{column}'), ondelete='RESTRICT')
          for column in ('reader_id', 'acting_for', 'about_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_readings')),
        sa.UniqueConstraint('reader_id', 'day', 'what', 'scope', name=op.f('uq_readings_reader_id_day_what_scope')),
    )
    op.create_index('ix_readings_about_id_at', 'readings', ['about_id', 'at'])
    op.create_index('ix_readings_reader_id_at', 'readings', ['reader_id', 'at'])
    op.create_index('ix_readings_at', 'readings', ['at'])

