"""Settings of who is told what: groups' robots, and when something is worth telling."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, field_validator

from distribution.config.values import Whole


class Noticing(BaseModel):
    """A part of the settings."""

    wecom_robot: SecretStr = Field(
        SecretStr(""), description="企业微信群机器人的 Webhook 网址，提醒也发到群里；空：不发"
    )
    dingtalk_robot: SecretStr = Field(
        SecretStr(""), description="钉钉群机器人的 Webhook 网址；空：不发"
    )
    dingtalk_secret: SecretStr = Field(
        SecretStr(""), description="钉钉群机器人加签的密钥（SEC 开头）；空：不加签"
    )
    bounce_alert_percent: Annotated[Whole, Field(ge=1, le=100)] = Field(
        5, description="一个批次的退信与拒收超过百分之几时提醒"
    )
    disk_alert_mb: Annotated[Whole, Field(ge=0, le=1_000_000)] = Field(
        1024, description="home 所在的磁盘剩余少于多少 MB 时提醒；0：不看"
    )
    queue_alert_minutes: Annotated[Whole, Field(ge=1, le=1440)] = Field(
        15, description="到期的投递多久没有进程处理时提醒"
    )
    report_after_days: Annotated[Whole, Field(ge=1, le=60)] = Field(
        7, description="投递完成几天后再寄一次报告，包括这些天回来的一切"
    )

    @field_validator("wecom_robot", "dingtalk_robot")
    @classmethod
    def _robot(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if url and (urlsplit(url).scheme not in ("https", "http") or not urlsplit(url).hostname):
            message = "应为机器人设置页给出的 Webhook 网址，以 https:// 开头"
            raise ValueError(message)
        return value
