"""`distribution digest`: what an issue becomes in its readers' mailboxes."""

import click

from distribution.cli.digest import proof_readers
from distribution.cli.digest.checking import check
from distribution.cli.digest.covering import coverage
from distribution.cli.digest.explaining import explain
from distribution.cli.digest.gallery import gallery
from distribution.cli.digest.previewing import preview
from distribution.cli.digest.proofing import proof
from distribution.cli.digest.replaying import replay


@click.group("digest")
def group() -> None:
    """摘要邮件：预览、核对、说明理由、重现。"""


group.add_command(check)
group.add_command(coverage)
group.add_command(explain)
group.add_command(preview)
group.add_command(gallery)
group.add_command(proof)
group.add_command(replay)
group.add_command(proof_readers.group)
