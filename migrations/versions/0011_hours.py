"""The ledger of learning hours, its rates and targets; roles of the training office."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None
OLD = ('trainer', 'marker', 'supervisor', 'delegate', 'survey-officer', 'auditor', 'admin')
NEW = ('training-officer', 'training-authority')
FORMS = (
    'benchmarking', 'coaching', 'community', 'course', 'degree', 'dissemination', 'distance', 'e-learning',
    'exchange', 'functional', 'guidance', 'internship', 'managerial', 'mentoring', 'on-the-job', 'other-classical',
    'other-nonclassical', 'outbound', 'secondment', 'self-study', 'seminar', 'sociocultural', 'structural', 'technical',
    'upgrading', 'workshop',
)
POSTGRESQL = """
CREATE FUNCTION jp_entries_unchanged() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'an entry of the ledger is never changed'; END $$;
CREATE TRIGGER jp_entries_unchanged BEFORE UPDATE ON jp_entries FOR EACH ROW EXECUTE FUNCTION jp_entries_unchanged();
"""
SQLITE = """
CREATE TRIGGER jp_entries_unchanged BEFORE UPDATE ON jp_entries
BEGIN SELECT RAISE(ABORT, 'an entry of the ledger is never changed'); END
"""


def _among(values: tuple[str, ...]) -> str:
    return ', '.join(repr(value) for value in values)


def _roles(values: tuple[str, ...]) -> None:
    with op.batch_alter_table('grants') as batch:
        batch.drop_constraint('role', type_='check')
        batch.create_check_constraint('role', f"role in ({_among(values)})")


def upgrade() -> None:
    """Apply."""
    _roles((*OLD, *NEW))
    op.create_table('jp_sources',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=True),
    sa.Column('form', sa.String(), nullable=False),
    sa.Column('scope', sa.String(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('stated', sa.BigInteger(), nullable=True),
    sa.Column('basis', sa.String(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint(f"form in ({_among(FORMS)})", name=op.f('ck_jp_sources_form')),
    sa.CheckConstraint("kind in ('module', 'seminar', 'claim', 'event', 'semester')", name=op.f('ck_jp_sources_kind')),
    sa.CheckConstraint("scope in ('national', 'international')", name=op.f('ck_jp_sources_scope')),
    sa.CheckConstraint('until_on >= from_on', name=op.f('ck_jp_sources_period')),
    sa.ForeignKeyConstraint(['made_by'], ['persons.id'], name=op.f('fk_jp_sources_made_by'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_jp_sources_person_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_jp_sources')),
    sa.UniqueConstraint('kind', 'key', 'version', name=op.f('uq_jp_sources_kind_key_version'))
    )
    with op.batch_alter_table('jp_sources', schema=None) as batch_op:
        batch_op.create_index('ix_jp_sources_person_id_form', ['person_id', 'form'], unique=False)

    op.create_table('jp_targets',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('employment', sa.String(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('period', sa.String(), nullable=False),
    sa.Column('least', sa.BigInteger(), nullable=True),
    sa.Column('notice', sa.BigInteger(), nullable=True),
    sa.Column('basis', sa.String(), nullable=False),
    sa.Column('set_by', sa.Integer(), nullable=True),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("employment in ('PNS', 'PPPK', 'PPPK-PW')", name=op.f('ck_jp_targets_employment')),
    sa.CheckConstraint("period in ('calendar', 'agreement')", name=op.f('ck_jp_targets_period')),
    sa.ForeignKeyConstraint(['set_by'], ['persons.id'], name=op.f('fk_jp_targets_set_by'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_jp_targets')),
    sa.UniqueConstraint('employment', 'from_on', name=op.f('uq_jp_targets_employment_from_on'))
    )
    op.create_table('rate_tables',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('basis', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('adopted_by', sa.Integer(), nullable=True),
    sa.Column('adopted_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['adopted_by'], ['persons.id'], name=op.f('fk_rate_tables_adopted_by'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rate_tables')),
    sa.UniqueConstraint('from_on', name=op.f('uq_rate_tables_from_on'))
    )
    op.create_table('jp_entries',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('on_day', sa.Date(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('raw', sa.BigInteger(), nullable=False),
    sa.Column('credited', sa.BigInteger(), nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('rule', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind <> 'credit' or (raw >= 0 and credited >= 0 and credited <= raw)", name=op.f('ck_jp_entries_credit')),
    sa.CheckConstraint("kind in ('credit', 'correction', 'reversal')", name=op.f('ck_jp_entries_kind')),
    sa.CheckConstraint("why in ('', 'day-cap', 'month-limit', 'counted-before')", name=op.f('ck_jp_entries_why')),
    sa.ForeignKeyConstraint(['made_by'], ['persons.id'], name=op.f('fk_jp_entries_made_by'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_jp_entries_person_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['source_id'], ['jp_sources.id'], name=op.f('fk_jp_entries_source_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_jp_entries'))
    )
    with op.batch_alter_table('jp_entries', schema=None) as batch_op:
        batch_op.create_index('ix_jp_entries_person_id_on_day', ['person_id', 'on_day'], unique=False)
        batch_op.create_index('ix_jp_entries_source_id', ['source_id'], unique=False)
        batch_op.create_index('uq_jp_entries_credit', ['source_id', 'day'], unique=True, sqlite_where=sa.text("kind = 'credit'"), postgresql_where=sa.text("kind = 'credit'"))
        batch_op.create_index('uq_jp_entries_reversal', ['source_id', 'day'], unique=True, sqlite_where=sa.text("kind = 'reversal'"), postgresql_where=sa.text("kind = 'reversal'"))

    op.create_table('rates',
    sa.Column('table_id', sa.Integer(), nullable=False),
    sa.Column('form', sa.String(), nullable=False),
    sa.Column('per', sa.String(), nullable=False),
    sa.Column('national', sa.BigInteger(), nullable=False),
    sa.Column('international', sa.BigInteger(), nullable=False),
    sa.Column('day_cap', sa.BigInteger(), nullable=True),
    sa.Column('day_cap_international', sa.BigInteger(), nullable=True),
    sa.Column('month_limit', sa.Integer(), nullable=True),
    sa.CheckConstraint(f"form in ({_among(FORMS)})", name=op.f('ck_rates_form')),
    sa.CheckConstraint("per in ('jp', 'day', 'time', 'activity', 'semester')", name=op.f('ck_rates_per')),
    sa.CheckConstraint('national >= 0 and international >= 0', name=op.f('ck_rates_not_negative')),
    sa.ForeignKeyConstraint(['table_id'], ['rate_tables.id'], name=op.f('fk_rates_table_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('table_id', 'form', name=op.f('pk_rates'))
    )
    op.execute(POSTGRESQL if op.get_bind().dialect.name == 'postgresql' else SQLITE)


def downgrade() -> None:
    """Take back; whoever holds a role of the training office loses it."""
    op.execute("DROP TRIGGER jp_entries_unchanged" + (" ON jp_entries" if op.get_bind().dialect.name == 'postgresql' else ""))
    if op.get_bind().dialect.name == 'postgresql':
        op.execute("DROP FUNCTION jp_entries_unchanged()")
    op.drop_table('rates')
    with op.batch_alter_table('jp_entries', schema=None) as batch_op:
        batch_op.drop_index('uq_jp_entries_reversal', sqlite_where=sa.text("kind = 'reversal'"), postgresql_where=sa.text("kind = 'reversal'"))
        batch_op.drop_index('uq_jp_entries_credit', sqlite_where=sa.text("kind = 'credit'"), postgresql_where=sa.text("kind = 'credit'"))
        batch_op.drop_index('ix_jp_entries_source_id')
        batch_op.drop_index('ix_jp_entries_person_id_on_day')

    op.drop_table('jp_entries')
    op.drop_table('rate_tables')
    op.drop_table('jp_targets')
    with op.batch_alter_table('jp_sources', schema=None) as batch_op:
        batch_op.drop_index('ix_jp_sources_person_id_form')

    op.drop_table('jp_sources')
    op.execute(f"DELETE FROM grants WHERE role in ({_among(NEW)})")
    _roles(OLD)
