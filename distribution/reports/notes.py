"""What each figure of a report means: the one place for it, in the words of those who read it.

Reports on a run, on an enterprise and for the board name their figures from here and put the
definition below wherever they are shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from distribution.reports.discretion import FEW


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure's name, what it is counted in, and what it means."""

    name: str
    unit: str
    """Empty where it is no number of its own."""
    definition: str


FIGURES = {
    "planned": Figure(
        "投递", "封", "列入批次的邮件，一位读者一封；因退订、暂停等未列入的，不在其中。"
    ),
    "accepted": Figure(
        "已交中继", "封",
        "已寄出的邮件：中继收下了，由它转交对方；转交不成而退回的，另计为退信。"
        "不等于已经送到，更不等于读者已看到。",
    ),
    "refused": Figure(
        "拒收", "封", "投递时被对方当场拒收、不再重试的，以及重试到过期仍没有交出去的。"
    ),
    "bounced": Figure(
        "退信", "封",
        "一封邮件不论退回几次，只计一封；其中有一次的状态码为 5.x.x 即为永久，其余为暂时。",
    ),
    "meanings": Figure(
        "含义", "封",
        "每封投递只归一类，按最后一次说法；投递时被拒指对方当场拒收、不再重试的，"
        "以及重试到过期的；延迟的可能还会送达。",
    ),
    "complaints": Figure("投诉", "封", "读者或其邮箱服务商投诉过的邮件，一封只计一次。"),
    "left": Figure(
        "退订", "人", "经由本批次邮件退订的读者，因投诉而停发的、后来又订阅的也计入。"
    ),
    "agreed": Figure(
        "同意统计", "人",
        "已交中继的读者中，现在同意按人统计阅读的人数。按人的打开与点击只出自这些读者；"
        "撤回同意的，过去的记录也不再计入。",
    ),
    "clicked": Figure(
        "点击", "人",
        "点开过文章的读者，一人点多次只计一人。匿名点击出自未表态的读者，只知次数，"
        "不能折算为人数。机器与无法判断的点击另计。",
    ),
    "opened": Figure(
        "打开", "人",
        "只能给出范围。可确认的，是读者取过图片、点开过文章或在网页上提交过设置；代理预取的，"
        "图片只被代理或扫描程序取过，读者看没看无从知道；无法判断的，证据不足。"
        "不显示图片的读者不留痕迹，没有记录不等于没有阅读；请勿据此向“未打开”的人重寄。",
    ),
    "rules": Figure(
        "判定", "",
        "每次打开与点击由规则判定为读者、机器或无法判断，规则有版本号；规则更新后，"
        "仍留有依据的可由管理员重新判定。未表态的读者只计次数，不重判。",
    ),
    "topics": Figure(
        "主题", "", "一篇文章可属几个主题，在每个主题下各计一次，各主题不可相加。"
    ),
    "mails": Figure(
        "邮件", "封", "已交中继的邮件中，选有该文章（或该主题至少一篇文章）的封数。"
    ),
    "enterprises": Figure(
        "单位", "", "按联系人现在所属的单位；打开与点击只计其中同意统计的读者。"
    ),
    "few": Figure(
        "不细分", "",
        f"同意统计的读者不满 {FEW} 人的单位、文章、主题与批次，不单独列出读者的打开与点击；"
        f"匿名点击看的是未表态的读者，也以 {FEW} 人为限。"
        "为免用合计倒推，必要时连同人数次少的一行也不列，只给这些行的合计。"
        "投递、退信、退订是投递账目，照常列出。",
    ),
    "pace": Figure(
        "时间", "封", "按中继收下邮件的时刻（北京时间）计；事后查明已收下的，按查明的时刻。"
    ),
    "lanes": Figure("服务商", "封", "收件邮箱的服务商；自设邮箱的单位按域名。"),
    "interests": Figure(
        "关注变化", "人",
        "本批次的读者，自开始投递到下一期月度投递开始，新增或放弃的关注主题；一位读者在一个主题下"
        "只计一次，按最后的结果，改回来的不计；本来没有自选主题的，他选的都算新增。"
        "包括邮件里的“少看”“多看”、设置网页与编辑部代改。",
    ),
    "earlier": Figure(
        "历次比较", "",
        "本批次与在它之前开始的最近 12 个月度批次（中途取消的除外），都按现在所知计；"
        "早期批次的退信、退订与点击有更多时间积累。",
    ),
}  # fmt: skip
"""Every figure by its key, which is its key in a JSON document, too."""


OF_A_YEAR = {
    "year": Figure(
        "年度", "",
        "该年内（北京时间）开始投递的各批次之和，补投与更正在内；每个批次的数与它自己的报告相同，"
        "都按现在所知计。",
    ),
    "members": Figure(
        "会员企业", "家", "会籍有效、没有暂停的单位：本年按生成之日，往年按年末。"
    ),
    "reached": Figure(
        "送达", "家 / 人",
        "该年内至少有一封邮件已交中继且没有退回的单位与读者，各计一次；会籍后来终止的也计入。"
        "没有退回不等于读者已看到。",
    ),
    "active": Figure(
        "活跃读者", "人",
        "同意统计的读者中，该年内打开或点开过的，一人只计一次。少的一头是可确认的，"
        "多的一头含代理预取与无法判断的。",
    ),
    "year_reading": Figure(
        "年度阅读", "人次",
        "各批次打开与点击的人数相加，一人读几期计几次；"
        f"同意统计的读者不满 {FEW} 人的批次不计入。",
    ),
    "unreached": Figure(
        "未送达", "家", "会籍有效而该年内没有一封邮件送达的单位；缘由按现有联系人计。"
    ),
    "contacts": Figure(
        "联系人", "人",
        "按人列出的只有投递账目（收到哪几期、退信、能否收信）与本人所选的主题，为把邮件寄对所必需。"
        "谁打开、点击了什么，不论是否同意统计都不按人列出：本人同意的是统计与改进选文。",
    ),
    "enterprise_reading": Figure(
        "单位阅读", "人次",
        f"只计批次报告单独列出该单位的批次（同意统计的联系人不少于 {FEW} 人），与那里的数相同；"
        "其余的只在全体合计里。",
    ),
    "wanted": Figure(
        "关注主题", "人", "可收信的联系人现在按哪些主题收文章：自选的，或单位与系统默认的。"
    ),
}  # fmt: skip
"""Those of a year, and of an enterprise in it."""
_ALL = FIGURES | OF_A_YEAR


def figure_of(key: str) -> Figure:
    """A figure by its key."""
    return _ALL[key]


def note(key: str) -> str:
    """A figure's name and definition as a footnote."""
    return f"{_ALL[key].name}：{_ALL[key].definition}"


def footnotes(keys: Iterable[str]) -> list[str]:
    """The footnotes of the figures that are shown somewhere, in their order here."""
    wanted = set(keys)
    return [note(key) for key in _ALL if key in wanted]


NOTES = {key: note(key) for key in FIGURES}
