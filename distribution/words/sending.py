"""Where runs, deliveries and letters stand."""

from distribution.words.word import Word


class RunKind(Word):
    """What a run is for."""

    REGULAR = "regular", "月度投递"
    LATE = "late", "补投"  # to those who joined after the regular one was planned
    CORRECTION = "correction", "更正"


class Addressees(Word):
    """Who gets a correction, of those the run before was for."""

    ALL = "all", "全部"
    ACCEPTED = "accepted", "已交中继"
    FAILED = "failed", "被拒收"
    IN_DOUBT = "in_doubt", "存疑"


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
    ALREADY = "already", "已在订阅的答复"  # to a reader for whom somebody signed up again
    ALERT = "alert", "提醒"
    REMINDER = "reminder", "编辑日程提醒"
    REPORT = "report", "投递报告"
    FORWARDED = "forwarded", "转来的来信"
    MOVING = "moving", "更换邮箱确认"  # to the new address
    CHANGED = "changed", "变更通知"  # a reader paused, left, or has another address now
    COPY = "copy", "资料副本"  # a link to all that is held about its reader
    ERASED = "erased", "删除通知"  # the last one; names nobody once it is out


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


class Wire(Word):
    """A tripwire: what pauses a run, see `delivery/tripwires.py`."""

    TWICE = "twice", "同一期向一人两次投递成功"
    IN_DOUBT = "in_doubt", "存疑过多"
    REFUSED = "refused", "被一家邮箱服务商大量拒收"
    COMPLAINTS = "complaints", "投诉过多"
    EVENTS = "events", "投递事件过多"


class Awaited(Word):
    """What is awaited until a relay's log settles a doubt, see `delivery/evidence.py`."""

    LOG = "log", "无从查证：没有这个中继的日志"
    GAP = "gap", "无从查证：日志在交付前后有缺口"
    NOT_OURS = "not_ours", "等日志里出现本装置的邮件"
    BEGUN = "begun", "日志里有开头，等中继接收完毕"
    QUARANTINE = "quarantine", "等隔离期过去"
    LIFE = "life", "等日志里出现新的记录"
    NEXT_LOOK = "next_look", "即将了结"
