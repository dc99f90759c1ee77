"""Settings of what comes back: where returned mail is fetched, whose notices are believed."""

import re
from typing import Literal

from pydantic import BaseModel, Field, SecretStr, field_validator

from distribution.config.listed import Listed
from distribution.config.values import MINIMUM_KEY_LENGTH, File, Port, Seconds

_FOLDER = re.compile(r"[A-Za-z0-9_-]{1,40}")
_TOKEN = re.compile(rf"[!-~]{{{MINIMUM_KEY_LENGTH},200}}")
_SNS_TOPIC = re.compile(
    r"arn:aws(-[a-z]+)*:sns:[a-z]+(-[a-z]+)+-[0-9]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}"
)


class Returning(BaseModel):
    """A part of the settings."""

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
