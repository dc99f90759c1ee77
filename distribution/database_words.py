"""What databases say in English when they cannot be used, in Chinese: what is wrong, what to do."""

import re
from collections.abc import Sequence

_SERVER = "请启动数据库服务，或改正 database_url 中的主机与端口"
_LOGIN = "请改正 database_url 中的用户名与密码"
_LATER = "请稍后再试；一直如此，请检查数据库服务"
_ROOM = "请立即腾出磁盘空间"
_FOLDER = "请检查它的文件夹与权限"
_OTHERS = "它不是本程序的数据库，或已损坏：请由备份恢复（distribution db restore 文件）"
_PLACE = r'at "(?P<host>[^"]*)", port (?P<port>\d+) failed'

_KNOWN: Sequence[tuple[str, str, str]] = (
    (rf"{_PLACE}: Connection refused", "{host}:{port} 拒绝连接", _SERVER),
    (
        rf"{_PLACE}: (No route to host|Network is unreachable|Host is down)",
        "到 {host}:{port} 的网络不通",
        "请检查主机与网络",
    ),
    (rf"{_PLACE}: .*timed? ?out", "{host}:{port} 没有应答", "请检查主机、端口与防火墙"),
    (r"timeout expired", "连接超时", "请检查 database_url 中的主机、端口与防火墙"),
    (r'on socket "(?P<path>[^"]*)" failed: (No such|Conn)', "{path} 上没有数据库服务", _SERVER),
    (r"(resolve host|translate host name) ['\"](?P<host>[^'\"]*)", "找不到主机 {host}", _SERVER),
    (r'password authentication failed for user "(?P<user>[^"]*)', "用户 {user} 的密码不对", _LOGIN),
    (r"no password supplied", "没有给出密码", _LOGIN),
    (r'role "(?P<user>[^"]*)" does not exist', "没有用户 {user}", _LOGIN),
    (r'role "(?P<user>[^"]*)" is not permitted to log', "用户 {user} 不许登录", _LOGIN),
    (
        r'database "(?P<name>[^"]*)" does not exist',
        "没有数据库 {name}",
        "请先建立它（createdb），或改正 database_url",
    ),
    (
        r'no pg_hba.conf entry for host "(?P<host>[^"]*)", user "(?P<user>[^"]*)"',
        "服务器不许用户 {user} 由 {host} 连接",
        "请在它的 pg_hba.conf 里放行",
    ),
    (r"too many (clients|connections)|connection slots", "连接数已满", "请稍后再试，或调大上限"),
    (r"database system is (starting|shutting|in recovery)", "正在启动或停止", "请稍后再试"),
    (r"does not support SSL|was required", "服务器不支持加密", "请改 sslmode，或给它装上证书"),
    (r"certificate", "服务器的证书核对不上", "请检查 database_url 中的 sslmode 与 sslrootcert"),
    (
        r"invalid (connection option|port number|sslmode value):? *(?P<what>\"[^\"]*\")",
        "database_url 中的 {what} 不对",
        "请改正",
    ),
    (
        r"(closed the|terminating) connection|connection (was )?(closed|lost)|reset by peer",
        "连接中断",
        _LATER,
    ),
    (r"server version mismatch", "pg_dump 比服务器旧", "请装上与服务器同版本的 pg_dump"),
    (r"No space left|(database or )?disk is full|disk full", "磁盘已满", _ROOM),
    (
        r"file is not a database|malformed",
        "数据库文件已损坏或不是数据库",
        "请由备份恢复（distribution db restore 文件）",
    ),
    (r"no such (table|column): (?P<name>\S+)", "里面没有 {name}", _OTHERS),
    (r"(table|index) (?P<name>\S+) already exists", "里面已有 {name}", _OTHERS),
    (r"locked", "别的进程正在写入", "请稍后再试"),
    (r"unable to open database file", "打不开数据库文件", _FOLDER),
    (r"readonly database", "数据库文件只能读", _FOLDER),
    (r"disk I/O error", "磁盘读写出错", "请检查磁盘"),
)
_PREFIX = re.compile(r"^(pg_dump: (error: )?)?(connection (failed|is bad): )?")


def trouble(words: str) -> tuple[str, str]:
    r"""What is wrong, and what to do; whoever says something new is quoted.

    >>> trouble('connection to server at "10.0.0.7", port 5432 failed: Connection refused')[0]
    '10.0.0.7:5432 拒绝连接'
    >>> trouble("connection failed: something new\nand more")
    ('something new', '请检查数据库服务与磁盘')
    """
    for pattern, what, advice in _KNOWN:
        found = re.search(pattern, words, re.IGNORECASE)
        if found is not None:
            return what.format(**found.groupdict()), advice
    first = (words.strip() or "没有说明").splitlines()[0]
    return _PREFIX.sub("", first), "请检查数据库服务与磁盘"
