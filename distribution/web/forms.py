"""What a form says: the values of its fields by their names."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

Fields = Mapping[str, Sequence[str]]
"""An empty field is an empty text."""
_MOST_FIELDS = 250


def read(body: bytes) -> Fields | None:
    """Read a form; None for what is none, or has more fields than any of ours.

    >>> read(b"topic=a&topic=b&words=")
    {'topic': ['a', 'b'], 'words': ['']}
    """
    try:
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return None


def last(fields: Fields, name: str) -> str:
    """The last value of a field; empty where there is none."""
    return fields.get(name, [""])[-1]
