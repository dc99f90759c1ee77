"""Whether what comes back can be fetched."""

from collections.abc import Iterator

from distribution import mailboxes, webhooks
from distribution.app import App
from distribution.doctor.finding import Finding, bad, good, note
from distribution.mailboxes import UnusableMailbox

_CHECK = "bounces"


def check(app: App) -> Iterator[Finding]:
    """Each mailbox that is set; nothing in it is touched."""
    settings = app.settings
    try:
        found = mailboxes.configured(settings)
    except UnusableMailbox as trouble:
        yield bad(_CHECK, str(trouble))
        return
    for mailbox in found:
        try:
            survey = mailbox.survey()
        except UnusableMailbox as trouble:
            yield bad(_CHECK, str(trouble))
        else:
            yield good(_CHECK, f"收退信的 {mailbox.name} 打得开，待处理 {survey.waiting} 封")
    if webhooks.configured(settings):
        yield good(_CHECK, "接收服务商的退信通知（webhook）")
    elif not found and settings.transport == "smtp":
        advice = "请设置 bounce_maildir 或 bounce_imap_host"
        yield note(_CHECK, f"没有地方收退信，无效的地址会一直投递下去：{advice}")
    elif not found:
        yield good(_CHECK, "不交给中继，也不用收退信")
