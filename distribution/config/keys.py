"""The installation's secret keys: said by the settings, or made at first use."""

import contextlib
import os
import secrets
from pathlib import Path

from distribution import own_files
from distribution.config.settings import PREFIX, Settings
from distribution.config.values import MINIMUM_KEY_LENGTH
from distribution.errors import InvalidSetting


def secret_keys(settings: Settings) -> tuple[str, ...]:
    """The keys to sign and verify with, newest first.

    An embedded installation that writes into its outbox makes its key at first use. Everybody
    else must say it, because links signed with a key that is lost are dead for ever.
    """
    if settings.secret_keys:
        return tuple(key.get_secret_value() for key in settings.secret_keys)
    path = settings.key_file
    if settings.embedded and settings.transport == "outbox" and not path.exists():
        _make_key(path)
    try:
        keys = tuple(path.read_text(encoding="ascii").split())
    except FileNotFoundError:
        keys = ()
    except (OSError, UnicodeDecodeError) as error:
        why = own_files.reason(error) if isinstance(error, OSError) else "不是密钥文件"
        raise InvalidSetting("secret_keys", "", f"读不了 {path}（{why}）") from error
    if not keys:
        raise InvalidSetting(
            f"{PREFIX}SECRET_KEYS",
            "",
            f"没有密钥；请设置一串随机字符，至少 {MINIMUM_KEY_LENGTH} 个，最好 64 个，并妥善保存",
        )
    return keys


def _make_key(path: Path) -> None:
    """Make a key file; where two processes try at once, the first one's key is kept by both."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)  # atomic, and never replaces
        draft.unlink()
    except OSError as error:
        raise InvalidSetting(
            f"{PREFIX}HOME", str(path.parent), f"写不进去（{own_files.reason(error)}）"
        ) from error
