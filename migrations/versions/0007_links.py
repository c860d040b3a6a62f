"""One-time links and accounts at a provider."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        'one_time_links',
        sa.Column('token_hash', sa.String(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('purpose', sa.String(), nullable=False),
        sa.Column('email', sa.String(), nullable=True),
        sa.Column('fingerprint', sa.String(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("purpose in ('activation', 'reset', 'email')", name=op.f('ck_one_time_links_purpose')),
        sa.CheckConstraint("(purpose = 'email') = (email is not null)", name=op.f('ck_one_time_links_email')),
        sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_one_time_links_person_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_one_time_links')),
    )
    op.create_index('ix_one_time_links_person', 'one_time_links', ['person_id', 'purpose', 'created_at'])
    op.create_index(op.f('ix_one_time_links_expires_at'), 'one_time_links', ['expires_at'])
    op.create_table(
        'provider_accounts',
        sa.Column('issuer', sa.String(), nullable=False),
        sa.Column('subject', sa.String(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('linked_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_provider_accounts_person_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('issuer', 'subject', name=op.f('pk_provider_accounts')),
        sa.UniqueConstraint('issuer', 'person_id', name=op.f('uq_provider_accounts_issuer_person_id')),
    )
    op.create_index(op.f('ix_provider_accounts_person_id'), 'provider_accounts', ['person_id'])


def downgrade() -> None:
    """Take back."""
    op.drop_table('provider_accounts')
    op.drop_table('one_time_links')
