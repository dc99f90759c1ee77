"""Closed sets: an ASCII code for the database, a Chinese label for people.

What an editor may change, such as the topics, is a table and not here.
"""

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """A code with a label: `ACCEPTED = "accepted", "已交中继"`."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        """Keep the label beside the code, so that neither can be forgotten."""
        word = str.__new__(cls, code)
        word._value_ = code
        word.label = label
        return word


class Role(Word):
    """What a contact does in his enterprise."""

    LIAISON = "liaison", "联络员"
    MANAGER = "manager", "总经理"
    TECHNOLOGY = "technology", "技术"
    QUALITY = "quality", "质量"
    PERSONNEL = "personnel", "人事"
    ADMINISTRATION = "administration", "行政"
    OTHER = "other", "其他"


class Edition(Word):
    """Whether a reader's interests choose his articles."""

    PERSONALISED = "personalised", "个性化"
    STANDARD = "standard", "标准版"


class Frequency(Word):
    """How often a reader wants a mail."""

    EVERY_ISSUE = "every_issue", "每期"
    WHEN_MATCHING = "when_matching", "有匹配时"


class MailFormat(Word):
    """What a reader's mail is made of."""

    HTML = "html", "图文"
    TEXT = "text", "纯文本"


class Membership(Word):
    """Where an enterprise stands; derived from its dates."""

    MEMBER = "member", "会员"
    UPCOMING = "upcoming", "尚未入会"
    ENDING = "ending", "即将到期"
    SUSPENDED = "suspended", "已暂停"
    ENDED = "ended", "会籍已终止"


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


class Purpose(Word):
    """What a consent is for."""

    DIGEST = "digest", "接收摘要邮件"
    TRACKING = "tracking", "阅读统计"


class Decision(Word):
    """What a person said when asked for consent; of all but requests, the last word counts."""

    GRANTED = "granted", "同意"
    WITHDRAWN = "withdrawn", "撤回"
    REQUESTED = "requested", "待确认"  # somebody gave the address; its owner has not confirmed
    VOIDED = "voided", "作废"  # what was written down before was a mistake: as if never said


class Tracking(Word):
    """What a reader allows us to learn from his opens and clicks."""

    GRANTED = "granted", "同意按人统计"
    UNKNOWN = "unknown", "只作匿名统计"
    DENIED = "denied", "不统计"


class SuppressionReason(Word):
    """Why an address is not written to, whoever owns it."""

    HARD_BOUNCE = "hard_bounce", "硬退信"
    COMPLAINT = "complaint", "投诉"
    BY_HAND = "by_hand", "人工"
    IMPORTED = "imported", "服务商名单"
    ERASED = "erased", "应本人要求删除"


class TopicsFrom(Word):
    """Whose choice a reader's topics are."""

    OWN = "own", "本人"
    ENTERPRISE = "enterprise", "默认：本单位关注"
    DEFAULT = "default", "默认：按职务与行业"
    NOBODY = "nobody", "未选择：全部"


class ImportKind(Word):
    """What a file that was imported is about."""

    SUBSCRIBERS = "subscribers", "订阅者"
    ENTERPRISES = "enterprises", "会员企业"


class RowOutcome(Word):
    """What became of one row of an imported file."""

    ADDED = "added", "新增"
    CHANGED = "changed", "更新"
    LEFT = "left", "未变"
    REFUSED = "refused", "拒绝"


class RequestKind(Word):
    """What a person asked about the data held on him."""

    ACCESS = "access", "查阅或复制"
    CORRECTION = "correction", "更正"
    ERASURE = "erasure", "删除"


class RunKind(Word):
    """What a run is for."""

    REGULAR = "regular", "月度投递"


class RunState(Word):
    """Where a run stands."""

    PLANNING = "planning", "规划中"
    PLANNED = "planned", "已规划"
    SEALED = "sealed", "已封存"
    SENDING = "sending", "投递中"
    PAUSED = "paused", "已暂停"
    FINISHED = "finished", "已完成"
    CANCELLED = "cancelled", "已取消"


class DeliveryState(Word):
    """Where one delivery stands; `delivery/states.py` says what may follow what."""

    PLANNED = "planned", "待投递"
    LEASED = "leased", "处理中"
    HANDED = "handed", "交付中"
    ACCEPTED = "accepted", "已交中继"  # the relay took it: not "delivered"
    DEFERRED = "deferred", "待重试"
    FAILED = "failed", "被拒收"
    IN_DOUBT = "in_doubt", "存疑"
    HELD = "held", "已扣留"
    SKIPPED = "skipped", "已跳过"
    CANCELLED = "cancelled", "已取消"
    EXPIRED = "expired", "已过期"


class LetterPurpose(Word):
    """What a single mail is for."""

    MEMBERSHIP_ENDING = "membership_ending", "会籍到期提醒"
    PROOF = "proof", "样刊"
    CONFIRMATION = "confirmation", "订阅确认"
    WELCOME = "welcome", "欢迎信"


class LetterState(Word):
    """Where a single mail stands."""

    WAITING = "waiting", "待寄"
    HANDED = "handed", "交付中"
    SENT = "sent", "已交中继"
    FAILED = "failed", "被拒收"
    IN_DOUBT = "in_doubt", "存疑"  # never sent again by itself
    CANCELLED = "cancelled", "不再寄"  # its reader has left, or has confirmed already


class Cause(Word):
    """Why a delivery failed, was skipped or is held, or why a reader was left out of a plan."""

    BAD_ADDRESS = "bad_address", "地址无效"
    POLICY = "policy", "对方策略拒收"
    CONTENT = "content", "内容被拒"
    SIZE = "size", "邮件过大"
    EAI = "eai", "中继不支持国际化地址"
    UNKNOWN = "unknown", "原因不明"
    LEFT = "left", "已退订"
    SUPPRESSED = "suppressed", "地址已抑制"
    NO_CONSENT = "no_consent", "未曾同意"
    PENDING = "pending", "待本人确认"
    PAUSED = "paused", "本人暂停"
    DEPARTED = "departed", "已离任"
    MEMBERSHIP = "membership", "会籍终止或暂停"
    ERASED = "erased", "资料已删除"
    NO_MATCH = "no_match", "本期没有匹配"
    ALREADY = "already", "本期已有投递"
    POISON = "poison", "多次导致进程崩溃"


class Signal(Word):
    """In which shape something came back."""

    OPEN = "open", "打开"
    CLICK = "click", "点击"
    MAIL = "mail", "来信"


class Verdict(Word):
    """Who opened or clicked."""

    HUMAN = "human", "读者"
    MACHINE = "machine", "机器"
    UNKNOWN = "unknown", "无法判断"


class Returned(Word):
    """What a mail that came back is."""

    BOUNCE = "bounce", "退信"
    DELAYED = "delayed", "延迟通知"  # it may still arrive
    COMPLAINT = "complaint", "投诉"
    LEAVE = "leave", "来信退订"
    AUTO_REPLY = "auto_reply", "自动回复"
    CHALLENGE = "challenge", "要求验证发件人"
    DELIVERED = "delivered", "送达通知"
    OTHER = "other", "其他来信"
    UNREADABLE = "unreadable", "读不懂"


class FoundBy(Word):
    """What led from a mail that came back to the delivery it speaks of."""

    RETURN_PATH = "return_path", "退信地址"
    MESSAGE_ID = "message_id", "邮件编号"
    RECIPIENT = "recipient", "收件人地址"


class Meaning(Word):
    """What a mail system means by a refusal, whatever its words and its code."""

    BAD_ADDRESS = "bad_address", "地址不存在"
    BAD_DOMAIN = "bad_domain", "域名无效"
    MAILBOX_FULL = "mailbox_full", "邮箱已满"
    INACTIVE = "inactive", "邮箱停用"
    FILTERED = "filtered", "收件人拒收"
    CONTENT = "content", "内容被拒"
    REPUTATION = "reputation", "发信方信誉"
    POLICY = "policy", "对方策略拒收"
    AUTH = "auth", "发信认证"
    RATE_LIMIT = "rate_limit", "频率超限"
    TOO_LARGE = "too_large", "邮件过大"
    PROTOCOL = "protocol", "协议错误"
    TRANSIENT = "transient", "暂时故障"
    UNKNOWN = "unknown", "原因不明"
