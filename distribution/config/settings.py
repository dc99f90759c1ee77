"""The settings themselves: names, units, defaults, and what each may be."""

import os
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from distribution.config.keeping import Keeping
from distribution.config.listed import Networks
from distribution.config.mailing import Mailing
from distribution.config.noticing import Noticing
from distribution.config.returning import Returning
from distribution.config.scheduling import Scheduling
from distribution.config.values import Count, File, Port, Whole

PREFIX = "DISTRIBUTION_"


class Settings(Keeping, Noticing, Scheduling, Returning, Mailing, BaseSettings):
    """The whole configuration; read once, at the edge, by `load`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True
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
    reply_rules: File = Field(
        None, description="本装置自己的应答规则文件；空：home 中的 reply_rules.toml，若有"
    )
    second_person_above: Annotated[Whole, Field(ge=0)] = Field(
        500, description="一期或更正超过这么多读者，须由另一人批准"
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
    def holidays_file(self) -> Path | None:
        """The house's own days off and working days, where there are any."""
        own = self.home / "holidays.toml"
        return self.holidays or (own if os.path.lexists(own) else None)

    @property
    def rules_file(self) -> Path | None:
        """The admin's own rules for replies, where there are any."""
        own = self.home / "reply_rules.toml"
        return self.reply_rules or (own if os.path.lexists(own) else None)
