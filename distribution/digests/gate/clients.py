"""What mail clients do not draw, by the table `clients.toml`: data that an admin can read."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from distribution.digests.gate.findings import HTML, Finding, Rule, Severity
from distribution.digests.gate.reading import Element, is_element
from distribution.digests.gate.styles import STYLES, declarations, rules

_READ_MEDIA = {"Gmail", "Apple Mail"}
"""Who reads @media at all; to the others what stands in it makes no difference."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of the table."""

    what: str
    """property, at-rule or selector."""
    name: re.Pattern[str]
    value: re.Pattern[str] | None
    """None: whatever the value. Where it is given it is searched for, not matched whole."""
    elements: tuple[str, ...]
    """Where it does harm; empty: everywhere."""
    clients: tuple[str, ...]
    severity: Severity
    effect: str
    source: str


def check_clients(tree: Element) -> Iterator[Finding]:
    """Judge the styles in elements and in style sheets; each fact is told once."""
    found = {*_in_elements(tree), *_in_sheets(tree)}
    for fact, spelled in sorted(found, key=lambda pair: (pair[0].severity, pair[1])):
        sentence = f"{spelled}：{'、'.join(fact.clients)} {fact.effect}（依据：{fact.source}）"
        yield Finding(Rule.CLIENTS, fact.severity, HTML, sentence)


@cache
def facts() -> tuple[Fact, ...]:
    """The table."""
    text = Path(__file__).with_name("clients.toml").read_text(encoding="utf-8")
    return tuple(_fact(row) for row in tomllib.loads(text)["fact"])


_Found = tuple[Fact, str]


def _in_elements(tree: Element) -> Iterator[_Found]:
    for element in tree.iter():
        if is_element(element) and element.get("style"):
            yield from _declared(element.get("style"), element.tag)


def _in_sheets(tree: Element) -> Iterator[_Found]:
    for style in tree.iter("style"):
        for rule in rules(style.text or ""):
            at_rule, spelled = ("", rule.selector) if rule.selector else (rule.media, rule.media)
            for fact in facts():
                wanted = at_rule if fact.what == "at-rule" else rule.selector
                if fact.what != "property" and wanted and fact.name.search(wanted):
                    yield fact, spelled
            if rule.media and rule.selector:
                yield from (
                    pair for pair in _declared(rule.body) if _READ_MEDIA & {*pair[0].clients}
                )


@lru_cache(STYLES)
def _declared(body: str, tag: str = "") -> tuple[_Found, ...]:
    return tuple(
        (fact, f"{name}:{value}" if fact.value else name)
        for name, value in declarations(body)
        for fact in facts()
        if fact.what == "property"
        and fact.name.fullmatch(name)
        and (not fact.elements or tag in fact.elements)
        and (fact.value is None or fact.value.search(value.lower()))
    )


def _fact(row: dict[str, str | list[str]]) -> Fact:
    return Fact(
        what=str(row["what"]),
        name=re.compile(str(row["name"])),
        value=re.compile(str(row["value"])) if "value" in row else None,
        elements=tuple(row.get("elements", ())),
        clients=tuple(row["clients"]),
        severity=Severity(str(row["severity"])),
        effect=str(row["effect"]),
        source=str(row["source"]),
    )
