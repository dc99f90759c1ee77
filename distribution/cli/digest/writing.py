"""A mail as files: as a browser shows it, as text, as it travels."""

from collections.abc import Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from distribution.cli.chinese import why
from distribution.digests import Digest
from distribution.errors import DistributionError

FORMATS = (".html", ".txt", ".eml")


class UnknownFormat(DistributionError):
    """Raised for a file whose name does not say what to write."""

    def __init__(self, path: Path, formats: tuple[str, ...] = FORMATS) -> None:
        self.path = path
        one_of = " 之一" if len(formats) > 1 else ""
        name = path if path.name else "''"
        super().__init__(f"{name} 的后缀不明：请用 {'、'.join(formats)}{one_of}")


class TextOnly(DistributionError):
    """Raised where the HTML of a mail is wanted that has none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"这封邮件只有文字，写不成 {path}：请改用 .txt 或 .eml")


class CannotWrite(DistributionError):
    """Raised for a file that the system does not let us write."""

    def __init__(self, path: Path, error: OSError) -> None:
        self.path = path
        missing = "；文件夹不存在，请先建立" if not path.parent.is_dir() else "：请换一个位置"
        super().__init__(f"写不进 {path}（{why(error)}）{missing}")


def forms(digest: Digest, message: bytes) -> dict[str, bytes]:
    """What a mail is in each format."""
    return {".html": digest.html.encode(), ".txt": digest.text.encode(), ".eml": message}


def parts(message: bytes) -> dict[str, bytes]:
    """What a finished message is in each format; no .html where its reader wants plain text."""
    found, mail = {".eml": message}, message_from_bytes(message, policy=policy.default)
    for suffix, kind in ((".html", "html"), (".txt", "plain")):
        body = mail.get_body((kind,)) if isinstance(mail, EmailMessage) else None
        if body is not None:
            found[suffix] = str(body.get_content()).encode()
    return found


def check_format(path: Path, formats: tuple[str, ...] = FORMATS) -> None:
    """Raise UnknownFormat before anything is reckoned for a name that says nothing."""
    if path.suffix.lower() not in formats:
        raise UnknownFormat(path, formats)


def write(path: Path, forms: Mapping[str, bytes]) -> None:
    """Write what the file's name asks for; raises UnknownFormat, TextOnly, CannotWrite."""
    suffix = path.suffix.lower()
    if suffix not in forms and suffix == ".html":
        raise TextOnly(path)
    check_format(path, tuple(forms))
    try:
        path.write_bytes(forms[suffix])
    except OSError as error:
        raise CannotWrite(path, error) from error
