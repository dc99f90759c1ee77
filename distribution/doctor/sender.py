"""What DNS tells others about the sender's domain: MX, SPF, DKIM, DMARC, and the relay's name."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from distribution import config
from distribution.app import App
from distribution.config import NotReadyToSend
from distribution.doctor import spf
from distribution.doctor.asking import Asker
from distribution.doctor.finding import Finding, bad, good, note
from distribution.doctor.spf import Pass
from distribution.doctor.tags import ED25519, key_bits, same_house, tags_of
from distribution.errors import InvalidSetting
from distribution.transports import Unanswered

USUAL = (
    "default", "dkim", "mail", "smtp", "k1", "s1", "s2", "selector1", "selector2",
    "aliyun-cn-hangzhou", "qcloud", "google",
)  # fmt: skip
"""Selectors that relays and providers often use."""
_SHORT, _USUAL_BITS = 1024, 2048
_POLICIES = ("none", "quarantine", "reject")


@dataclass(frozen=True, slots=True)
class _Sender:
    """Who sends, as others see it."""

    ask: Asker
    domain: str
    """Of the address that readers see."""
    returns: str
    """Of return paths: SPF is about this one."""
    addresses: dict[str, str]
    """By public address, the relay that has it."""


def check(app: App) -> Iterator[Finding]:
    """All of it, where there is DNS and something to look up."""
    exchanges, why = app.exchanges, ""
    if exchanges is None:
        why = "mx_lookup 为 off" if app.settings.mx_lookup == "off" else "不交给中继"
    else:
        try:
            config.refuse_trial_settings(app.settings)
        except (NotReadyToSend, InvalidSetting):
            why = "发件设置还不齐备"
    if exchanges is None or why:
        yield note("dns", f"发件域名的 DNS（MX、SPF、DKIM、DMARC、PTR）未检查：{why}")
        return
    ask = Asker(exchanges)
    settings = app.settings
    try:
        yield from _all(app, ask, settings.sender_address.rpartition("@")[2].lower())
    except Unanswered as trouble:
        yield note("dns", f"发件域名的 DNS 其余未检查：{trouble}")


def _all(app: App, ask: Asker, domain: str) -> Iterator[Finding]:
    returns = app.settings.domain.lower()
    yield from _exchanges(ask, domain, returns)
    sender = _Sender(ask, domain, returns, _public(app, ask))
    yield from _spf(sender)
    yield from _dkim(sender, app.settings.dkim_selectors)
    yield from _dmarc(sender)
    yield from _names(sender)


def _public(app: App, ask: Asker) -> dict[str, str]:
    """The relays' addresses that others may see."""
    found: dict[str, str] = {}
    for relay in app.relays:
        try:
            addresses = [str(ip_address(relay.host))]
        except ValueError:
            addresses = list(ask.addresses(relay.host))
        found |= {one: relay.host for one in addresses if ip_address(one).is_global}
    return found


def _exchanges(ask: Asker, domain: str, returns: str) -> Iterator[Finding]:
    for name, what in {domain: "读者的回信", returns: "退信"}.items():
        hosts = ask.hosts(name)
        if hosts and hosts != ["."]:
            yield good("mx", f"{name} 的 MX 是 {'、'.join(hosts[:3])}")
        elif name == returns:
            advice = "请设置 MX，指向收退信的邮件服务器"
            yield bad("mx", f"{name} 没有 MX，{what}无处可去，有的邮箱也因此拒收：{advice}")
        else:
            yield note("mx", f"{name} 没有 MX，{what}收不到：请设置 MX")


def _spf(sender: _Sender) -> Iterator[Finding]:
    check, name = "spf", sender.returns
    try:
        record = spf.record_of(sender.ask.texts(name))
        if record is None:
            advice = "请加一条 TXT：v=spf1 ip4:中继的出口地址 -all"
            yield bad(check, f"{name} 没有 SPF 记录：{advice}")
            return
        yield _ending(name, record)
        if not sender.addresses:
            advice = "请自行核对中继的出口地址在 SPF 记录里"
            yield note(check, f"中继在内网或本机，不知道它对外的地址：{advice}")
        for address, relay in sender.addresses.items():
            yield _included(sender, address, relay)
    except spf.Broken as why:
        yield bad(check, f"{name} 的 SPF {why}")


def _ending(name: str, record: str) -> Finding:
    """What becomes of mail from anywhere else."""
    terms = spf.terms_of(record)
    last = terms[-1] if terms else None
    if last is not None and last.name == "redirect":
        return good("spf", f"{name} 的 SPF 转到 {last.value}")
    if last is None or last.name != "all":
        return note("spf", f"{name} 的 SPF 不以 all 结尾，等于不设防：请在末尾加 -all 或 ~all")
    if last.sign in ("+", "?"):
        written = f"{last.sign.removeprefix('+')}all"
        words = f"{name} 的 SPF 以 {written} 结尾，谁都能冒充：请改为 -all 或 ~all"
        return bad("spf", words) if last.sign == "+" else note("spf", words)
    return good("spf", f"{name} 的 SPF 有一条，以 {last.sign}all 结尾")


def _included(sender: _Sender, address: str, relay: str) -> Finding:
    place = f"中继 {relay}（{address}）"
    match spf.lets_send(sender.ask, sender.returns, address):
        case Pass.YES:
            return good("spf", f"{place}在 {sender.returns} 的 SPF 里")
        case Pass.NO:
            advice = "请加进 SPF；它若从别的地址发出，以那个地址为准"
            return note("spf", f"{place}不在 {sender.returns} 的 SPF 里：{advice}")
        case _:
            return note("spf", f"{place}在不在 {sender.returns} 的 SPF 里，由此看不出：请自行核对")


def _dkim(sender: _Sender, selectors: tuple[str, ...]) -> Iterator[Finding]:
    check, found = "dkim", False
    for selector in selectors or USUAL:
        name = f"{selector}._domainkey.{sender.domain}"
        records = [text for text in sender.ask.texts(name) if "p=" in text]
        if not records:
            if selectors:
                words = f"没有 DKIM 记录 {name}：请按中继给出的内容添加，或改 dkim_selectors"
                yield bad(check, words)
            continue
        found = True
        yield _key(name, records)
    if not found and not selectors:
        advice = (
            "在收到的样刊里看 DKIM-Signature 的 s=，写进 dkim_selectors；没有签名的，请让中继签名"
        )
        yield note(check, f"{sender.domain} 常见的 DKIM 选择器都没有：{advice}")


def _key(name: str, records: list[str]) -> Finding:
    if len(records) > 1:
        return bad("dkim", f"{name} 有 {len(records)} 条 DKIM 记录：请只留一条")
    bits = key_bits(records[0])
    if bits is None:
        return bad("dkim", f"{name} 的 DKIM 公钥读不懂：请按中继给出的内容重新粘贴")
    if bits == 0:
        return bad("dkim", f"{name} 的 DKIM 公钥已作废（p= 为空）：请换用新的选择器")
    return _strength(name, bits)


def _strength(name: str, bits: int) -> Finding:
    if bits == ED25519:
        advice = "不少邮箱还不认，最好另有 RSA 的"
        return note("dkim", f"{name} 的 DKIM 公钥是 Ed25519：{advice}")
    if bits < _SHORT:
        return bad("dkim", f"{name} 的 DKIM 公钥只有 {bits} 位，收件方不认：请换成 2048 位")
    if bits < _USUAL_BITS:
        return note("dkim", f"{name} 的 DKIM 公钥只有 {bits} 位：请换成 2048 位")
    return good("dkim", f"{name} 的 DKIM 公钥 {bits} 位")


def _dmarc(sender: _Sender) -> Iterator[Finding]:
    check, name = "dmarc", sender.domain
    while True:
        texts = sender.ask.texts(f"_dmarc.{name}")
        records = [text for text in texts if tags_of(text).get("v") == "DMARC1"]
        parent = name.partition(".")[2]
        if records or "." not in parent:
            break
        name = parent
    if not records:
        advice = "请加一条 TXT：v=DMARC1; p=none; rua=mailto:收报告的地址"
        yield note(
            check, f"_dmarc.{sender.domain} 没有 DMARC 记录，大量投递时有的邮箱拒收：{advice}"
        )
        return
    policy = tags_of(records[0]).get("p", "")
    if len(records) > 1:
        yield bad(check, f"_dmarc.{name} 有 {len(records)} 条 DMARC 记录，等于没有：请只留一条")
    elif policy not in _POLICIES:
        yield bad(check, f"_dmarc.{name} 的 p={policy} 读不懂：应为 none、quarantine、reject 之一")
    else:
        yield good(check, f"_dmarc.{name} 的策略是 {policy}")
    yield _alignment(sender, strict=tags_of(records[0]).get("aspf", "r").lower() == "s")


def _alignment(sender: _Sender, *, strict: bool) -> Finding:
    """Whether SPF counts for DMARC: both domains must be of one house."""
    same = sender.returns == sender.domain
    if same or (not strict and same_house(sender.returns, sender.domain)):
        return good("dmarc", f"退信域名 {sender.returns} 与发件域名一致，SPF 算数")
    advice = "请让中继以发件域名作 DKIM 签名，或改 mail_domain"
    return note(
        "dmarc", f"退信域名 {sender.returns} 与 {sender.domain} 不一致，SPF 不算数：{advice}"
    )


def _names(sender: _Sender) -> Iterator[Finding]:
    for address, relay in sender.addresses.items():
        names = sender.ask.names(address)
        confirmed = [name for name in names if address in sender.ask.addresses(name)]
        place = f"中继 {relay} 的地址 {address}"
        if confirmed:
            yield good("ptr", f"{place} 反查是 {confirmed[0]}，正查也对")
        elif names:
            yield bad("ptr", f"{place} 反查是 {names[0]}，正查却不是它：请让两者一致")
        else:
            advice = "请向线路或云服务商申请 PTR；它若从别的地址发出，以那个地址为准"
            yield bad("ptr", f"{place} 没有反查（PTR），许多邮箱因此拒收：{advice}")
