"""Settings of where the installation lives, and how its mail leaves."""

import os
import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import BaseModel, Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from distribution.config.listed import Listed, Servers
from distribution.config.values import MINIMUM_KEY_LENGTH, Count, File, Port, Seconds, Whole

_HOST = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_HOST}(\.{_HOST})+")
_MAIL_ADDRESS = re.compile(rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.-]+@{_HOST}(\.{_HOST})+")
_WEB_ADDRESS = re.compile(
    rf"https?://({_HOST}(\.{_HOST})*|\[[0-9A-Fa-f:.]+\])(:[0-9]{{1,5}})?(/[A-Za-z0-9._~/%-]*)?"
)
_SELECTOR = re.compile(rf"[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.{_HOST})*")
_REDIS = re.compile(r"(rediss?://|unix:///).")


class Mailing(BaseModel):
    """A part of the settings."""

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
    smtp_ca_file: File = Field(None, description="中继证书的根证书文件；空：系统自带")
    relays: File = Field(
        None, description="有几个中继时，写明它们的文件；空：home 中的 relays.toml，若有"
    )
    relay_log: File = Field(
        None, description="中继的 Postfix 日志，或 journal；存疑的投递凭它了结。空：不看"
    )
    quarantine_minutes: Annotated[Whole, Field(ge=2, le=10_080)] = Field(
        15, description="存疑多久之后，日志中没有才算没有收到；要长于中继的 smtpd_timeout"
    )
    mx_lookup: Literal["auto", "on", "off"] = Field(
        "auto", description="查询收件域名的 MX，以便归入线路；auto：只在 transport 为 smtp 时"
    )
    dns_servers: Servers = Field((), description="查询 MX 用的 DNS 服务器，逗号分隔；空：系统自带")
    sender_name: str = Field("编辑部", description="发件人名称")
    sender_address: str = Field("digest@magazine.example", description="发件人地址")
    admin_addresses: Listed = Field(
        (), description="管理员的邮件地址，逗号分隔：提醒与投递报告寄到这里。空：提醒只在命令行显示"
    )
    editor_addresses: Listed = Field(
        (), description="编辑的邮件地址，逗号分隔：读者的回信转到这里。空：只登记，不转"
    )
    dkim_selectors: Listed = Field(
        (), description="中继签名用的 DKIM 选择器，逗号分隔：doctor 据此核对；空：试常见的几个"
    )
    mail_domain: str = Field("", description="退信地址与 Message-ID 的域名；空：发件人的域名")
    connections: Annotated[Whole, Field(ge=1, le=200)] = Field(8, description="同时与中继的连接数")
    batch_size: Count = Field(50, description="一次领取的投递数")
    lease_seconds: Seconds = Field(60, description="领取的有效时间")
    dot_timeout_seconds: Seconds = Field(600, description="等待中继最终答复的时间")
    expiry_hours: Annotated[Whole, Field(ge=1, le=720)] = Field(
        72, description="开始投递后多久不再重试"
    )
    ticker_seconds: Annotated[Whole, Field(ge=1, le=600)] = Field(
        5, description="检查到期投递的间隔"
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
        if any(len(key.get_secret_value()) < MINIMUM_KEY_LENGTH for key in keys):
            message = f"每把密钥至少 {MINIMUM_KEY_LENGTH} 个字符"
            raise ValueError(message)
        return keys

    @field_validator("base_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if not _WEB_ADDRESS.fullmatch(value):
            message = (
                "应以 http:// 或 https:// 加域名开头，不含空格、汉字（域名用 xn-- 形式）、?、#"
            )
            raise ValueError(message)
        return value.rstrip("/")

    @field_validator("sender_address")
    @classmethod
    def _mail_address(cls, value: str) -> str:
        if not _MAIL_ADDRESS.fullmatch(value):
            message = "应为一个 ASCII 邮件地址，例如 digest@mail.qikan.example"
            raise ValueError(message)
        return value

    @field_validator("admin_addresses", "editor_addresses")
    @classmethod
    def _mail_addresses(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        if not all(map(_MAIL_ADDRESS.fullmatch, values)):
            message = "应为一个或几个 ASCII 邮件地址，逗号分隔"
            raise ValueError(message)
        return values

    @field_validator("dkim_selectors")
    @classmethod
    def _selectors(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        if not all(map(_SELECTOR.fullmatch, values)):
            message = "应为一个或几个选择器，逗号分隔：邮件 DKIM-Signature 中 s= 之后的名字"
            raise ValueError(message)
        return values

    @field_validator("redis_url")
    @classmethod
    def _redis_address(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not _REDIS.match(value.get_secret_value()):
            message = "应为 redis://主机:端口/0、rediss://… 或 unix:///路径"
            raise ValueError(message)
        return value

    @field_validator("mail_domain")
    @classmethod
    def _host_name(cls, value: str) -> str:
        if value and not _DOMAIN.fullmatch(value):
            message = "应为一个 ASCII 域名，例如 mail.qikan.example"
            raise ValueError(message)
        return value

    @field_validator("sender_name")
    @classmethod
    def _printable(cls, value: str) -> str:
        if not value.strip() or not value.isprintable():
            message = "不能为空，不能含控制字符"
            raise ValueError(message)
        return value

    @property
    def database(self) -> str:
        """The database's address; holds a password."""
        return self.database_url.get_secret_value() or _sqlite(self.home / "distribution.db")

    @property
    def embedded(self) -> bool:
        """Whether this is one folder on one host."""
        return self.database.startswith("sqlite")

    @property
    def domain(self) -> str:
        """The domain of return paths and Message-IDs."""
        return self.mail_domain or self.sender_address.rpartition("@")[2]

    @property
    def relays_file(self) -> Path | None:
        """The file of several relays, where there is one."""
        own = self.home / "relays.toml"
        return self.relays or (own if os.path.lexists(own) else None)

    @property
    def stop_file(self) -> Path:
        """While it is there, nothing is sent from this installation on this host."""
        return self.home / "STOP"

    @property
    def mark_file(self) -> Path:
        """How far the ledger was when this host last sent from it, see `delivery.recognising`."""
        return self.home / "ledger.mark"

    @property
    def key_file(self) -> Path:
        """Holds the secret keys of an embedded installation, one a line, newest first."""
        return self.home / "secret.key"


def _sqlite(path: Path) -> str:
    return f"sqlite:///{quote(str(path))}"  # a folder's name may hold what URLs read as signs
