"""Programmes: who takes part and who completed them; certificates that rest on such a completion."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None
LIVE = sa.text("state <> 'superseded'")


def upgrade() -> None:
    """Apply."""
    op.create_table('programme_participants',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.String(), nullable=False),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_programme_participants_person_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('person_id', 'programme_id', name=op.f('pk_programme_participants'))
    )
    op.create_table('programme_completions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.String(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('revision', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('items', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('hours', sa.BigInteger(), nullable=False),
    sa.Column('completed_on', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('hours >= 0', name=op.f('ck_programme_completions_hours')),
    sa.CheckConstraint('round >= 1', name=op.f('ck_programme_completions_round')),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_programme_completions_person_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme_completions')),
    sa.UniqueConstraint('person_id', 'programme_id', 'round', name=op.f('uq_programme_completions_person_id_programme_id_round'))
    )
    with op.batch_alter_table('programme_completions') as batch:
        batch.create_index('ix_programme_completions_programme_id_completed_on', ['programme_id', 'completed_on'])
    with op.batch_alter_table('certificates') as batch:
        batch.alter_column('enrolment_id', existing_type=sa.Integer(), nullable=True)
        batch.alter_column('module_id', existing_type=sa.String(), nullable=True)
        batch.add_column(sa.Column('completion_id', sa.Integer(), nullable=True))
        batch.add_column(sa.Column('programme_id', sa.String(), nullable=True))
        batch.create_check_constraint('module', '(enrolment_id IS NULL) = (module_id IS NULL)')
        batch.create_check_constraint('programme', '(completion_id IS NULL) = (programme_id IS NULL)')
        batch.create_check_constraint('grounds', '(enrolment_id IS NULL) <> (completion_id IS NULL)')
        batch.create_index('uq_certificates_live_completion', ['completion_id'], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)


def downgrade() -> None:
    """Take back. Refused by the database while there are certificates of programmes: official records are not thrown away."""
    with op.batch_alter_table('certificates') as batch:
        batch.drop_index('uq_certificates_live_completion')
        batch.drop_constraint('grounds', type_='check')
        batch.drop_constraint('programme', type_='check')
        batch.drop_constraint('module', type_='check')
        batch.drop_column('programme_id')
        batch.drop_column('completion_id')
        batch.alter_column('module_id', existing_type=sa.String(), nullable=False)
        batch.alter_column('enrolment_id', existing_type=sa.Integer(), nullable=False)
    op.drop_table('programme_completions')
    op.drop_table('programme_participants')
