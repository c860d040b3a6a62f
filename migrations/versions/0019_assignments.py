"""Assignments: what people are to do, whom each is for, whom it hits and how they stand."""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None
LIVE, LIVE_1 = sa.text('live'), sa.text('live = 1')


def upgrade() -> None:
    """Apply."""
    op.create_table('assignments',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('subject_kind', sa.String(), nullable=False),
    sa.Column('subject_id', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('required', sa.Boolean(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('due_days', sa.Integer(), nullable=True),
    sa.Column('every_months', sa.Integer(), nullable=True),
    sa.Column('grace_days', sa.Integer(), nullable=False),
    sa.Column('newcomer_days', sa.Integer(), nullable=True),
    sa.Column('first_on', sa.Date(), nullable=False),
    sa.Column('last_on', sa.Date(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('slip', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('ended_by', sa.Integer(), nullable=True),
    sa.Column('ended_why', sa.String(), nullable=False),
    sa.CheckConstraint("subject_kind in ('module', 'programme')", name=op.f('ck_assignments_subject_kind')),
    sa.CheckConstraint('(due_on is null) <> (due_days is null)', name=op.f('ck_assignments_due')),
    sa.CheckConstraint('due_days >= 0 and grace_days >= 0 and every_months >= 1 and newcomer_days >= 0',
                       name=op.f('ck_assignments_numbers')),
    sa.CheckConstraint('last_on is null or last_on >= first_on', name=op.f('ck_assignments_period')),
    sa.ForeignKeyConstraint(['ended_by'], ['persons.id'], name=op.f('fk_assignments_ended_by'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['made_by'], ['persons.id'], name=op.f('fk_assignments_made_by'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_assignments_unit_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignments')),
    sa.UniqueConstraint('slip', name=op.f('uq_assignments_slip'))
    )
    with op.batch_alter_table('assignments') as batch:
        batch.create_index('ix_assignments_subject_kind_subject_id', ['subject_kind', 'subject_id'])
        batch.create_index('ix_assignments_unit_id', ['unit_id'])
    op.create_table('assignment_hits',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('live', sa.Boolean(), nullable=False),
    sa.Column('hit_on', sa.Date(), nullable=False),
    sa.Column('gone_on', sa.Date(), nullable=True),
    sa.Column('told', sa.Boolean(), nullable=False),
    sa.Column('extended_to', sa.Date(), nullable=True),
    sa.Column('waived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('waived_until', sa.Date(), nullable=True),
    sa.Column('waived_by', sa.Integer(), nullable=True),
    sa.Column('waived_why', sa.String(), nullable=False),
    sa.Column('state', sa.SmallInteger(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('begins_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('completed_on', sa.Date(), nullable=True),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.Column('changes_on', sa.Date(), nullable=True),
    sa.CheckConstraint('state between 0 and 6', name=op.f('ck_assignment_hits_state')),
    sa.CheckConstraint('waived_at is not null or (waived_until is null and waived_by is null)', name=op.f('ck_assignment_hits_waiver')),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignments.id'], name=op.f('fk_assignment_hits_assignment_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_assignment_hits_person_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_assignment_hits_unit_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['waived_by'], ['persons.id'], name=op.f('fk_assignment_hits_waived_by'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment_hits')),
    sa.UniqueConstraint('person_id', 'assignment_id', name=op.f('uq_assignment_hits_person_id_assignment_id'))
    )
    with op.batch_alter_table('assignment_hits') as batch:
        batch.create_index('ix_assignment_hits_changes_on', ['changes_on'],
                           sqlite_where=LIVE_1, postgresql_where=LIVE)
        batch.create_index('ix_assignment_hits_assignment', ['assignment_id', 'state', 'due_on', 'id'],
                           sqlite_where=LIVE_1, postgresql_where=LIVE)
        batch.create_index('ix_assignment_hits_order', ['state', 'due_on', 'id'],
                           sqlite_where=LIVE_1, postgresql_where=LIVE)
        batch.create_index('ix_assignment_hits_tally', ['assignment_id', 'unit_id', 'state'],
                           sqlite_where=LIVE_1, postgresql_where=LIVE)
        batch.create_index('ix_assignment_hits_unit', ['unit_id', 'state', 'due_on', 'id'],
                           sqlite_where=LIVE_1, postgresql_where=LIVE)
    op.create_table('assignment_tallies',
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.SmallInteger(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignments.id'], name=op.f('fk_assignment_tallies_assignment_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_assignment_tallies_unit_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('assignment_id', 'unit_id', 'state', name=op.f('pk_assignment_tallies'))
    )
    op.create_index('ix_assignment_tallies_sums', 'assignment_tallies', ['assignment_id', 'state', 'unit_id', 'people'])
    op.create_table('assignment_targets',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('value', sa.String(), nullable=False),
    sa.CheckConstraint("(kind = 'person') = (person_id is not null) and (kind = 'unit') = (unit_id is not null)",
                       name=op.f('ck_assignment_targets_named')),
    sa.CheckConstraint("kind in ('person', 'unit', 'position-kind', 'position', 'employment')", name=op.f('ck_assignment_targets_kind')),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignments.id'], name=op.f('fk_assignment_targets_assignment_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_assignment_targets_person_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_assignment_targets_unit_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment_targets'))
    )
    with op.batch_alter_table('assignment_targets') as batch:
        batch.create_index('ix_assignment_targets_assignment_id', ['assignment_id'])
        batch.create_index('ix_assignment_targets_person_id', ['person_id'])


def downgrade() -> None:
    """Take back."""
    op.drop_table('assignment_targets')
    op.drop_table('assignment_tallies')
    op.drop_table('assignment_hits')
    op.drop_table('assignments')
