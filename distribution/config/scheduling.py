"""Settings of the month: when an issue leaves, who is reminded, who acts."""

import re
from datetime import time
from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from distribution.config.listed import Listed
from distribution.config.values import File, Whole

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_MOST_DAYS = 27
"""Before the first of a month: no longer than any month is."""


class Scheduling(BaseModel):
    """A part of the settings."""

    schedule: Literal["on", "off"] = Field(
        "on", description="到日子自动投递已批准的期刊；off：只由人运行 run plan 与 run start"
    )
    schedule_day: Annotated[Whole, Field(ge=1, le=28)] = Field(1, description="每月几号投递")
    schedule_time: str = Field("09:00", description="投递的时刻，北京时间")
    schedule_until: str = Field("18:00", description="一天里开始投递的最晚时刻，用于补发与放行")
    schedule_on_holiday: Literal["same-day", "next-workday", "previous-workday"] = Field(
        "same-day",
        description="那天休息时：same-day 照常；next-workday 顺延到其后、"
        "previous-workday 提前到其前的工作日",
    )
    schedule_late: Literal["release", "auto"] = Field(
        "release",
        description="到时没有已批准的期刊，后来批准的：release 等人运行 schedule release；"
        "auto 在下一个可投递的时刻自动投递",
    )
    holidays: File = Field(
        None, description="本装置自己的休息日与工作日文件；空：home 中的 holidays.toml，若有"
    )
    reminder_days: Listed = Field(
        ("5", "2", "1"), description="投递前几天提醒编辑还缺什么，逗号分隔；空：不提醒"
    )
    accounts: Listed = Field(
        (), description="系统账号是谁：账号=姓名，逗号分隔；没有写的，账号名即姓名"
    )

    @field_validator("schedule_time", "schedule_until")
    @classmethod
    def _time_of_day(cls, value: str) -> str:
        if not _CLOCK.fullmatch(value):
            message = "应为 24 小时制的时刻，例如 09:00"
            raise ValueError(message)
        return value

    @field_validator("schedule_until")
    @classmethod
    def _after_the_time(cls, value: str, facts: ValidationInfo) -> str:
        begin = facts.data.get("schedule_time")  # not there where it is no time at all
        if begin is not None and value < begin:
            message = f"应不早于 schedule_time（{begin}）"
            raise ValueError(message)
        return value

    @field_validator("reminder_days")
    @classmethod
    def _days_before(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        if not all(v.isascii() and v.isdigit() and 0 < int(v) <= _MOST_DAYS for v in values):
            message = f"应为 1 至 {_MOST_DAYS} 的整数，逗号分隔，例如 5,2,1"
            raise ValueError(message)
        return values

    @field_validator("accounts")
    @classmethod
    def _pairs(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        pairs = [value.partition("=") for value in values]
        whole = all(account.strip() and name.strip() for account, _, name in pairs)
        if not whole or len({account.strip() for account, _, _ in pairs}) != len(pairs):
            message = "应为 账号=姓名，逗号分隔，每个账号一次，例如 root=王秘书,lili=李编辑"
            raise ValueError(message)
        return values

    @property
    def time_of_day(self) -> time:
        """When in the day a run is to start, in Shanxi."""
        return time.fromisoformat(self.schedule_time)

    @property
    def last_time_of_day(self) -> time:
        """Until when in the day a run may start, in Shanxi."""
        return time.fromisoformat(self.schedule_until)

    @property
    def people(self) -> dict[str, str]:
        """System accounts to the names of those who use them."""
        pairs = (value.partition("=") for value in self.accounts)
        return {account.strip(): name.strip() for account, _, name in pairs}
