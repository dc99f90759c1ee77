"""Addresses that are valid and yet worth a second look: slips, offices, throw-aways, look-alikes.

Nothing here refuses or changes an address: the admin decides.
"""

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from distribution.audience.address import EmailAddress
from distribution.words import Word

_SHORTEST = 4
"""Letters of a provider's name below which one edit means nothing: wo.cn is not go.cn."""
_TOGETHER = (
    {"LATIN", "CJK", "HIRAGANA", "KATAKANA", "BOPOMOFO"},
    {"LATIN", "CJK", "HANGUL"},
)
"""Scripts that honest names mix (UTS 39, "highly restrictive")."""
_SCRIPTS = {"LATIN": "拉丁", "CYRILLIC": "西里尔", "GREEK": "希腊", "CJK": "汉字"}


class SuspicionKind(Word):
    """What is odd about an address."""

    TYPO = "typo", "疑似笔误"
    ROLE = "role", "公共邮箱"
    DISPOSABLE = "disposable", "一次性邮箱"
    HOMOGRAPH = "homograph", "形近字冒充"


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One oddity, in a sentence for the admin."""

    kind: SuspicionKind
    sentence: str
    suggestion: str | None = None
    """The whole address as it may have been meant."""


def suspicions(address: EmailAddress) -> tuple[Suspicion, ...]:
    """What is odd about an address; mostly nothing.

    >>> from distribution.audience.address import read_address
    >>> [one.suggestion for one in suspicions(read_address("8001@qq.con"))]
    ['8001@qq.com']
    """
    name, _, domain = address.key.rpartition("@")
    found = _of_name(name)
    if oddity := _of_domain(domain):
        kind, sentence, meant = oddity
        suggestion = f"{address.envelope.rpartition('@')[0]}@{meant}" if meant else None
        found = (Suspicion(kind, sentence, suggestion), *found)
    return found


def is_anybodys(domain: str) -> bool:
    """Whether anybody can have an address at this domain: it says nothing of where he works."""
    return domain in _known("providers") or _disposable(domain)


def _of_name(name: str) -> tuple[Suspicion, ...]:
    if name.isascii():
        if name.partition("+")[0] not in _known("roles"):
            return ()
        sentence = f"{name}@ 多为公共邮箱，不一定是本人，请核对"
        return (Suspicion(SuspicionKind.ROLE, sentence),)
    if mixed := _mixed(name):
        sentence = f"邮箱名 {name} 混用了{mixed}，可能有形近字，请核对"
        return (Suspicion(SuspicionKind.HOMOGRAPH, sentence),)
    return ()


@lru_cache(maxsize=65_536)
def _of_domain(domain: str) -> tuple[SuspicionKind, str, str | None] | None:
    """Kind, sentence and the domain that may have been meant."""
    if domain in _known("providers"):
        return None
    if "xn--" in domain:
        return _look_alike(domain)
    if _disposable(domain):
        sentence = f"{domain} 是一次性邮箱，多半很快失效，请向对方索要常用邮箱"
        return SuspicionKind.DISPOSABLE, sentence, None
    if meant := _meant(domain):
        return SuspicionKind.TYPO, f"域名 {domain} 是不是 {meant}？未作改动，请核对", meant
    return None


def _disposable(domain: str) -> bool:
    labels = domain.split(".")
    parents = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return any(parent in _known("disposable") for parent in parents)


def _meant(domain: str) -> str | None:
    """The domain that was probably meant, if this one looks like a slip."""
    content = _content()
    if typo := content["typos"].get(domain):
        return str(typo)
    if domain.endswith(_endings()):
        ending = next(filter(domain.endswith, _endings()))
        right = domain.removesuffix(ending) + f".{content['endings'][ending[1:]]}"
        return _meant(right) or right
    providers = _known("providers")
    for longer in (".cn", ".com"):
        if domain.endswith(longer) and domain.removesuffix(longer) in providers:
            return domain.removesuffix(longer)
    near = process.extractOne(domain, _edited(), scorer=OSA.distance, score_cutoff=1)
    return near[0] if near else None


@cache
def _endings() -> tuple[str, ...]:
    return tuple(f".{ending}" for ending in _content()["endings"])


@cache
def _edited() -> tuple[str, ...]:
    """Providers in their order, the best known first, without those whose name is too short."""
    return tuple(
        known
        for known in _content()["known"]["providers"]
        if len(known.split(".")[0]) >= _SHORTEST or known.split(".")[0].isdecimal()
    )


def _look_alike(domain: str) -> tuple[SuspicionKind, str, str | None] | None:
    shown = ".".join(_decoded(label) for label in domain.split("."))
    skeleton = "".join(_skeleton(character) for character in shown)
    kind = SuspicionKind.HOMOGRAPH
    if skeleton in _known("providers"):
        return kind, f"域名 {shown}（{domain}）形似 {skeleton}，可能冒充，请核对", skeleton
    for label in shown.split("."):
        if mixed := _mixed(label):
            return kind, f"域名 {shown}（{domain}）混用了{mixed}，可能冒充，请核对", None
        if not label.isascii() and all(letter in _content()["alike"] for letter in label):
            latin = "".join(_skeleton(letter) for letter in label)
            return kind, f"域名 {shown}（{domain}）中的 {label} 形似 {latin}，请核对", None
    return None


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _skeleton(character: str) -> str:
    alike: str | None = _content()["alike"].get(character)
    return alike or unicodedata.normalize("NFKD", character)[0]


def _mixed(label: str) -> str:
    """The scripts that a label should not mix, named; empty where it is in order."""
    scripts = dict.fromkeys(
        unicodedata.name(letter, "").split(" ")[0] for letter in label if letter.isalpha()
    )
    if len(scripts) < 2 or any(scripts.keys() <= allowed for allowed in _TOGETHER):  # noqa: PLR2004
        return ""
    return "、".join(_SCRIPTS.get(script, "其他文字") for script in scripts) + "字母"


@cache
def _known(kind: str) -> frozenset[str]:
    return frozenset(_content()["known"][kind])


@cache
def _content() -> dict[str, Any]:
    path = Path(__file__).with_name("suspicion.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
