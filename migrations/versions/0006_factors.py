"""Second factors, passkeys, and how strong a sign-in is."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply: who is signed in stays so, with a password alone."""
    with op.batch_alter_table('sign_ins') as batch:
        batch.add_column(sa.Column('proved_at', sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column('strength', sa.String(), nullable=False, server_default='single'))
        batch.add_column(sa.Column('how', sa.String(), nullable=False, server_default='password'))
    op.execute("UPDATE sign_ins SET proved_at = created_at")
    with op.batch_alter_table('sign_ins') as batch:
        batch.alter_column('proved_at', existing_type=sa.DateTime(timezone=True), nullable=False)
        batch.alter_column('strength', existing_type=sa.String(), server_default=None)
        batch.alter_column('how', existing_type=sa.String(), server_default=None)
        batch.create_check_constraint(op.f('ck_sign_ins_strength'), "strength in ('half', 'single', 'double')")
    op.create_table(
        'authenticators',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('secret', sa.String(), nullable=False),
        sa.Column('last_step', sa.Integer(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_authenticators_person_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('person_id', name=op.f('pk_authenticators')),
    )
    op.create_table(
        'recovery_codes',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('code_hash', sa.String(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_recovery_codes_person_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('person_id', 'code_hash', name=op.f('pk_recovery_codes')),
    )
    op.create_table(
        'passkeys',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('credential_id', sa.String(), nullable=False),
        sa.Column('public_key', sa.String(), nullable=False),
        sa.Column('user_handle', sa.String(), nullable=False),
        sa.Column('sign_count', sa.BigInteger(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_passkeys_person_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_passkeys')),
        sa.UniqueConstraint('credential_id', name=op.f('uq_passkeys_credential_id')),
    )
    op.create_index(op.f('ix_passkeys_person_id'), 'passkeys', ['person_id'])
    op.create_table(
        'passkey_challenges',
        sa.Column('browser_hash', sa.String(), nullable=False),
        sa.Column('purpose', sa.String(), nullable=False),
        sa.Column('challenge', sa.String(), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('browser_hash', 'purpose', name=op.f('pk_passkey_challenges')),
    )
    op.create_index(op.f('ix_passkey_challenges_expires_at'), 'passkey_challenges', ['expires_at'])


def downgrade() -> None:
    """Take back: sign-ins whose second step was open end."""
    op.drop_table('passkey_challenges')
    op.drop_table('passkeys')
    op.drop_table('recovery_codes')
    op.drop_table('authenticators')
    op.execute("DELETE FROM sign_ins WHERE strength = 'half'")
    with op.batch_alter_table('sign_ins') as batch:
        batch.drop_constraint(op.f('ck_sign_ins_strength'), type_='check')
        batch.drop_column('how')
        batch.drop_column('strength')
        batch.drop_column('proved_at')
