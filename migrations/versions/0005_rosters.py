"""Files that wait to be imported, remembered column mappings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    json = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
    op.create_table(
        'import_files',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('token', sa.String(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ('kind', 'name', 'sha256')),
        sa.Column('size', sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ('sheet', 'scope')),
        sa.Column('plan', json, nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('people', 'units')", name=op.f('ck_import_files_kind')),
        sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_import_files_person_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_import_files')),
        sa.UniqueConstraint('token', name=op.f('uq_import_files_token')),
    )
    op.create_index(op.f('ix_import_files_person_id'), 'import_files', ['person_id'])
    op.create_index(op.f('ix_import_files_created_at'), 'import_files', ['created_at'])
    op.create_table(
        'column_mappings',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('signature', sa.String(), nullable=False),
        sa.Column('meant', json, nullable=False),
        sa.Column('saved_by', sa.Integer(), nullable=True),
        sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['saved_by'], ['persons.id'], name=op.f('fk_column_mappings_saved_by'), ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_column_mappings')),
        sa.UniqueConstraint('kind', 'signature', name=op.f('uq_column_mappings_kind_signature')),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table('column_mappings')
    op.drop_index(op.f('ix_import_files_created_at'), 'import_files')
    op.drop_index(op.f('ix_import_files_person_id'), 'import_files')
    op.drop_table('import_files')
