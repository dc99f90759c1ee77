"""Subscription and distribution for trade magazines."""

__version__ = "0.1.0"
