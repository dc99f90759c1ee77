"""Whoever stands before the door: hands the files in, waits, and says what became of them."""

import subprocess
from collections.abc import Sequence
from datetime import timedelta

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
from distribution.compiler.unreadable import UnreadableIssue
from distribution.room import Ending, Limits, RoomFailed, answer_of, work_apart

LIMITS = Limits(512 * 1024 * 1024, timedelta(seconds=20))

_REMEDY = "请另存为 .docx 或 .txt 再导入；仍然不行，请把文件和这句话交给管理员"
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
        done = work_apart("distribution.compiler.room", order_to_bytes(order), limits.time)
    except RoomFailed as failed:
        raise _refused(name, failed, limits) from failed
    return _judged(name, done, limits)


def _judged(name: str, done: "subprocess.CompletedProcess[bytes]", limits: Limits) -> ReadIssue:
    try:
        answer = answer_from_bytes(answer_of(done))
    except RoomFailed as failed:
        raise _refused(name, failed, limits) from failed
    except Garbled as error:
        raise UnreadableIssue(name, "读取程序没有给出结果", _REMEDY) from error
    if isinstance(answer, UnreadableIssue):
        raise answer
    return answer


def _refused(name: str, failed: RoomFailed, limits: Limits) -> UnreadableIssue:
    match failed.ending:
        case Ending.OUT_OF_MEMORY:
            megabytes = limits.memory_bytes // 1024 // 1024
            reason = f"文件过大或过于复杂，{megabytes} MB 内存不够用"
            remedy = "请压缩其中的图片，或分成每篇一个文件放进文件夹再导入"
            return UnreadableIssue(name, reason, remedy)
        case Ending.OUT_OF_TIME:
            reason = f"文件过于复杂，{limits.time.total_seconds():g} 秒没有读完"
            return UnreadableIssue(name, reason, "请只留下这一期的内容，或另存为 .docx 再导入")
        case Ending.CRASHED:
            reason = f"读取程序因这个文件而崩溃（信号 {failed.detail}），文件可能已损坏"
            return UnreadableIssue(name, reason, _REMEDY)
        case Ending.FAULTY:  # ours: the last line of the traceback tells the administrator which
            reason = f"读取程序出了差错（{failed.detail[:_LONGEST_DETAIL]}）"
            return UnreadableIssue(name, reason, _REMEDY)
