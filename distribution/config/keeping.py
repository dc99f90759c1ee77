"""Settings of how long what is known is kept."""

from pydantic import BaseModel, Field

from distribution.config.values import Days


class Keeping(BaseModel):
    """A part of the settings."""

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
