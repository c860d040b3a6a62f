"""Outside certificates with their evidence, trainings with participants, and lists that wait to be entered."""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('evidence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sent_sha256', sa.String(), nullable=False),
    sa.Column('kept_sha256', sa.String(), nullable=False),
    sa.Column('proof', sa.String(), nullable=False),
    sa.Column('issuer', sa.String(), nullable=False),
    sa.Column('sent_by', sa.Integer(), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind in ('image', 'pdf', 'badge')", name=op.f('ck_evidence_kind')),
    sa.CheckConstraint("proof in ('', 'seal', 'badge')", name=op.f('ck_evidence_proof')),
    sa.ForeignKeyConstraint(['sent_by'], ['persons.id'], name=op.f('fk_evidence_sent_by'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence')),
    sa.UniqueConstraint('name', name=op.f('uq_evidence_name'))
    )
    with op.batch_alter_table('evidence', schema=None) as batch_op:
        batch_op.create_index('ix_evidence_kept_sha256', ['kept_sha256'], unique=False)
        batch_op.create_index('ix_evidence_sent_sha256', ['sent_sha256'], unique=False)

    op.create_table('claims',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('slip', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('organiser', sa.String(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('number_key', sa.String(), nullable=False),
    sa.Column('organiser_key', sa.String(), nullable=False),
    sa.Column('form', sa.String(), nullable=False),
    sa.Column('scope', sa.String(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=True),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('jp', sa.BigInteger(), nullable=True),
    sa.Column('place', sa.String(), nullable=False),
    sa.Column('basis', sa.String(), nullable=False),
    sa.Column('evidence_id', sa.Integer(), nullable=True),
    sa.Column('answer', sa.String(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('checked_by', sa.Integer(), nullable=True),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("form = '' or form in ('benchmarking', 'coaching', 'community', 'course', 'degree', 'dissemination', 'distance', 'e-learning', 'exchange', 'functional', 'guidance', 'internship', 'managerial', 'mentoring', 'on-the-job', 'other-classical', 'other-nonclassical', 'outbound', 'secondment', 'self-study', 'seminar', 'sociocultural', 'structural', 'technical', 'upgrading', 'workshop')", name=op.f('ck_claims_form')),
    sa.CheckConstraint("scope in ('national', 'international')", name=op.f('ck_claims_scope')),
    sa.CheckConstraint("state in ('draft', 'submitted', 'checked', 'accepted', 'returned', 'refused', 'withdrawn')", name=op.f('ck_claims_state')),
    sa.CheckConstraint('until_on is null or from_on is null or until_on >= from_on', name=op.f('ck_claims_period')),
    sa.ForeignKeyConstraint(['checked_by'], ['persons.id'], name=op.f('fk_claims_checked_by'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['decided_by'], ['persons.id'], name=op.f('fk_claims_decided_by'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence.id'], name=op.f('fk_claims_evidence_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_claims_person_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_claims')),
    sa.UniqueConstraint('person_id', 'slip', name=op.f('uq_claims_person_id_slip'))
    )
    with op.batch_alter_table('claims', schema=None) as batch_op:
        batch_op.create_index('ix_claims_evidence_id', ['evidence_id'], unique=False)
        batch_op.create_index('ix_claims_number_key', ['number_key'], unique=False, sqlite_where=sa.text("number_key <> ''"), postgresql_where=sa.text("number_key <> ''"))
        batch_op.create_index('ix_claims_person_id', ['person_id', 'made_at'], unique=False)
        batch_op.create_index('ix_claims_state_sent_at', ['state', 'sent_at'], unique=False)

    op.create_table('trainings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('organiser', sa.String(), nullable=False),
    sa.Column('form', sa.String(), nullable=False),
    sa.Column('scope', sa.String(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('jp', sa.BigInteger(), nullable=True),
    sa.Column('place', sa.String(), nullable=False),
    sa.Column('basis', sa.String(), nullable=False),
    sa.Column('evidence_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("form in ('benchmarking', 'coaching', 'community', 'course', 'degree', 'dissemination', 'distance', 'e-learning', 'exchange', 'functional', 'guidance', 'internship', 'managerial', 'mentoring', 'on-the-job', 'other-classical', 'other-nonclassical', 'outbound', 'secondment', 'self-study', 'seminar', 'sociocultural', 'structural', 'technical', 'upgrading', 'workshop')", name=op.f('ck_trainings_form')),
    sa.CheckConstraint("scope in ('national', 'international')", name=op.f('ck_trainings_scope')),
    sa.CheckConstraint('until_on >= from_on', name=op.f('ck_trainings_period')),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence.id'], name=op.f('fk_trainings_evidence_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['made_by'], ['persons.id'], name=op.f('fk_trainings_made_by'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trainings'))
    )
    with op.batch_alter_table('trainings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_trainings_evidence_id'), ['evidence_id'], unique=False)
        batch_op.create_index('ix_trainings_from_on', ['from_on'], unique=False)
        batch_op.create_index('ix_trainings_made_by', ['made_by'], unique=False)

    op.create_table('training_participants',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('training_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('mark', sa.String(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_by', sa.Integer(), nullable=True),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['made_by'], ['persons.id'], name=op.f('fk_training_participants_made_by'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_training_participants_person_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['removed_by'], ['persons.id'], name=op.f('fk_training_participants_removed_by'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['training_id'], ['trainings.id'], name=op.f('fk_training_participants_training_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_participants'))
    )
    with op.batch_alter_table('training_participants', schema=None) as batch_op:
        batch_op.create_index('ix_training_participants_person_id', ['person_id'], unique=False)
        batch_op.create_index('uq_training_participants_standing', ['training_id', 'person_id'], unique=True, sqlite_where=sa.text('removed_at is null'), postgresql_where=sa.text('removed_at is null'))

    op.create_table('training_lists',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_training_lists_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_lists')),
    sa.UniqueConstraint('token', name=op.f('uq_training_lists_token'))
    )
    with op.batch_alter_table('training_lists', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_training_lists_made_at'), ['made_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_training_lists_person_id'), ['person_id'], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('training_lists', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_training_lists_person_id'))
        batch_op.drop_index(batch_op.f('ix_training_lists_made_at'))

    op.drop_table('training_lists')

    with op.batch_alter_table('training_participants', schema=None) as batch_op:
        batch_op.drop_index('uq_training_participants_standing', sqlite_where=sa.text('removed_at is null'), postgresql_where=sa.text('removed_at is null'))
        batch_op.drop_index('ix_training_participants_person_id')

    op.drop_table('training_participants')

    with op.batch_alter_table('trainings', schema=None) as batch_op:
        batch_op.drop_index('ix_trainings_made_by')
        batch_op.drop_index('ix_trainings_from_on')
        batch_op.drop_index(batch_op.f('ix_trainings_evidence_id'))

    op.drop_table('trainings')

    with op.batch_alter_table('claims', schema=None) as batch_op:
        batch_op.drop_index('ix_claims_state_sent_at')
        batch_op.drop_index('ix_claims_person_id')
        batch_op.drop_index('ix_claims_number_key', sqlite_where=sa.text("number_key <> ''"), postgresql_where=sa.text("number_key <> ''"))
        batch_op.drop_index('ix_claims_evidence_id')

    op.drop_table('claims')

    with op.batch_alter_table('evidence', schema=None) as batch_op:
        batch_op.drop_index('ix_evidence_sent_sha256')
        batch_op.drop_index('ix_evidence_kept_sha256')

    op.drop_table('evidence')
