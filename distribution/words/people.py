"""What people are, choose, agree to and ask."""

from distribution.words.word import Word


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


class TopicsFrom(Word):
    """Whose choice a reader's topics are."""

    OWN = "own", "本人"
    ENTERPRISE = "enterprise", "默认：本单位关注"
    DEFAULT = "default", "默认：按职务与行业"
    NOBODY = "nobody", "未选择：全部"


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
    SOFT_BOUNCES = "soft_bounces", "连续退信"
    COMPLAINT = "complaint", "投诉"
    BY_HAND = "by_hand", "人工"
    IMPORTED = "imported", "服务商名单"
    ERASED = "erased", "应本人要求删除"


class LeavingReason(Word):
    """What a reader gives as his reason for leaving, where he gives one."""

    IRRELEVANT = "irrelevant", "内容与我的工作无关"
    TOO_MUCH = "too_much", "邮件太多，看不过来"
    ELSEWHERE = "elsewhere", "已从别处读到"
    MOVED_ON = "moved_on", "已离开单位或换了岗位"
    UNASKED = "unasked", "我没有订阅过"
    OTHER = "other", "其他"


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
