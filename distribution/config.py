"""Every setting, its unit, its default: `distribution.toml` first, DISTRIBUTION_* on top.

An embedded installation lives in one folder, `home`: settings file, database, outbox, template
overrides, and a secret key made at first use.
"""

import contextlib
import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from distribution.errors import DistributionError, InvalidSetting

PREFIX = "DISTRIBUTION_"
FILE_NAME = "distribution.toml"
PLACEHOLDER_DOMAINS = ("example", "example.com", "example.net", "example.org", "invalid")
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1", "[::1]")
_MINIMUM_KEY_LENGTH = 16

Port = Annotated[int, Field(ge=1, le=65535)]
Count = Annotated[int, Field(ge=1, le=10_000)]
Seconds = Annotated[int, Field(ge=1, le=86_400)]


class Settings(BaseSettings):
    """The whole configuration; read once, at the edge, by `load`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    home: Path = Field(Path("distribution-data"), description="本装置的文件夹")
    database_url: SecretStr = Field(
        SecretStr(""), description="sqlite:///… 或 postgresql://…；空：home 中的 SQLite"
    )
    redis_url: SecretStr = Field(SecretStr(""), description="空：队列就在本进程内")
    secret_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (), description="签名密钥，新的在前，逗号分隔；最后一把永不更换。空：home/secret.key"
    )
    base_url: str = Field("http://localhost:8000", description="邮件中链接的起点")
    transport: Literal["outbox", "smtp"] = Field(
        "outbox", description="outbox：写入 home/outbox；smtp：交给中继"
    )
    smtp_host: str = Field("localhost", description="中继主机")
    smtp_port: Port = Field(25, description="中继端口")
    smtp_security: Literal["none", "starttls", "tls"] = Field("starttls", description="加密方式")
    smtp_username: str = Field("", description="空：不登录")
    smtp_password: SecretStr = Field(SecretStr(""), description="登录密码")
    smtp_ca_file: Path | None = Field(None, description="中继证书的根证书文件；空：系统自带")
    sender_name: str = Field("编辑部", description="发件人名称")
    sender_address: str = Field("digest@magazine.example", description="发件人地址")
    mail_domain: str = Field("", description="退信地址与 Message-ID 的域名；空：发件人的域名")
    connections: Annotated[int, Field(ge=1, le=200)] = Field(8, description="同时与中继的连接数")
    batch_size: Count = Field(50, description="一次领取的投递数")
    lease_seconds: Seconds = Field(60, description="领取的有效时间")
    dot_timeout_seconds: Seconds = Field(600, description="等待中继最终答复的时间")
    expiry_hours: Annotated[int, Field(ge=1, le=720)] = Field(
        72, description="开始投递后多久不再重试"
    )
    ticker_seconds: Annotated[int, Field(ge=1, le=600)] = Field(5, description="检查到期投递的间隔")
    minimum_articles: Annotated[int, Field(ge=1, le=100)] = Field(
        3, description="一封邮件至少的文章数"
    )

    @field_validator("secret_keys", mode="before")
    @classmethod
    def _split_keys(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(key.strip() for key in value.split(",") if key.strip())
        return value

    @field_validator("secret_keys")
    @classmethod
    def _long_enough(cls, keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if any(len(key.get_secret_value()) < _MINIMUM_KEY_LENGTH for key in keys):
            message = f"每把密钥至少 {_MINIMUM_KEY_LENGTH} 个字符"
            raise ValueError(message)
        return keys

    @field_validator("base_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")) or not value.isascii() or " " in value:
            message = "应以 http:// 或 https:// 开头，不含空格与汉字（域名用 xn-- 形式）"
            raise ValueError(message)
        return value.rstrip("/")

    @field_validator("sender_address")
    @classmethod
    def _mail_address(cls, value: str) -> str:
        local, at, domain = value.rpartition("@")
        if not (local and at and "." in domain and value.isascii()) or any(
            c in value for c in " <>"
        ):
            message = "应为一个 ASCII 邮件地址，例如 digest@mail.xinxi.cn"
            raise ValueError(message)
        return value

    @field_validator("sender_name")
    @classmethod
    def _printable(cls, value: str) -> str:
        if not value.strip() or not value.isprintable():
            message = "不能为空，不能含控制字符"
            raise ValueError(message)
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic-settings' signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """`load` gathers the sources itself, so that it can name the one at fault."""
        return (init_settings,)

    @property
    def database(self) -> str:
        """The database's address; holds a password."""
        return self.database_url.get_secret_value() or f"sqlite:///{self.home / 'distribution.db'}"

    @property
    def embedded(self) -> bool:
        """Whether this is one folder on one host."""
        return self.database.startswith("sqlite")

    @property
    def domain(self) -> str:
        """The domain of return paths and Message-IDs."""
        return self.mail_domain or self.sender_address.rpartition("@")[2]

    @property
    def key_file(self) -> Path:
        """Holds the secret keys of an embedded installation, one a line, newest first."""
        return self.home / "secret.key"


@dataclass(frozen=True)
class Configuration:
    """The settings, and for each that is not a default the place it came from."""

    settings: Settings
    origins: Mapping[str, str]


def load(environ: Mapping[str, str]) -> Configuration:
    """Read the settings file and the environment; InvalidSetting names the first fault."""
    from_env = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(PREFIX)
    }
    home = Path(from_env.get("home", "distribution-data"))
    path = home / FILE_NAME
    from_file = _read_file(path)
    origins = {name: str(path) for name in from_file} | {
        name: f"环境变量 {PREFIX}{name.upper()}" for name in from_env
    }
    try:
        settings = Settings(**{**from_file, **from_env})
    except ValidationError as error:
        raise _fault(error.errors()[0], from_file, from_env, path) from None
    return Configuration(settings, origins)


def _read_file(path: Path) -> dict[str, Any]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidSetting(str(path), "", f"读不懂这个文件（{error}）") from error
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
    "literal_error": "应为 {expected} 之一",
    "extra_forbidden": "没有这个设置；distribution config show 列出全部设置",
    "value_error": "{error}",
}


def _fault(
    error: ErrorDetails, from_file: Mapping[str, Any], from_env: Mapping[str, str], path: Path
) -> InvalidSetting:
    name = str(error["loc"][0])
    in_env = name in from_env
    written = f"{PREFIX}{name.upper()}" if in_env else f"{name}（{path}）"
    field = Settings.model_fields.get(name)
    secret = field is not None and "SecretStr" in str(field.annotation)
    value = "***" if secret else str(from_env[name] if in_env else from_file.get(name, ""))
    template = _EXPECTED.get(error["type"], "格式不正确")
    return InvalidSetting(written, value, template.format(**error.get("ctx", {})))


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
        raise InvalidSetting("secret_keys", "", f"读不了 {path}（{error}）") from error
    if not keys:
        raise InvalidSetting(
            f"{PREFIX}SECRET_KEYS", "", "没有密钥；请设置一串至少 32 位的随机字符并妥善保存"
        )
    return keys


def _make_key(path: Path) -> None:
    """Make a key file; where two processes try at once, the first one's key is kept by both."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)  # atomic, and never replaces
        draft.unlink()
    except OSError as error:
        raise InvalidSetting(f"{PREFIX}HOME", str(path.parent), f"写不进去（{error}）") from error


class NotReadyToSend(DistributionError):
    """Raised before mail would go to a real relay with settings that only fit a trial."""


def refuse_trial_settings(settings: Settings) -> None:
    """Raise NotReadyToSend where real mail would carry a trial's address or key."""
    if settings.transport == "outbox":
        return
    host = settings.base_url.split("://", 1)[1].split("/")[0].rsplit(":", 1)[0]
    if host in LOCAL_HOSTS:
        raise NotReadyToSend(
            f"base_url 是 {settings.base_url}，读者打不开：请设为对外的网址再向中继投递"
        )
    domain = settings.sender_address.rpartition("@")[2].lower()
    if domain.endswith(PLACEHOLDER_DOMAINS) or domain in LOCAL_HOSTS:
        raise NotReadyToSend(
            f"sender_address 是示例地址 {settings.sender_address}：请设为真实的发件地址"
        )
    secret_keys(settings)
