"""Whether an installation's own mail templates make mails: each kind they touch is made once."""

import os
from collections.abc import Iterator

from distribution import digests
from distribution.app import App
from distribution.doctor import mails
from distribution.doctor.finding import Finding, bad, good, note
from distribution.templates import BrokenTemplate, unused_overrides

_CHECK = "templates"
_DIGEST = "digest"


def check(app: App) -> Iterator[Finding]:
    """Made of nobody's words, in a process of its own with limits, as ever; nothing is written."""
    own, bundled = app.templates
    if not os.path.lexists(own):
        yield good(_CHECK, "邮件都用自带的模板")
        return
    try:
        touched = [mail for mail in (_DIGEST, *mails.LETTERS) if _touches(app, mail)]
        unused = unused_overrides((own, bundled))
    except BrokenTemplate as fault:
        yield _broken(fault)
        return
    faults = list(dict.fromkeys(found for mail in touched for found in _tried(app, mail)))
    yield from faults
    for path in unused:
        yield note(_CHECK, f"邮件模板 {path} 不会用到，文件名与自带的都不相同：请核对文件名")
    if not touched:
        yield good(_CHECK, "邮件都用自带的模板")
    elif not faults:
        yield good(_CHECK, f"{own} 中自己的模板做得出邮件，用到它们的有 {len(touched)} 种")


def _touches(app: App, mail: str) -> bool:
    """Whether a file of theirs takes part in this mail."""
    folders = app.templates
    made_of, usual = (digests.templates_fingerprint(some, mail) for some in (folders, folders[1:]))
    return made_of != usual


def _tried(app: App, mail: str) -> Iterator[Finding]:
    """What is wrong with it, if anything is."""
    try:
        if mail == _DIGEST:
            digests.render_sheet(mails.ISSUE, mails.TOPICS, app.templates, honeypot=True)
        else:
            digests.render_letter(app.templates, mail, mails.LETTERS[mail])
    except BrokenTemplate as fault:
        yield _broken(fault)


def _broken(fault: BrokenTemplate) -> Finding:
    return bad(_CHECK, f"{fault}；请改正，或把它移走而用自带的")
