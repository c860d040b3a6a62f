"""Notices, mail and preferences."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column('persons', sa.Column('unread_notices', sa.Integer(), nullable=False, server_default='0'))
    op.create_table(
        'notices',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('key', sa.String(), nullable=False),
        sa.Column('values', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('in_digest', sa.Boolean(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_notices_person_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_notices')),
        sa.UniqueConstraint('person_id', 'key', name=op.f('uq_notices_person_id_key')),
    )
    op.create_index('ix_notices_person_id_created_at', 'notices', ['person_id', 'created_at'])
    op.create_index('ix_notices_created_at', 'notices', ['created_at'])
    op.create_index('ix_notices_in_digest', 'notices', ['person_id'], sqlite_where=sa.text('in_digest'),
                    postgresql_where=sa.text('in_digest'))
    _create_mails()
    op.create_table(
        'notice_preferences',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('channel', sa.String(), nullable=False),
        sa.CheckConstraint("channel in ('now', 'digest', 'off')", name=op.f('ck_notice_preferences_channel')),
        sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_notice_preferences_person_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('person_id', 'kind', name=op.f('pk_notice_preferences')),
    )
    op.create_table(
        'mail_languages',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('language', sa.String(), nullable=False),
        sa.CheckConstraint("language in ('id', 'en')", name=op.f('ck_mail_languages_language')),
        sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_mail_languages_person_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('person_id', name=op.f('pk_mail_languages')),
    )
    op.create_table(
        'mail_server',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('failing_since', sa.DateTime(timezone=True), nullable=False),
        sa.Column('failures', sa.Integer(), nullable=False),
        sa.Column('retry_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('error', sa.String(), nullable=False),
        sa.CheckConstraint('id = 1', name=op.f('ck_mail_server_one')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_server')),
    )


def _create_mails() -> None:
    op.create_table(
        'mails',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('values', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
        sa.Column('only_to', sa.String(), nullable=True),
        sa.Column('address', sa.String(), nullable=True),
        sa.Column('state', sa.String(), nullable=False),
        sa.Column('priority', sa.Integer(), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('doubtful', sa.Boolean(), nullable=False),
        sa.Column('message_id', sa.String(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ('created_at', 'next_at', 'ends_at')),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in ('lease_until', 'tried_at', 'sent_at')),
        sa.Column('reason', sa.String(), nullable=True),
        sa.Column('error', sa.String(), nullable=True),
        sa.CheckConstraint("state in ('todo', 'sending', 'sent', 'dropped', 'dead')", name=op.f('ck_mails_state')),
        sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_mails_person_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_mails')),
        sa.UniqueConstraint('key', name=op.f('uq_mails_key')),
        sa.UniqueConstraint('message_id', name=op.f('uq_mails_message_id')),
    )
    op.create_index('ix_mails_state_priority_next_at', 'mails', ['state', 'priority', 'next_at'])
    for column in ('person_id', 'tried_at', 'created_at'):
        op.create_index(f'ix_mails_{column}', 'mails', [column])


def downgrade() -> None:
    """Take back."""
    for table in ('mail_server', 'mail_languages', 'notice_preferences', 'mails', 'notices'):
        op.drop_table(table)
    op.drop_column('persons', 'unread_notices')
