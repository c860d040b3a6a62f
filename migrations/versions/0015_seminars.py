"""Seminars: events with sessions, registrations, attendance, and private calendar addresses."""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('seminar_feeds',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_seminar_feeds_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_seminar_feeds')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_seminar_feeds_token_hash'))
    )
    op.create_table('seminars',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('form', sa.String(), nullable=False),
    sa.Column('scope', sa.String(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('organiser', sa.String(), nullable=False),
    sa.Column('partner_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('unit_quota', sa.Integer(), nullable=True),
    sa.Column('opens_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('cancel_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('min_share', sa.Integer(), nullable=False),
    sa.Column('public', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('last_number', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint(
        "form in ('benchmarking', 'coaching', 'community', 'course', 'degree', 'dissemination', 'distance', 'e-learning', 'exchange', "
        "'functional', 'guidance', 'internship', 'managerial', 'mentoring', 'on-the-job', 'other-classical', 'other-nonclassical', "
        "'outbound', 'secondment', 'self-study', 'seminar', 'sociocultural', 'structural', 'technical', 'upgrading', 'workshop')",
        name=op.f('ck_seminars_form')),
    sa.CheckConstraint("scope in ('national', 'international')", name=op.f('ck_seminars_scope')),
    sa.CheckConstraint("state in ('draft', 'published', 'closed', 'held', 'cancelled')", name=op.f('ck_seminars_state')),
    sa.CheckConstraint('closes_at > opens_at', name=op.f('ck_seminars_window')),
    sa.CheckConstraint('min_share between 0 and 100', name=op.f('ck_seminars_min_share')),
    sa.CheckConstraint('seats >= 1 and (unit_quota is null or unit_quota >= 1)', name=op.f('ck_seminars_seats')),
    sa.ForeignKeyConstraint(['made_by'], ['persons.id'], name=op.f('fk_seminars_made_by'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['partner_id'], ['partners.id'], name=op.f('fk_seminars_partner_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seminars')),
    sa.UniqueConstraint('code', name=op.f('uq_seminars_code'))
    )
    with op.batch_alter_table('seminars', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_seminars_partner_id'), ['partner_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_seminars_state'), ['state'], unique=False)

    op.create_table('seminar_registrations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('seminar_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('how', sa.String(), nullable=False),
    sa.Column('quota_unit_id', sa.Integer(), nullable=False),
    sa.Column('nominated_by', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('moved_up_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.Integer(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.CheckConstraint("(state in ('seat', 'waiting')) = (ended_at is null)", name=op.f('ck_seminar_registrations_ended')),
    sa.CheckConstraint("how in ('self', 'nominated', 'walk-in')", name=op.f('ck_seminar_registrations_how')),
    sa.CheckConstraint("state in ('seat', 'waiting', 'declined', 'cancelled', 'removed')", name=op.f('ck_seminar_registrations_state')),
    sa.ForeignKeyConstraint(['ended_by'], ['persons.id'], name=op.f('fk_seminar_registrations_ended_by'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['nominated_by'], ['persons.id'], name=op.f('fk_seminar_registrations_nominated_by'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_seminar_registrations_person_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['quota_unit_id'], ['units.id'], name=op.f('fk_seminar_registrations_quota_unit_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['seminar_id'], ['seminars.id'], name=op.f('fk_seminar_registrations_seminar_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seminar_registrations')),
    sa.UniqueConstraint('seminar_id', 'number', name=op.f('uq_seminar_registrations_seminar_id_number'))
    )
    with op.batch_alter_table('seminar_registrations', schema=None) as batch_op:
        batch_op.create_index('ix_seminar_registrations_person_id', ['person_id', 'state'], unique=False)
        batch_op.create_index('ix_seminar_registrations_seminar_id_state', ['seminar_id', 'state', 'number'], unique=False)
        batch_op.create_index('uq_seminar_registrations_live', ['seminar_id', 'person_id'], unique=True,
                              sqlite_where=sa.text("state in ('seat', 'waiting')"),
                              postgresql_where=sa.text("state in ('seat', 'waiting')"))

    op.create_table('seminar_sessions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('seminar_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('place', sa.String(), nullable=False),
    sa.Column('link', sa.String(), nullable=False),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_seminar_sessions_period')),
    sa.ForeignKeyConstraint(['seminar_id'], ['seminars.id'], name=op.f('fk_seminar_sessions_seminar_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seminar_sessions'))
    )
    with op.batch_alter_table('seminar_sessions', schema=None) as batch_op:
        batch_op.create_index('ix_seminar_sessions_seminar_id_starts_at', ['seminar_id', 'starts_at'], unique=False)
        batch_op.create_index('ix_seminar_sessions_starts_at', ['starts_at'], unique=False)

    op.create_table('seminar_units',
    sa.Column('seminar_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['seminar_id'], ['seminars.id'], name=op.f('fk_seminar_units_seminar_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_seminar_units_unit_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('seminar_id', 'unit_id', name=op.f('pk_seminar_units'))
    )
    op.create_table('seminar_attendances',
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('how', sa.String(), nullable=False),
    sa.Column('noted_by', sa.Integer(), nullable=True),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("how in ('list', 'qr', 'code', 'offline')", name=op.f('ck_seminar_attendances_how')),
    sa.CheckConstraint("state in ('present', 'late', 'absent')", name=op.f('ck_seminar_attendances_state')),
    sa.ForeignKeyConstraint(['noted_by'], ['persons.id'], name=op.f('fk_seminar_attendances_noted_by'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_seminar_attendances_person_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['session_id'], ['seminar_sessions.id'], name=op.f('fk_seminar_attendances_session_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('session_id', 'person_id', name=op.f('pk_seminar_attendances'))
    )
    with op.batch_alter_table('seminar_attendances', schema=None) as batch_op:
        batch_op.create_index('ix_seminar_attendances_person_id', ['person_id'], unique=False)

    op.create_table('seminar_materials',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['session_id'], ['seminar_sessions.id'], name=op.f('fk_seminar_materials_session_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seminar_materials')),
    sa.UniqueConstraint('session_id', 'number', name=op.f('uq_seminar_materials_session_id_number'))
    )
    op.create_table('seminar_speakers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('agency', sa.String(), nullable=False),
    sa.Column('expert_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['expert_id'], ['partner_experts.id'], name=op.f('fk_seminar_speakers_expert_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['session_id'], ['seminar_sessions.id'], name=op.f('fk_seminar_speakers_session_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seminar_speakers')),
    sa.UniqueConstraint('session_id', 'number', name=op.f('uq_seminar_speakers_session_id_number'))
    )
    with op.batch_alter_table('seminar_speakers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_seminar_speakers_expert_id'), ['expert_id'], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('seminar_speakers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_seminar_speakers_expert_id'))

    op.drop_table('seminar_speakers')
    op.drop_table('seminar_materials')
    with op.batch_alter_table('seminar_attendances', schema=None) as batch_op:
        batch_op.drop_index('ix_seminar_attendances_person_id')

    op.drop_table('seminar_attendances')
    op.drop_table('seminar_units')
    with op.batch_alter_table('seminar_sessions', schema=None) as batch_op:
        batch_op.drop_index('ix_seminar_sessions_starts_at')
        batch_op.drop_index('ix_seminar_sessions_seminar_id_starts_at')

    op.drop_table('seminar_sessions')
    with op.batch_alter_table('seminar_registrations', schema=None) as batch_op:
        batch_op.drop_index('uq_seminar_registrations_live',
                              sqlite_where=sa.text("state in ('seat', 'waiting')"),
                              postgresql_where=sa.text("state in ('seat', 'waiting')"))
        batch_op.drop_index('ix_seminar_registrations_seminar_id_state')
        batch_op.drop_index('ix_seminar_registrations_person_id')

    op.drop_table('seminar_registrations')
    with op.batch_alter_table('seminars', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_seminars_state'))
        batch_op.drop_index(batch_op.f('ix_seminars_partner_id'))

    op.drop_table('seminars')
    op.drop_table('seminar_feeds')
