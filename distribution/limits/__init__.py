"""Limits: how often something may be asked for, counted in the database by all hosts together."""

from distribution.limits.store import Limit, forget_tries, old_tries, once, spent, wait, within

__all__ = ["Limit", "forget_tries", "old_tries", "once", "spent", "wait", "within"]
