"""Technical competencies, what positions require, evidence of levels."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None
STANDING = sa.text('withdrawn_at is null')


def _json() -> sa.types.TypeEngine[object]:
    return sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    """Apply."""
    op.create_table('competencies',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('definition', sa.String(), nullable=False),
    sa.Column('levels', _json(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('added_by', sa.Integer(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['added_by'], ['persons.id'], name=op.f('fk_competencies_added_by'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_competencies')),
    sa.UniqueConstraint('code', name=op.f('uq_competencies_code'))
    )
    op.create_table('competency_requirements',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('position_kind', sa.String(), nullable=False),
    sa.Column('position', sa.String(), nullable=False),
    sa.Column('position_key', sa.String(), nullable=False),
    sa.Column('level', sa.Integer(), nullable=True),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('basis', sa.String(), nullable=False),
    sa.Column('set_by', sa.Integer(), nullable=True),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(position_kind = '') <> (position_key = '')", name=op.f('ck_competency_requirements_scope')),
    sa.CheckConstraint('level between 1 and 5', name=op.f('ck_competency_requirements_level')),
    sa.ForeignKeyConstraint(['set_by'], ['persons.id'], name=op.f('fk_competency_requirements_set_by'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_competency_requirements')),
    sa.UniqueConstraint('code', 'position_kind', 'position_key', 'from_on', name='uq_competency_requirements_once')
    )
    op.create_table('competency_evidence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('on_day', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('indicators', _json(), nullable=False),
    sa.Column('remark', sa.String(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_by', sa.Integer(), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_for', sa.String(), nullable=False),
    sa.CheckConstraint("(withdrawn_at is null) = (withdrawn_for = '')", name=op.f('ck_competency_evidence_withdrawn')),
    sa.CheckConstraint("kind in ('assessment', 'certificate', 'confirmation', 'module', 'seminar')",
                       name=op.f('ck_competency_evidence_kind')),
    sa.CheckConstraint('level between 1 and 5', name=op.f('ck_competency_evidence_level')),
    sa.CheckConstraint('valid_until >= on_day', name=op.f('ck_competency_evidence_period')),
    sa.ForeignKeyConstraint(['made_by'], ['persons.id'], name=op.f('fk_competency_evidence_made_by'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_competency_evidence_person_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['withdrawn_by'], ['persons.id'], name=op.f('fk_competency_evidence_withdrawn_by'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_competency_evidence'))
    )
    with op.batch_alter_table('competency_evidence', schema=None) as batch_op:
        batch_op.create_index('ix_competency_evidence_kind_key', ['kind', 'key'], unique=False)
        batch_op.create_index('ix_competency_evidence_held', ['person_id', 'code', 'level', 'on_day', 'until_on'], unique=False,
                              sqlite_where=STANDING, postgresql_where=STANDING)
        batch_op.create_index('uq_competency_evidence_standing', ['person_id', 'kind', 'key', 'code'], unique=True,
                              sqlite_where=STANDING, postgresql_where=STANDING)

    op.create_table('competency_files',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('rows', _json(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind in ('technical', 'assessment')", name=op.f('ck_competency_files_kind')),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_competency_files_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_competency_files')),
    sa.UniqueConstraint('person_id', 'kind', name=op.f('uq_competency_files_person_id_kind'))
    )


def downgrade() -> None:
    """Take back; what was entered of levels is lost."""
    op.drop_table('competency_files')
    with op.batch_alter_table('competency_evidence', schema=None) as batch_op:
        batch_op.drop_index('uq_competency_evidence_standing', sqlite_where=STANDING, postgresql_where=STANDING)
        batch_op.drop_index('ix_competency_evidence_held', sqlite_where=STANDING, postgresql_where=STANDING)
        batch_op.drop_index('ix_competency_evidence_kind_key')

    op.drop_table('competency_evidence')
    op.drop_table('competency_requirements')
    op.drop_table('competencies')
