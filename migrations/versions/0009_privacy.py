"""Requests about personal data."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('privacy_requests',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('field', sa.String(), nullable=False),
    sa.Column('present', sa.Text(), nullable=False),
    sa.Column('wanted', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind in ('correction', 'copy', 'erasure', 'restriction', 'objection')", name=op.f('ck_privacy_requests_kind')),
    sa.CheckConstraint("state in ('open', 'accepted', 'refused', 'withdrawn')", name=op.f('ck_privacy_requests_state')),
    sa.CheckConstraint("(state = 'open') = (decided_at is null)", name=op.f('ck_privacy_requests_open_until_decided')),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_privacy_requests_person_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['decided_by'], ['persons.id'], name=op.f('fk_privacy_requests_decided_by'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_privacy_requests'))
    )
    with op.batch_alter_table('privacy_requests', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_privacy_requests_person_id'), ['person_id'], unique=False)
        batch_op.create_index('ix_privacy_requests_state_due_at', ['state', 'due_at'], unique=False)
        batch_op.create_index('uq_privacy_requests_open', ['person_id', 'kind', 'field'], unique=True,
                              sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.create_table('erasures',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('proposed_by', sa.Integer(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('kept', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.CheckConstraint("state in ('proposed', 'done', 'dropped')", name=op.f('ck_erasures_state')),
    sa.CheckConstraint("decided_by is null or state = 'dropped' or decided_by <> proposed_by", name=op.f('ck_erasures_two_officers')),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_erasures_person_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['proposed_by'], ['persons.id'], name=op.f('fk_erasures_proposed_by'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['decided_by'], ['persons.id'], name=op.f('fk_erasures_decided_by'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasures'))
    )
    with op.batch_alter_table('erasures', schema=None) as batch_op:
        batch_op.create_index('uq_erasures_proposed', ['person_id'], unique=True,
                              sqlite_where=sa.text("state = 'proposed'"), postgresql_where=sa.text("state = 'proposed'"))
        batch_op.create_index('ix_erasures_state', ['state'], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table('erasures')
    op.drop_table('privacy_requests')
