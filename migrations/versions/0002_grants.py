"""Roles as grants that are bound to a unit or a module, in place of one role a person."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

ROLES = "'trainer', 'marker', 'supervisor', 'delegate', 'survey-officer', 'auditor', 'admin'"


def upgrade() -> None:
    """Apply: supervisors keep their unit, trainers their modules, administrators the whole agency."""
    op.create_table(
        'grants',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('role', sa.String(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=True),
        sa.Column('module_id', sa.String(), nullable=True),
        sa.Column('starts_on', sa.Date(), nullable=False),
        sa.Column('ends_on', sa.Date(), nullable=True),
        sa.Column('behalf_of', sa.Integer(), nullable=True),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('granted_by', sa.Integer(), nullable=True),
        sa.Column('granted_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_by', sa.Integer(), nullable=True),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"role in ({ROLES})", name=op.f('ck_grants_role')),
        sa.CheckConstraint("unit_id is null or role not in ('trainer', 'marker')", name=op.f('ck_grants_unit')),
        sa.CheckConstraint("module_id is null or role in ('trainer', 'marker')", name=op.f('ck_grants_module')),
        *(sa.ForeignKeyConstraint([column], ['persons.id'], name=op.f(f'fk_grants_{column}'), ondelete='RESTRICT')
          for column in ('person_id', 'behalf_of', 'granted_by', 'ended_by')),
        sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_grants_unit_id'), ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_grants')),
    )
    op.create_index('ix_grants_person', 'grants', ['person_id', 'ended_at'])
    op.create_index('ix_grants_unit', 'grants', ['unit_id'])
    columns = "INSERT INTO grants (person_id, role, unit_id, module_id, starts_on, reason, granted_at) "
    op.execute(columns + "SELECT id, role, CASE role WHEN 'supervisor' THEN unit_id END, NULL, CURRENT_DATE, '', CURRENT_TIMESTAMP "
                         "FROM persons WHERE role IN ('supervisor', 'admin')")
    op.execute(columns + "SELECT module_trainers.person_id, 'trainer', NULL, module_trainers.module_id, CURRENT_DATE, '', CURRENT_TIMESTAMP "
                         "FROM module_trainers JOIN persons ON persons.id = module_trainers.person_id WHERE persons.role = 'trainer'")
    op.drop_table('module_trainers')
    with op.batch_alter_table('persons') as batch:
        batch.drop_constraint(op.f('ck_persons_role'), type_='check')
        batch.drop_column('role')


def downgrade() -> None:
    """Take back: of several roles the one that may most is kept."""
    with op.batch_alter_table('persons') as batch:
        batch.add_column(sa.Column('role', sa.String(), nullable=False, server_default='learner'))
        batch.create_check_constraint(op.f('ck_persons_role'), "role in ('learner', 'trainer', 'supervisor', 'admin')")
    held = "UPDATE persons SET role = '{0}' WHERE id IN (SELECT person_id FROM grants WHERE role = '{0}' AND ended_at IS NULL)"
    for role in ('trainer', 'supervisor', 'admin'):
        op.execute(held.format(role))
    with op.batch_alter_table('persons') as batch:
        batch.alter_column('role', server_default=None)
    op.create_table(
        'module_trainers',
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('module_id', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_module_trainers_person_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('person_id', 'module_id', name=op.f('pk_module_trainers')),
    )
    op.execute("INSERT INTO module_trainers (person_id, module_id) SELECT DISTINCT person_id, module_id FROM grants "
               "WHERE role = 'trainer' AND module_id IS NOT NULL AND ended_at IS NULL")
    op.drop_table('grants')
