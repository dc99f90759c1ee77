"""Whether secrets are secret: good keys, files that others cannot read, an ordinary account."""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from distribution import config
from distribution.app import App
from distribution.config import PREFIX
from distribution.doctor.database import file_of
from distribution.doctor.finding import Finding, bad, good, note
from distribution.errors import InvalidSetting

_CHECK = "secrets"
_EXAMPLES = ("at least sixteen", "change me", "changeme", "example", "secret key")
"""What stands in place of a key in texts like ours."""
_FEWEST = 8
"""Different characters of a key that was not made up by a person."""
_LONG = 32


def check(app: App) -> Iterator[Finding]:
    """The keys, the files that hold secrets, and who runs us."""
    yield from _keys(app)
    settings, database = app.settings, file_of(app)
    private = [settings.key_file, settings.home / config.FILE_NAME, settings.relays_file, database]
    files = [path for path in private if path is not None and path.is_file()]
    open_ones = [path for path in files if stat.S_IMODE(path.stat().st_mode) & 0o077]
    for path in open_ones:
        others = f"别的账号能读 {path}（{stat.S_IMODE(path.stat().st_mode):04o}）"
        words = f"{others}：请运行 chmod 600 {path}"
        yield bad(_CHECK, words) if path == settings.key_file else note(_CHECK, words)
    if files and not open_ones:
        yield good(_CHECK, f"只有本账号能读：{'、'.join(path.name for path in files)}")
    for relay in app.relays:
        if relay.password_file is not None:
            yield from _shared(relay.password_file, f"中继 {relay.name} 的 password_file")
    if os.geteuid() == 0:
        yield note("account", "以 root 运行，用不着：请另建一个普通账号，见 deploy/README.md")
    else:
        yield good("account", "以普通账号运行")


def files_of_secrets(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Those that the environment names."""
    for name, path in environ.items():
        if name.startswith(PREFIX) and name.endswith("_FILE"):
            secret = name.removeprefix(PREFIX).removesuffix("_FILE").lower()
            if config.is_secret(secret):
                yield from _shared(Path(path), name)


def _shared(path: Path, named: str) -> Iterator[Finding]:
    """A secret's own file may be meant for a group, but not for everybody."""
    if stat.S_IMODE(path.stat().st_mode) & 0o007:
        yield note(_CHECK, f"谁都能读 {path}（{named}）：请运行 chmod o= {path}")


def _keys(app: App) -> Iterator[Finding]:
    settings = app.settings
    makes_its_own = settings.embedded and settings.transport == "outbox"
    if not settings.secret_keys and makes_its_own and not settings.key_file.exists():
        yield note("keys", f"还没有密钥：第一次使用时自动写入 {settings.key_file}")
        return
    try:
        keys = config.secret_keys(settings)
    except InvalidSetting as fault:
        yield bad("keys", str(fault))
        return
    for number, key in enumerate(keys, 1):
        which = f"第 {number} 把密钥" if len(keys) > 1 else "密钥"
        if (
            any(example in key.lower().replace("-", " ") for example in _EXAMPLES)
            or len(set(key)) < _FEWEST
        ):
            advice = "人人猜得到；尚未投递过的，请换成 openssl rand -hex 32 的结果，否则加在它前面"
            yield bad("keys", f"{which}是示例或太简单，{advice}")
        elif len(key) < _LONG:
            yield note("keys", f"{which}只有 {len(key)} 个字符：下次更换时最好用 64 个")
        else:
            yield good("keys", f"{which}有 {len(key)} 个字符；请另行妥善备份")
