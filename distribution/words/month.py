"""The month: who works on an issue, its way to the readers, and the slot it leaves in."""

from distribution.words.word import Word


class StaffRole(Word):
    """What somebody of the office may do, and is told."""

    ADMIN = "admin", "管理员"
    EDITOR = "editor", "编辑"
    BOARD = "board", "理事"  # gets the reports


class IssueStep(Word):
    """What a person did with an issue; what follows is said by its run."""

    IMPORTED = "imported", "已导入"
    CHECKED = "checked", "已核对"
    PROOFED = "proofed", "已出样刊"
    APPROVED = "approved", "已批准"


class IssueStage(Word):
    """Where an issue stands on its way to the readers, as its deeds and its run say."""

    IMPORTED = "imported", "已导入"
    CHECKED = "checked", "已核对"
    PROOFED = "proofed", "已出样刊"
    APPROVED = "approved", "已批准"
    SEALED = "sealed", "已封存"
    SENDING = "sending", "投递中"
    CLOSED = "closed", "已结束"


class SlotState(Word):
    """Where a month's slot stands; one that is not due yet has no row."""

    CLAIMED = "claimed", "处理中"
    HELD = "held", "等待处理"
    SENT = "sent", "已开始投递"
    SKIPPED = "skipped", "本月不发"


class Hold(Word):
    """Why a slot waits for a person."""

    NO_ISSUE = "no_issue", "没有已批准而未投递的期刊"
    TWO_ISSUES = "two_issues", "已批准而未投递的期刊不止一期"
    OLD_ISSUE = "old_issue", "期刊过旧"
    MISSED = "missed", "错过太久"
    CLOCK = "clock", "时钟跳变"
    REFUSED = "refused", "规划或封存未通过"
    PERSON = "person", "由人搁置"


class GroupRobot(Word):
    """What posts into a group of the office."""

    WECOM = "wecom", "企业微信群机器人"
    DINGTALK = "dingtalk", "钉钉群机器人"
