"""The settings themselves: names, units, defaults, and what each may be."""

import os
import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from distribution.config.listed import Listed, Networks, Servers
from distribution.config.values import Count, Days, File, Port, Seconds, Whole

PREFIX = "DISTRIBUTION_"
MINIMUM_KEY_LENGTH = 16
_HOST = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_FOLDER = re.compile(r"[A-Za-z0-9_-]{1,40}")
_DOMAIN = re.compile(rf"{_HOST}(\.{_HOST})+")
_MAIL_ADDRESS = re.compile(rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.-]+@{_HOST}(\.{_HOST})+")
_WEB_ADDRESS = re.compile(
    rf"https?://({_HOST}(\.{_HOST})*|\[[0-9A-Fa-f:.]+\])(:[0-9]{{1,5}})?(/[A-Za-z0-9._~/%-]*)?"
)
_SNS_TOPIC = re.compile(
    r"arn:aws(-[a-z]+)*:sns:[a-z]+(-[a-z]+)+-[0-9]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}"
)
_TOKEN = re.compile(rf"[!-~]{{{MINIMUM_KEY_LENGTH},200}}")
_REDIS = re.compile(r"(rediss?://|unix:///).")


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
        (), description="管理员的邮件地址，逗号分隔：提醒寄到这里。空：只在命令行显示"
    )
    editor_addresses: Listed = Field(
        (), description="编辑的邮件地址，逗号分隔：读者的回信转到这里。空：只登记，不转"
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
    web_host: str = Field("127.0.0.1", description="网页服务监听的地址；对外由反向代理转发")
    web_port: Port = Field(8000, description="网页服务的端口")
    reading: Literal["readers", "public"] = Field(
        "readers",
        description="谁能在网上读各期：readers 只凭邮件中的链接；public 人人，也可被搜索引擎收录",
    )
    subscribe_form: Literal["auto", "on", "off"] = Field(
        "auto", description="网页上的订阅表单；auto：base_url 对外、发件设置齐备时开"
    )
    subscribe_per_address: Count = Field(3, description="一个邮箱每天可提交订阅的次数")
    subscribe_per_network: Count = Field(10, description="一个网络每小时可提交订阅的次数")
    subscribe_in_all: Count = Field(300, description="全部访客每小时可提交订阅的次数")
    subscribe_searches: Count = Field(60, description="一个网络每小时可查找单位的次数")
    subscribe_puzzle: Annotated[Whole, Field(ge=0, le=10_000_000)] = Field(
        0, description="订阅前由浏览器试算的次数上限（工作量证明），例如 100000；0：不用"
    )
    trusted_proxies: Networks = Field(
        ("127.0.0.0/8", "::1"),
        description="其 X-Forwarded-For 可信的反向代理，IP 地址或网段，逗号分隔；默认只有本机的",
    )
    metrics_host: str = Field(
        "127.0.0.1", description="指标与健康检查监听的地址；里面没有读者的资料，但不要对外开放"
    )
    metrics_port: Annotated[Whole, Field(ge=0, le=65535)] = Field(
        0, description="指标与健康检查的端口，每个进程一个，被占用时用其后第一个空的；0：不提供"
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="运行记录（标准错误）的格式；json：每行一个对象"
    )
    bounce_maildir: File = Field(None, description="收退信的 Maildir 文件夹；空：不自动收")
    bounce_imap_host: str = Field("", description="收退信的 IMAP 服务器；空：不从 IMAP 收")
    bounce_imap_port: Port = Field(993, description="IMAP 端口；starttls 与 none 多为 143")
    bounce_imap_security: Literal["none", "starttls", "tls"] = Field(
        "tls", description="IMAP 的加密方式"
    )
    bounce_imap_username: str = Field("", description="IMAP 用户名，多为整个邮件地址")
    bounce_imap_password: SecretStr = Field(
        SecretStr(""), description="IMAP 密码；163、QQ 等邮箱须用其授权码"
    )
    bounce_imap_folder: str = Field("INBOX", description="IMAP 中收退信的文件夹")
    bounce_imap_archive: str = Field(
        "bounces", description="IMAP 中存放处理过的邮件的文件夹，其下分 processed、unclear、failed"
    )
    bounce_imap_ca_file: File = Field(None, description="IMAP 服务器证书的根证书文件；空：系统自带")
    sns_topics: Listed = Field(
        (), description="发布 Amazon SES 通知的 SNS 主题（ARN），逗号分隔；空：不接收"
    )
    aliyun_token: SecretStr = Field(
        SecretStr(""), description="阿里云事件总线 HTTP 目标的 Token，至少 16 个字符；空：不接收"
    )
    bounce_seconds: Seconds = Field(60, description="检查退信文件夹与 IMAP 邮箱的间隔")
    reply_rules: File = Field(
        None, description="本装置自己的应答规则文件；空：home 中的 reply_rules.toml，若有"
    )
    second_person_above: Annotated[Whole, Field(ge=0)] = Field(
        500, description="更正超过这么多封，须由另一人批准"
    )
    minimum_articles: Annotated[Whole, Field(ge=1, le=100)] = Field(
        3, description="一封邮件至少的文章数"
    )
    honeypot: Literal["on", "off"] = Field(
        "on", description="计点击的邮件里放一条读者看不见的链接，认出自动点击一切的程序"
    )
    request_days: Annotated[Whole, Field(ge=1, le=365)] = Field(
        15, description="答复查阅、更正、删除资料请求的期限，按天计"
    )
    keep_mail_days: Days = Field(
        180, description="退信、来信与单独寄出的信的原文保留天数；0：一直保留，下同"
    )
    keep_reading_days: Days = Field(730, description="按人的打开与点击保留天数，此后只留次数")
    keep_network_days: Days = Field(
        90, description="按人的打开与点击来自哪个网络（每日更换的代号）与哪类程序，保留天数"
    )
    keep_import_days: Days = Field(180, description="导入前后的资料保留天数，此后不能撤销导入")
    keep_audit_days: Days = Field(1095, description="操作记录的细节保留天数，此后只留做了什么")
    keep_reply_days: Days = Field(365, description="中继与对方邮件系统的原话保留天数")
    keep_left_days: Days = Field(0, description="离任或退订的人，多少天后删除其资料")

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

    @field_validator("bounce_imap_archive")
    @classmethod
    def _folder_name(cls, value: str) -> str:
        if not _FOLDER.fullmatch(value):
            message = "应为 1 至 40 个英文字母、数字、- 或 _"
            raise ValueError(message)
        return value

    @field_validator("sns_topics")
    @classmethod
    def _topics(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        if not all(map(_SNS_TOPIC.fullmatch, values)):
            message = "应为一个或几个 SNS 主题，例如 arn:aws:sns:us-east-1:123456789012:bounces"
            raise ValueError(message)
        return values

    @field_validator("aliyun_token")
    @classmethod
    def _unguessable(cls, value: SecretStr) -> SecretStr:
        token = value.get_secret_value()
        if token and not _TOKEN.fullmatch(token):
            message = f"应为 {MINIMUM_KEY_LENGTH} 至 200 个字符，不含空格与汉字"
            raise ValueError(message)
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis_address(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not _REDIS.match(value.get_secret_value()):
            message = "应为 redis://主机:端口/0、rediss://… 或 unix:///路径"
            raise ValueError(message)
        return value

    @field_validator("web_host", "metrics_host")
    @classmethod
    def _listening_address(cls, value: str) -> str:
        if value != "localhost":
            try:
                ip_address(value)
            except ValueError as error:
                message = "应为本机的一个 IP 地址：127.0.0.1 只供本机，0.0.0.0 供所有网络"
                raise ValueError(message) from error
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
    def rules_file(self) -> Path | None:
        """The admin's own rules for replies, where there are any."""
        own = self.home / "reply_rules.toml"
        return self.reply_rules or (own if os.path.lexists(own) else None)

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
    def key_file(self) -> Path:
        """Holds the secret keys of an embedded installation, one a line, newest first."""
        return self.home / "secret.key"


def _sqlite(path: Path) -> str:
    return f"sqlite:///{quote(str(path))}"  # a folder's name may hold what URLs read as signs
