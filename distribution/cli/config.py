"""`distribution config`: the settings, and where each comes from."""

import os

import click
from pydantic import SecretStr

from distribution import config
from distribution.cli.common import as_json, show_json, show_table
from distribution.config import Settings


@click.group("config")
def group() -> None:
    """设置。"""


@group.command("show")
@as_json
def show(as_json: bool) -> None:  # noqa: FBT001 - click's flags
    """显示全部生效的设置与各自的来处；密钥与口令不显示。"""
    loaded = config.load(os.environ)
    settings, origins = loaded.settings, loaded.origins
    if as_json:
        show_json(
            {
                name: {"value": _value(settings, name), "origin": origins.get(name, "默认")}
                for name in Settings.model_fields
            }
        )
        return
    show_table(
        ("设置", "值", "来处", "说明"),
        [
            (name, _value(settings, name), _origin(origins.get(name)), field.description)
            for name, field in Settings.model_fields.items()
        ],
    )
    click.echo(
        f"设置写在 {settings.home / config.FILE_NAME}，"
        f"或环境变量 {config.PREFIX} 加大写的名称（优先）。"
    )


def _origin(origin: str | None) -> str:
    """Short enough for a column; the whole of it is in the JSON."""
    if origin is None:
        return "默认"
    return "文件" if origin.endswith(config.FILE_NAME) else "环境变量"


def _value(settings: Settings, name: str) -> object:
    value = getattr(settings, name)
    secrets = value if isinstance(value, tuple) else (value,)
    if secrets and isinstance(secrets[0], SecretStr):
        return "***" if any(secret.get_secret_value() for secret in secrets) else ""
    if isinstance(value, tuple):
        return ", ".join(value)
    return value if isinstance(value, int) or value is None else str(value)
