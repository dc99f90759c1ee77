"""Whoever stands before the door: hands the files in, waits, and says what became of them."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence

from distribution.compiler.compiling import USUAL_SECTIONS
from distribution.compiler.content import ReadIssue
from distribution.compiler.lines import Source
from distribution.compiler.old_word import converted, is_old_word
from distribution.compiler.room.letters import (
    Garbled,
    Order,
    answer_from_bytes,
    order_to_bytes,
)
from distribution.compiler.room.limits import LIMITS, OUT_OF_MEMORY, Limits
from distribution.compiler.unreadable import UnreadableIssue

_REMEDY = "请另存为 .docx 或 .txt 再导入；仍然不行，请把文件和这句话交给管理员"
_KEPT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
"""Without these some installations of Python do not start; nothing else of ours is handed in."""
_OUT_OF_MEMORY = (OUT_OF_MEMORY, -signal.SIGKILL)
"""The process noticed itself, or the system chose it when nothing was left."""
_LONGEST_DETAIL = 120


def compile_apart(
    sources: Sequence[Source],
    sections: Sequence[str] = USUAL_SECTIONS,
    limits: Limits = LIMITS,
) -> ReadIssue:
    """Do what `compile_issue` does, in a process that whatever is in the files cannot leave.

    Raises `UnreadableIssue` for all that can happen to it: no memory, no time, a crash.
    """
    name = sources[0].name + (f" 等 {len(sources)} 个文件" if len(sources) > 1 else "")
    sources = [converted(one) if is_old_word(one) else one for one in sources]
    cpu_seconds = max(1, round(limits.time.total_seconds()))
    order = Order(tuple(sources), tuple(sections), limits.memory_bytes, cpu_seconds)
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-s", "-m", "distribution.compiler.room"],
            input=order_to_bytes(order),
            capture_output=True,
            timeout=limits.time.total_seconds(),
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _too_slow(name, limits) from error
    return _judged(name, done, limits)


def _judged(name: str, done: "subprocess.CompletedProcess[bytes]", limits: Limits) -> ReadIssue:
    if done.returncode in _OUT_OF_MEMORY or _last_line(done.stderr).startswith("MemoryError"):
        megabytes = limits.memory_bytes // 1024 // 1024
        reason = f"文件过大或过于复杂，{megabytes} MB 内存不够用"
        raise UnreadableIssue(name, reason, "请压缩其中的图片，或分成每篇一个文件放进文件夹再导入")
    if done.returncode == -signal.SIGXCPU:
        raise _too_slow(name, limits)
    if done.returncode < 0:
        reason = f"读取程序因这个文件而崩溃（信号 {-done.returncode}），文件可能已损坏"
        raise UnreadableIssue(name, reason, _REMEDY)
    if done.returncode:
        raise _failed(name, done.stderr)
    try:
        answer = answer_from_bytes(done.stdout)
    except Garbled as error:
        raise UnreadableIssue(name, "读取程序没有给出结果", _REMEDY) from error
    if isinstance(answer, UnreadableIssue):
        raise answer
    return answer


def _too_slow(name: str, limits: Limits) -> UnreadableIssue:
    seconds = f"{limits.time.total_seconds():g}"
    reason = f"文件过于复杂，{seconds} 秒没有读完"
    return UnreadableIssue(name, reason, "请只留下这一期的内容，或另存为 .docx 再导入")


def _failed(name: str, errors: bytes) -> UnreadableIssue:
    """A fault of ours: the last line of the traceback tells the administrator which."""
    detail = _last_line(errors)[:_LONGEST_DETAIL]
    return UnreadableIssue(name, f"读取程序出了差错（{detail}）", _REMEDY)


def _last_line(errors: bytes) -> str:
    return errors.decode("utf-8", "replace").strip().rpartition("\n")[2]


def _environment() -> dict[str, str]:
    """Our modules are found again; our secrets stay outside."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
