"""What stands in the form of those who want to subscribe, and what is wrong with it."""

from dataclasses import dataclass

from distribution import audience
from distribution.audience import EmailAddress, InvalidAddress, InvalidText
from distribution.web import forms
from distribution.web.forms import Fields
from distribution.words import Role

ROLES = tuple(role for role in Role if role is not Role.LIAISON)
"""An enterprise's liaison is named by its office, not by himself."""
NONE = "-"
"""Chosen where none of the members found is his."""
_LONGEST = 400
"""Of a field, in characters; what is longer is somebody's mischief."""
_MOST_OFFERED = audience.MOST_MEMBERS + 1
"""One more says that there are more."""
_TYPO = audience.SuspicionKind.TYPO


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was sent, and as it is shown again."""

    name: str = ""
    email: str = ""
    role: Role = Role.OTHER
    company: str = ""
    """What he looks for."""
    enterprise: str = ""
    """The member he chose by its whole name; NONE; or empty: he has not chosen."""
    offered: tuple[str, ...] = ()
    """Members he was offered before: they are not looked for again."""
    topics: frozenset[str] = frozenset()
    agrees: bool = False
    sure: str = ""
    """The address he was asked about, so that he is asked only once."""


def read(fields: Fields) -> Typed:
    """The fields as they are; raises ValueError for what the page does not offer.

    >>> read({"name": ["丁一"], "role": ["quality"], "agree": ["yes"]}).role.label
    '质量'
    """
    return Typed(
        name=_text(fields, "name"),
        email=_text(fields, "email"),
        role=_role(forms.last(fields, "role")),
        company=_text(fields, "company"),
        enterprise=_text(fields, "enterprise"),
        offered=tuple(name[:_LONGEST] for name in fields.get("offered", ())[:_MOST_OFFERED]),
        topics=frozenset(fields.get("topic", ())),
        agrees=forms.last(fields, "agree") == "yes",
        sure=_text(fields, "sure"),
    )


def _text(fields: Fields, name: str) -> str:
    return forms.last(fields, name)[:_LONGEST].strip()


def _role(given: str) -> Role:
    role = Role(given) if given else Role.OTHER
    if role not in ROLES:
        raise ValueError(given)
    return role


def address_of(typed: Typed) -> EmailAddress | None:
    """The address, where it is one that mail can be sent to."""
    try:
        address = audience.read_address(typed.email)
    except InvalidAddress:
        return None
    return None if address.needs_smtputf8 else address


def problems(typed: Typed) -> dict[str, str]:
    """What is wrong, field by field, in words; empty where all is well.

    >>> sorted(problems(Typed(name="丁一", email="ding@fenhe")))
    ['agree', 'email']
    >>> problems(Typed(name="丁一", email="d@qq.con", agrees=True))["email"]
    '是不是 d@qq.com？不是的话，请再提交一次。'
    """
    found = {}
    try:
        audience.tidy("姓名", typed.name, longest=100)
    except InvalidText as error:
        found["name"] = f"{error}。" if typed.name else "请写您的姓名。"
    address = address_of(typed)
    if address is None:
        found["email"] = "请写一个完整的邮箱，例如 liangyi@sanjin.example。"
    elif meant := _meant(address, typed.sure):
        found["email"] = f"是不是 {meant}？不是的话，请再提交一次。"
    if not typed.agrees:
        found["agree"] = "同意接收才能订阅：请在下面打勾。"
    return found


def _meant(address: EmailAddress, sure: str) -> str | None:
    if sure == address.written:
        return None
    odd = audience.suspicions(address)
    return next((one.suggestion for one in odd if one.kind is _TYPO), None)
