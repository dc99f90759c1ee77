"""A database that is away is said in Chinese, whatever words its driver has for it."""

import pytest
from sqlalchemy import text

from distribution import db
from distribution.database_words import trouble
from distribution.db import DatabaseUnusable

AT = 'connection failed: connection to server at "10.0.0.7", port 5432 failed: '
LOCAL = 'connection failed: connection to server on socket "/run/.s.PGSQL.5432" failed: '


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (f"{AT}Connection refused\n\tIs the server running?", "10.0.0.7:5432 拒绝连接"),
        (f"{AT}No route to host", "到 10.0.0.7:5432 的网络不通"),
        (f"{AT}Connection timed out", "10.0.0.7:5432 没有应答"),
        ("connection timeout expired", "连接超时"),
        (f"{LOCAL}Connection refused", "/run/.s.PGSQL.5432 上没有数据库服务"),
        ("failed to resolve host 'db.test': [Errno -2] Not known", "找不到主机 db.test"),
        (f'{AT}FATAL:  password authentication failed for user "u"', "用户 u 的密码不对"),
        (f"{AT}fe_sendauth: no password supplied", "没有给出密码"),
        (f'{LOCAL}FATAL:  role "u" is not permitted to log in', "用户 u 不许登录"),
        (
            f'{AT}FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "u", database "d"',
            "服务器不许用户 u 由 10.0.0.9 连接",
        ),
        (f"{AT}FATAL:  sorry, too many clients already", "连接数已满"),
        (f"{AT}FATAL:  the database system is starting up", "正在启动或停止"),
        (f"{AT}server does not support SSL, but SSL was required", "服务器不支持加密"),
        (f"{AT}server closed the connection unexpectedly", "连接中断"),
        ("terminating connection due to administrator command", "连接中断"),
        ("could not extend file: No space left on device", "磁盘已满"),
        ("database or disk is full", "磁盘已满"),
        ("database is locked", "别的进程正在写入"),
        ("attempt to write a readonly database", "数据库文件只能读"),
        ("disk I/O error", "磁盘读写出错"),
        ("connection failed: 致命错误\nand more", "致命错误"),
        ("", "没有说明"),
    ],
)  # fmt: skip
def test_what_drivers_say_is_said_in_chinese_and_something_new_is_quoted(
    words: str, what: str
) -> None:
    assert trouble(words)[0] == what


def said(url: str) -> str:
    with pytest.raises(DatabaseUnusable) as fault, db.writing(db.open_engine(url)) as session:
        session.execute(text("SELECT 1"))
    return str(fault.value)


def test_a_port_that_nobody_listens_on_refuses() -> None:
    assert said("postgresql+psycopg://u:Geheim@127.0.0.1:1/d") == (
        "数据库无法使用（127.0.0.1:1 拒绝连接）："
        "请启动数据库服务，或改正 database_url 中的主机与端口"
    )


def test_a_name_that_the_server_does_not_know_is_named(postgresql_folder: str) -> None:
    assert said(f"postgresql+psycopg://postgres@/nowhere?host={postgresql_folder}") == (
        "数据库无法使用（没有数据库 nowhere）：请先建立它（createdb），或改正 database_url"
    )
    assert said(f"postgresql+psycopg://nobody@/postgres?host={postgresql_folder}") == (
        "数据库无法使用（没有用户 nobody）：请改正 database_url 中的用户名与密码"
    )
