"""What contacts get who chose nothing themselves: rules by role and by industry."""

from collections.abc import Iterable
from dataclasses import dataclass

from distribution.words import Role


@dataclass(frozen=True, slots=True)
class DefaultTopics:
    """One rule: the topics of a role, an industry or both."""

    role: Role | None
    """None: any."""
    industry: str
    """A section or division of GB/T 4754 (C, C35); empty: any."""
    topics: tuple[str, ...]
    """Codes, in their order."""

    def speaks_of(self, role: Role, industry: str) -> bool:
        """Whether a contact of this role, in an enterprise of this industry, is meant."""
        return self.role in (None, role) and industry.startswith(self.industry)

    @property
    def exactness(self) -> tuple[bool, int]:
        """How much a rule asks for: a role counts more than any industry."""
        return self.role is not None, len(self.industry)


def default_topics(rules: Iterable[DefaultTopics], role: Role, industry: str) -> tuple[str, ...]:
    """The topics of all rules that speak of a contact, those of the most exact rule first.

    >>> rules = (DefaultTopics(None, "C", ("equipment",)),
    ...          DefaultTopics(Role.QUALITY, "", ("quality", "equipment")))
    >>> default_topics(rules, Role.QUALITY, "C35")
    ('quality', 'equipment')
    """
    meant = [rule for rule in rules if rule.speaks_of(role, industry)]
    meant.sort(key=lambda rule: rule.exactness, reverse=True)
    return tuple(dict.fromkeys(topic for rule in meant for topic in rule.topics))
