"""Secrets in files of their own, as Docker and systemd hand them out: DISTRIBUTION_…_FILE."""

from collections.abc import Mapping
from pathlib import Path

from distribution.config.settings import PREFIX, Settings
from distribution.errors import InvalidSetting

_FILE = "_file"
_MOST = 65_536
"""Characters of what may be a secret."""


def is_secret(name: str) -> bool:
    """Whether the value of a setting must never be shown.

    >>> is_secret("smtp_password"), is_secret("secret_keys"), is_secret("smtp_host")
    (True, True, False)
    """
    field = Settings.model_fields.get(name)
    return field is not None and "SecretStr" in str(field.annotation)


def secrets_in_files(found: Mapping[str, str]) -> dict[str, str]:
    """Of the environment's settings those that name a file; by the secret's name what is in it.

    Raises InvalidSetting where the file cannot be read, holds nothing, or the secret is said twice.
    """
    secrets = {}
    for name, path in found.items():
        secret = name.removesuffix(_FILE)
        if secret == name or not is_secret(secret):
            continue
        if secret in found:
            said = f"与 {PREFIX}{secret.upper()} 只能设置一个：请删去其一"
            raise InvalidSetting(_spelt(name), path, said)
        secrets[secret] = _content(name, secret, path)
    return secrets


def _content(name: str, secret: str, path: str) -> str:
    try:
        with Path(path).open(encoding="utf-8") as file:
            text = file.read(_MOST).strip()
    except FileNotFoundError:
        raise InvalidSetting(_spelt(name), path, "没有这个文件") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise InvalidSetting(_spelt(name), path, f"读不了这个文件（{reason}）") from error
    except UnicodeDecodeError as error:
        raise InvalidSetting(_spelt(name), path, "文件不是 UTF-8 文字") from error
    if not text:
        raise InvalidSetting(_spelt(name), path, "文件是空的")
    several = str(Settings.model_fields[secret].annotation).startswith("tuple")
    return ",".join(text.split()) if several else text  # one a line, as in home/secret.key


def _spelt(name: str) -> str:
    return f"{PREFIX}{name.upper()}"
