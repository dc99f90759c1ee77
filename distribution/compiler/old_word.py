"""Old Word and WPS documents, made into .docx by LibreOffice where it is installed.

LibreOffice runs alone in a folder of its own, with macros off and nothing fetched from outside.
What it makes is read in the locked room like any other file.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path, PurePath

from distribution.compiler.lines import Source
from distribution.compiler.unreadable import UnreadableIssue

SAVE_AS_WORD = "请用 Word 或 WPS 打开，选「文件 → 另存为 → Word 文档 (*.docx)」，再导入"
PATIENCE = timedelta(seconds=90)
"""For one file; the first start on a machine takes longest."""

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_EXTENSIONS = (".doc", ".wps")
_NAMES = ("soffice", "libreoffice")
_PLACES = (
    "/usr/lib/libreoffice/program/soffice",
    "/opt/libreoffice/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
_SETTINGS = """\
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""
"""Of its profile; the names are those of its configuration schema (Common.xcs)."""


def is_old_word(source: Source) -> bool:
    """Whether it is a compound file (MS-CFB) of that name, and no .docx that a password locks."""
    named = PurePath(source.name).suffix.lower() in _EXTENSIONS
    return named and source.data.startswith(_COMPOUND) and _ENCRYPTED not in source.data


def converted(source: Source, programme: str | None = None) -> Source:
    """The document as .docx; `UnreadableIssue` where LibreOffice is missing or cannot open it."""
    programme = programme or libreoffice()
    if programme is None:
        reason = "这是旧版 Word（.doc）或 WPS 文档，这台机器没有安装能转换它的 LibreOffice"
        raise UnreadableIssue(source.name, reason, SAVE_AS_WORD)
    with tempfile.TemporaryDirectory(prefix="distribution-") as folder:
        made = _convert(source, programme, Path(folder))
    if made is None:
        reason = "LibreOffice 打不开这个旧版 Word 或 WPS 文档，可能有密码或已损坏"
        raise UnreadableIssue(source.name, reason, SAVE_AS_WORD)
    return Source(str(PurePath(source.name).with_suffix(".docx")), made)


def libreoffice() -> str | None:
    """Where the programme is; None where it is not installed."""
    found = filter(None, map(shutil.which, (*_NAMES, *_PLACES)))
    return next(found, None)


def _convert(source: Source, programme: str, folder: Path) -> bytes | None:
    """What LibreOffice makes of it, or nothing."""
    given = folder / f"issue{PurePath(source.name).suffix.lower()}"
    given.write_bytes(source.data)
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    options = ("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck")
    target = ("--convert-to", "docx:MS Word 2007 XML", "--outdir", str(folder), str(given))
    command = [programme, f"-env:UserInstallation={profile.as_uri()}", *options, *target]
    if not _ended(command, folder):
        reason = f"LibreOffice {PATIENCE.total_seconds():g} 秒没有把它转换完"
        raise UnreadableIssue(source.name, reason, SAVE_AS_WORD)
    made = folder / "issue.docx"
    return made.read_bytes() if made.exists() else None


def _ended(command: Sequence[str], folder: Path) -> bool:
    """Run it with all processes it starts; False where it had to be killed."""
    environment = {"HOME": str(folder), "PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}
    with subprocess.Popen(  # noqa: S603 - the command is ours, the names in it too
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=folder,
        start_new_session=True,
    ) as process:
        try:
            process.wait(PATIENCE.total_seconds())
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return False
    return True
