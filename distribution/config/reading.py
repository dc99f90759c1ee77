"""Reads the settings file and the environment, and names the setting that is at fault."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from distribution import own_files
from distribution.config.secret_files import is_secret, secrets_in_files
from distribution.config.settings import PREFIX, Settings
from distribution.errors import DistributionError, InvalidSetting
from distribution.own_files import UnusableFile

FILE_NAME = "distribution.toml"
_MOST_BYTES = 256 * 1024


class UnreadableSettings(DistributionError):
    """Raised for a settings file that is there but cannot be read."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        super().__init__(f"设置文件 {path} 不能用：{reason}")


@dataclass(frozen=True)
class Configuration:
    """The settings, and for each that is not a default the place it came from."""

    settings: Settings
    origins: Mapping[str, str]


def load(environ: Mapping[str, str]) -> Configuration:
    """Read the settings file and the environment; InvalidSetting names the first fault."""
    from_env, in_files = _read_environment(environ)
    home = Path(from_env.get("home", "distribution-data"))
    path = home / FILE_NAME
    from_file = _read_file(path)
    origins = {name: str(path) for name in from_file} | {
        name: f"环境变量 {PREFIX}{name.upper()}{'_FILE' if name in in_files else ''}"
        for name in from_env
    }
    try:
        settings = Settings(**{**from_file, **from_env})
    except ValidationError as error:
        raise _fault(error.errors()[0], from_file, from_env, path, in_files) from None
    return Configuration(settings, origins)


def _read_environment(environ: Mapping[str, str]) -> tuple[dict[str, str], frozenset[str]]:
    """The settings it holds or names a file of, and those of the latter kind."""
    found = {}
    for name, value in environ.items():
        if name.startswith(PREFIX):
            if not _is_text(value):
                raise InvalidSetting(name, "***", "不是 UTF-8 文字")
            found[name.removeprefix(PREFIX).lower()] = value
    if "home" in found and not found["home"].strip():
        raise InvalidSetting(
            f"{PREFIX}HOME",
            found["home"],
            "应为一个文件夹；不设则用当前文件夹中的 distribution-data",
        )
    secrets = secrets_in_files(found)
    for name, text in secrets.items():
        del found[f"{name}_file"]
        found[name] = text
    return found, frozenset(secrets)


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _read_file(path: Path) -> dict[str, Any]:
    if path.parent.exists() and not path.parent.is_dir():
        raise InvalidSetting(f"{PREFIX}HOME", str(path.parent), "应为一个文件夹，这是一个文件")
    try:
        content = own_files.read_toml(path, _MOST_BYTES)
    except UnusableFile as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return {}
        raise UnreadableSettings(path, str(error)) from error
    if "home" in content:
        raise InvalidSetting("home", str(content["home"]), f"只能用 {PREFIX}HOME 指定")
    return content


_EXPECTED = {
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "string_type": "应为文字",
    "greater_than_equal": "应不小于 {ge}",
    "less_than_equal": "应不大于 {le}",
    "tuple_type": "应为一串文字，逗号分隔",
    "path_type": "应为一个文件的路径",
    "value_error": "{error}",
}


def _fault(
    error: ErrorDetails,
    from_file: Mapping[str, Any],
    from_env: Mapping[str, str],
    path: Path,
    in_files: frozenset[str],
) -> InvalidSetting:
    name = str(error["loc"][0])
    in_env = name in from_env
    spelt = f"{PREFIX}{name.upper()}{'_FILE' if name in in_files else ''}"
    written = spelt if in_env else f"{name}（{path}）"
    value = "***" if is_secret(name) else str(from_env[name] if in_env else from_file.get(name, ""))
    return InvalidSetting(written, value, _expectation(error, name))


def _expectation(error: ErrorDetails, name: str) -> str:
    """What a setting should be, in a sentence."""
    if error["type"] == "extra_forbidden":
        known = list(Settings.model_fields)
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"是不是 {near[0]}？" if near else f"全部设置是 {'、'.join(known)}"
        return f"没有这个设置；{hint}"
    if error["type"] == "literal_error":
        allowed = get_args(Settings.model_fields[name].annotation)
        return f"应为 {'、'.join(allowed)} 之一"
    return _EXPECTED.get(error["type"], "格式不正确").format(**error.get("ctx", {}))
