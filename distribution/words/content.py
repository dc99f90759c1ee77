"""What is in an issue and in a reader's mail."""

from distribution.words.word import Word


class Reason(Word):
    """Why an article is in a reader's mail."""

    LEAD = "lead", "本期头条"
    MUST_CARRY = "must_carry", "编辑推荐"
    TOPIC = "topic", "您关注"
    ENTERPRISE = "enterprise", "本单位关注"
    DEFAULT = "default", "默认关注"  # by role or industry, see `audience.default_rules`
    WATCH_WORD = "watch_word", "关注词"
    DISCOVERY = "discovery", "新主题试读"
    SECTION = "section", "栏目要闻"  # the editor wants so many of it in every mail
    CONTENTS = "contents", "本期目录"  # the whole issue, for who chose nothing or wants it so
    FILL = "fill", "本期其他"  # of his own there were too few


class Omission(Word):
    """Why an article is not in a reader's mail."""

    NOT_FOLLOWED = "not_followed", "不在关注范围"
    SECTION_FULL = "section_full", "栏目已满"  # the editor wants no more of it in a mail
    NO_MATCH = "no_match", "没有匹配，不发"  # he wants a mail only where something matches


class RuleField(Word):
    """Where a topic's rule looks for its words."""

    TITLE = "title", "标题"
    TEXT = "text", "标题与正文"


class CorrectionKind(Word):
    """What an editor did to an issue as it was read."""

    MASTHEAD = "masthead", "修改刊头"
    EDIT = "edit", "修改"
    MERGE = "merge", "合并"
    SPLIT = "split", "拆分"
    MOVE = "move", "移动"
    DROP = "drop", "删去"
    SEEN = "seen", "已核对"


class TopicOrigin(Word):
    """What put an article under a topic."""

    SECTION = "section", "栏目"
    RULE = "rule", "词语规则"
    EDITOR = "editor", "编辑"
