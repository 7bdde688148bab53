"""What the bot asked back and waits for"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Step forward."""
    op.create_table('open_question',
    sa.Column('account_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('asked_at', sa.DateTime(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], ),
    sa.PrimaryKeyConstraint('account_id')
    )


def downgrade() -> None:
    """Step back."""
    op.drop_table('open_question')
