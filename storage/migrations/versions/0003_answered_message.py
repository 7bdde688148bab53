"""Which message an outgoing one answers"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Step forward."""
    op.add_column('outbox', sa.Column('inbound_id', sa.Integer(), nullable=True))


def downgrade() -> None:
    """Step back."""
    op.drop_column('outbox', 'inbound_id')
