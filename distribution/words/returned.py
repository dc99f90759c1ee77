"""What comes back, and what follows from it."""

from distribution.words.word import Word


class Signal(Word):
    """In which shape something came back."""

    OPEN = "open", "打开"
    CLICK = "click", "点击"
    ACT = "act", "操作"  # on a page: a form was sent, and taken
    MAIL = "mail", "来信"
    NOTICE = "notice", "服务商通知"


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

    @property
    def harmless(self) -> bool:
        """Whether nothing is missing where such a mail names no mail of ours."""
        return self in (Returned.AUTO_REPLY, Returned.CHALLENGE, Returned.DELIVERED)


class FoundBy(Word):
    """What led from a mail that came back to the delivery it speaks of."""

    RETURN_PATH = "return_path", "退信地址"
    MESSAGE_ID = "message_id", "邮件编号"
    UNSUBSCRIBE_LINK = "unsubscribe_link", "退订链接"
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


class Consequence(Word):
    """What follows from a refusal, or from a mail that came back."""

    NONE = "none", "不改动"
    SUPPRESSED = "suppressed", "抑制地址"
    COUNTED = "counted", "累计"  # three issues in a row suppress
    SLOWED = "slowed", "放慢线路"
    STOPPED = "stopped", "停止线路"
    LEFT = "left", "退订"
    FORWARDED = "forwarded", "转给编辑"
    SHOWN = "shown", "请管理员核实"
