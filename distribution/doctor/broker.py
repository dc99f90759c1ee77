"""Whether the queue's bells can ring."""

from collections.abc import Iterator, Mapping
from typing import Any

import redis

from distribution import own_files
from distribution.app import App
from distribution.doctor.finding import Finding, bad, good, note

_CHECK = "broker"
_SECONDS = 3.0


def check(app: App) -> Iterator[Finding]:
    """Redis answers, and does not throw away what it holds. What it keeps on disk is all the same.

    Its messages are bells: a lost one is rung again, see `workers.ticker`.
    """
    url = app.settings.redis_url.get_secret_value()
    if not url:
        yield good(_CHECK, "队列在进程内，不用 Redis")
        return
    try:
        client = redis.Redis.from_url(url, socket_connect_timeout=_SECONDS, socket_timeout=_SECONDS)
        client.ping()
    except (redis.RedisError, ValueError, TypeError) as error:
        yield bad(_CHECK, f"Redis 连不上（{_why(error)}）：请检查 redis_url 与 Redis 服务")
        return
    yield good(_CHECK, "Redis 连得上；里面只有铃声，不需要持久化与备份")
    try:
        told: Mapping[str, Any] = client.info("memory")
    except redis.RedisError:
        yield note(_CHECK, "Redis 不许查看内存设置：请自行确认 maxmemory-policy 是 noeviction")
        return
    finally:
        client.close()
    yield _memory(told)


def _why(error: Exception) -> str:
    """What keeps it away; what is said that is not among the usual things is quoted."""
    cause = error.__context__
    if not isinstance(error, redis.RedisError):
        return "地址读不懂"  # its words may quote half a password
    if isinstance(error, redis.AuthenticationError):
        return "用户名或密码不对"
    if isinstance(error, redis.TimeoutError):
        return "没有应答"
    if isinstance(cause, ConnectionRefusedError):
        return "拒绝连接"
    if isinstance(cause, OSError):
        return own_files.reason(cause)
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _memory(told: Mapping[str, Any]) -> Finding:
    policy = str(told.get("maxmemory_policy", "noeviction"))
    if policy == "noeviction":
        return good(_CHECK, "Redis 内存满时拒绝写入，不丢消息（noeviction）")
    words = f"Redis 内存满时会丢消息（maxmemory-policy 为 {policy}）：请设为 noeviction"
    return bad(_CHECK, words) if told.get("maxmemory") else note(_CHECK, words)
