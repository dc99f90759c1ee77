"""`distribution bounce read --pipe`: one mail from a mail system, which must learn the right thing.

A mail system sends back, or throws away, what a command refuses; only EX_TEMPFAIL makes it keep the
mail and come again. So a mail is either kept here or refused with that code, whatever happens.
"""

import logging
import os
import sys
from pathlib import Path
from typing import Any

import click

from distribution import clock, config, events, mailboxes
from distribution.app import App
from distribution.cli.chinese import complain
from distribution.cli.common import installation, printable
from distribution.errors import DistributionError

OPTION = "--pipe"
SET_UP = """\b
作为管道，在 Postfix 的 master.cf 中（mail.qikan.example 是 mail_domain）：
  bounces unix - n n - - pipe flags=DOR user=distribution
    argv=/usr/bin/env DISTRIBUTION_HOME=/srv/distribution
    /opt/distribution/bin/distribution bounce read - --pipe
在 main.cf 中：bounces_destination_recipient_limit = 1，
  relay_domains 加上 mail.qikan.example；
在 transport_maps 中：mail.qikan.example bounces:

\b
在 Exim 中，一个 driver = pipe 的 transport：
  command = /usr/bin/env DISTRIBUTION_HOME=/srv/distribution \\
    /opt/distribution/bin/distribution bounce read - --pipe
  user = distribution
  envelope_to_add = true
  return_path_add = true
"""

log = logging.getLogger(__name__)


class NoInstallation(DistributionError):
    """Raised where a pipe leads to no installation: it must not found one, and put mails there."""

    def __init__(self, home: Path) -> None:
        self.home = home
        super().__init__(f"没有装置 {home}：请检查邮件系统的管道命令中 DISTRIBUTION_HOME 是否写对")


class Piped(click.Command):
    """A command of which a mail system hears 0 or EX_TEMPFAIL only, where the option is given."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401 - click's
    ) -> click.Context:
        """Parse; a slip of the pen in the mail system's settings must lose no mail."""
        piped = OPTION in args
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            if not piped:
                raise
            complain(error)
            sys.exit(os.EX_TEMPFAIL)

    def invoke(self, ctx: click.Context) -> object:
        """Run it; what is wrong with this installation is no fault of the mail."""
        if not ctx.params.get("pipe"):
            return super().invoke(ctx)
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            complain(error)
        except DistributionError as error:
            click.echo(f"distribution: {printable(str(error))}", err=True)
        except Exception:  # an entry point: a defect is told with its traceback
            log.exception("the mail could not be kept")
        sys.exit(os.EX_TEMPFAIL)


def existing() -> App:
    """The installation of this environment; raises NoInstallation where there is none yet."""
    settings = config.load(os.environ).settings
    if settings.embedded and not settings.home.is_dir():
        raise NoInstallation(settings.home)
    return installation()


def take(app: App) -> None:
    """Keep the mail on standard input, then judge it as far as that is possible now.

    Nothing is printed where all is well: Exim may take words for a failure. A mail that is kept and
    cannot be judged is left to the workers.
    """
    raw = mailboxes.mail_of_pipe(sys.stdin.buffer)
    if not raw:
        return
    with app.transaction() as session:
        inbox_id, _ = events.receive_mail(session, raw, clock.now())
    try:
        with app.transaction() as session:
            events.judge_mails(session, [inbox_id], app.desk, clock.now())
    except DistributionError as error:
        log.warning("mail %d is kept, and judged later: %s", inbox_id, error)
    except Exception:  # as above; the mail is safe
        log.exception("mail %d is kept, and judged later", inbox_id)
