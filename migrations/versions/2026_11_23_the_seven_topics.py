"""the seven topics of the magazine, to be changed by the editors from here on"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_topics"
down_revision = "2026_11_23_schema"
branch_labels = None
depends_on = None

# code, name (and title of the section), words that lead here from any title
TOPICS = [
    ("policy", "政策措施", ["行动计划", "行动方案", "工作方案", "若干措施", "指导意见"]),
    ("equipment", "装备制造", ["装备制造", "重大技术装备", "高端制造"]),
    ("education", "产教融合", ["职业教育", "技能大赛", "产教融合"]),
    ("industry", "行业资讯", ["经济运行", "稳增长"]),
    ("shanxi", "省内信息", ["山西"]),
    ("quality", "质量管理", ["质量管理", "质量品牌", "质量强国"]),
    ("technology", "科技前沿", ["科学家", "研制出"]),
]

topics = sa.table(
    "topics",
    sa.column("code", sa.String),
    sa.column("name", sa.String),
    sa.column("position", sa.Integer),
    sa.column("sections", sa.JSON),
    sa.column("words", sa.JSON),
)


def upgrade() -> None:
    op.bulk_insert(
        topics,
        [
            {"code": code, "name": name, "position": position, "sections": [name], "words": words}
            for position, (code, name, words) in enumerate(TOPICS, start=1)
        ],
    )


def downgrade() -> None:
    op.execute(topics.delete().where(topics.c.code.in_([code for code, *_ in TOPICS])))
