"""Partners with agreements, contacts, experts, offers and study programmes; applications to study, semesters, documents."""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('partners',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('website', sa.String(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind in ('agency', 'association', 'company', 'other', 'training', 'university')", name=op.f('ck_partners_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_partners')),
    sa.UniqueConstraint('name', name=op.f('uq_partners_name'))
    )

    op.create_table('partner_agreements',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('partner_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.CheckConstraint("kind in ('mou', 'pks')", name=op.f('ck_partner_agreements_kind')),
    sa.CheckConstraint('until_on >= from_on', name=op.f('ck_partner_agreements_period')),
    sa.ForeignKeyConstraint(['partner_id'], ['partners.id'], name=op.f('fk_partner_agreements_partner_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_partner_agreements'))
    )

    with op.batch_alter_table('partner_agreements', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_partner_agreements_partner_id'), ['partner_id'], unique=False)
        batch_op.create_index('ix_partner_agreements_until_on', ['until_on'], unique=False)

    op.create_table('partner_contacts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('partner_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('phone', sa.String(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['partner_id'], ['partners.id'], name=op.f('fk_partner_contacts_partner_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_partner_contacts'))
    )

    with op.batch_alter_table('partner_contacts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_partner_contacts_partner_id'), ['partner_id'], unique=False)

    op.create_table('partner_experts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('partner_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('field', sa.String(), nullable=False),
    sa.Column('competencies', sa.Text(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('phone', sa.String(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['partner_id'], ['partners.id'], name=op.f('fk_partner_experts_partner_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_partner_experts'))
    )

    with op.batch_alter_table('partner_experts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_partner_experts_partner_id'), ['partner_id'], unique=False)

    op.create_table('partner_offers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('partner_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('form', sa.String(), nullable=False),
    sa.Column('jp', sa.BigInteger(), nullable=True),
    sa.Column('cost', sa.BigInteger(), nullable=True),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('remarks', sa.Text(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.CheckConstraint(
    "form in ('benchmarking', 'coaching', 'community', 'course', 'degree', 'dissemination', 'distance', 'e-learning', "
    "'exchange', 'functional', 'guidance', 'internship', 'managerial', 'mentoring', 'on-the-job', 'other-classical', "
    "'other-nonclassical', 'outbound', 'secondment', 'self-study', 'seminar', 'sociocultural', 'structural', "
    "'technical', 'upgrading', 'workshop')", name=op.f('ck_partner_offers_form')),
    sa.CheckConstraint("kind in ('course', 'seminar', 'study')", name=op.f('ck_partner_offers_kind')),
    sa.CheckConstraint("language in ('en', 'id', 'other')", name=op.f('ck_partner_offers_language')),
    sa.CheckConstraint('cost is null or cost >= 0', name=op.f('ck_partner_offers_cost')),
    sa.CheckConstraint('jp is null or jp > 0', name=op.f('ck_partner_offers_jp')),
    sa.ForeignKeyConstraint(['partner_id'], ['partners.id'], name=op.f('fk_partner_offers_partner_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_partner_offers'))
    )

    with op.batch_alter_table('partner_offers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_partner_offers_partner_id'), ['partner_id'], unique=False)

    op.create_table('study_programmes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('partner_id', sa.Integer(), nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('faculty', sa.String(), nullable=False),
    sa.Column('competencies', sa.Text(), nullable=False),
    sa.Column('semesters', sa.Integer(), nullable=False),
    sa.Column('mode', sa.String(), nullable=False),
    sa.Column('cost', sa.BigInteger(), nullable=True),
    sa.Column('funding', sa.String(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.CheckConstraint("funding in ('agency', 'either', 'self')", name=op.f('ck_study_programmes_funding')),
    sa.CheckConstraint("level in ('D3', 'S1', 'S2', 'S3', 'profession')", name=op.f('ck_study_programmes_level')),
    sa.CheckConstraint("mode in ('blended', 'campus', 'distance')", name=op.f('ck_study_programmes_mode')),
    sa.CheckConstraint('cost is null or cost >= 0', name=op.f('ck_study_programmes_cost')),
    sa.CheckConstraint('semesters between 1 and 14', name=op.f('ck_study_programmes_semesters')),
    sa.ForeignKeyConstraint(['partner_id'], ['partners.id'], name=op.f('fk_study_programmes_partner_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_study_programmes'))
    )

    with op.batch_alter_table('study_programmes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_study_programmes_partner_id'), ['partner_id'], unique=False)

    op.create_table('studies',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=True),
    sa.Column('institution', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('funding', sa.String(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('opinion', sa.String(), nullable=False),
    sa.Column('opinion_reason', sa.Text(), nullable=False),
    sa.Column('opinion_by', sa.Integer(), nullable=True),
    sa.Column('opinion_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('decree_number', sa.String(), nullable=False),
    sa.Column('decree_on', sa.Date(), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('started_on', sa.Date(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('end_reason', sa.Text(), nullable=False),
    sa.CheckConstraint("funding in ('agency', 'self')", name=op.f('ck_studies_funding')),
    sa.CheckConstraint("level in ('D3', 'S1', 'S2', 'S3', 'profession')", name=op.f('ck_studies_level')),
    sa.CheckConstraint("opinion in ('', 'yes', 'no')", name=op.f('ck_studies_opinion')),
    sa.CheckConstraint(
    "state in ('advised', 'approved', 'draft', 'finished', 'refused', 'returned', 'stopped', 'studying', 'submitted', "
    "'withdrawn')", name=op.f('ck_studies_state')),
    sa.CheckConstraint("state not in ('approved', 'studying', 'finished') or decree_number <> ''", name=op.f('ck_studies_decree')),
    sa.ForeignKeyConstraint(['decided_by'], ['persons.id'], name=op.f('fk_studies_decided_by'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['opinion_by'], ['persons.id'], name=op.f('fk_studies_opinion_by'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_studies_person_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['programme_id'], ['study_programmes.id'], name=op.f('fk_studies_programme_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_studies'))
    )

    with op.batch_alter_table('studies', schema=None) as batch_op:
        batch_op.create_index('ix_studies_person_id', ['person_id'], unique=False)
        batch_op.create_index('ix_studies_state', ['state'], unique=False)
        batch_op.create_index('uq_studies_open', ['person_id'], unique=True,
            sqlite_where=sa.text("state in ('submitted', 'advised', 'approved', 'studying')"),
            postgresql_where=sa.text("state in ('submitted', 'advised', 'approved', 'studying')"))

    op.create_table('study_semesters',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('study_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('credits', sa.Integer(), nullable=False),
    sa.Column('gpa', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('reported_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state in ('confirmed', 'reported', 'returned')", name=op.f('ck_study_semesters_state')),
    sa.CheckConstraint('credits between 0 and 40', name=op.f('ck_study_semesters_credits')),
    sa.CheckConstraint('gpa between 0 and 4000', name=op.f('ck_study_semesters_gpa')),
    sa.CheckConstraint('number between 1 and 14', name=op.f('ck_study_semesters_number')),
    sa.CheckConstraint('until_on >= from_on', name=op.f('ck_study_semesters_period')),
    sa.ForeignKeyConstraint(['decided_by'], ['persons.id'], name=op.f('fk_study_semesters_decided_by'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['study_id'], ['studies.id'], name=op.f('fk_study_semesters_study_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_study_semesters')),
    sa.UniqueConstraint('study_id', 'number', name=op.f('uq_study_semesters_study_id_number'))
    )

    op.create_table('partner_papers',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('agreement_id', sa.Integer(), nullable=True),
    sa.Column('study_id', sa.Integer(), nullable=True),
    sa.Column('semester_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('stored', sa.String(), nullable=False),
    sa.Column('mime', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint(
    '(case when agreement_id is null then 0 else 1 end) + (case when study_id is null then 0 else 1 end) + (case when '
    'semester_id is null then 0 else 1 end) = 1', name=op.f('ck_partner_papers_one_owner')),
    sa.ForeignKeyConstraint(['agreement_id'], ['partner_agreements.id'], name=op.f('fk_partner_papers_agreement_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['semester_id'], ['study_semesters.id'], name=op.f('fk_partner_papers_semester_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['study_id'], ['studies.id'], name=op.f('fk_partner_papers_study_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_partner_papers')),
    sa.UniqueConstraint('stored', name=op.f('uq_partner_papers_stored'))
    )

    with op.batch_alter_table('partner_papers', schema=None) as batch_op:
        batch_op.create_index('ix_partner_papers_agreement_id', ['agreement_id'], unique=False)
        batch_op.create_index('ix_partner_papers_semester_id', ['semester_id'], unique=False)
        batch_op.create_index('ix_partner_papers_study_id', ['study_id'], unique=False)


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('partner_papers', schema=None) as batch_op:
        batch_op.drop_index('ix_partner_papers_study_id')
        batch_op.drop_index('ix_partner_papers_semester_id')
        batch_op.drop_index('ix_partner_papers_agreement_id')

    op.drop_table('partner_papers')
    op.drop_table('study_semesters')
    with op.batch_alter_table('studies', schema=None) as batch_op:
        batch_op.drop_index('uq_studies_open',
            sqlite_where=sa.text("state in ('submitted', 'advised', 'approved', 'studying')"),
            postgresql_where=sa.text("state in ('submitted', 'advised', 'approved', 'studying')"))
        batch_op.drop_index('ix_studies_state')
        batch_op.drop_index('ix_studies_person_id')

    op.drop_table('studies')
    with op.batch_alter_table('study_programmes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_study_programmes_partner_id'))

    op.drop_table('study_programmes')
    with op.batch_alter_table('partner_offers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_partner_offers_partner_id'))

    op.drop_table('partner_offers')
    with op.batch_alter_table('partner_experts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_partner_experts_partner_id'))

    op.drop_table('partner_experts')
    with op.batch_alter_table('partner_contacts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_partner_contacts_partner_id'))

    op.drop_table('partner_contacts')
    with op.batch_alter_table('partner_agreements', schema=None) as batch_op:
        batch_op.drop_index('ix_partner_agreements_until_on')
        batch_op.drop_index(batch_op.f('ix_partner_agreements_partner_id'))

    op.drop_table('partner_agreements')
    op.drop_table('partners')
