"""`distribution report send`: a run's report by mail, on request."""

import click

from distribution import clock, reports
from distribution.cli.chinese import row_number
from distribution.cli.common import admin, installation, printable
from distribution.cli.posting import post, require_postable
from distribution.reports import Letterhead


@click.command("send")
@click.argument("run_id", metavar="批次号", type=int, callback=row_number)
@click.option(
    "--to", "names", multiple=True, metavar="姓名",
    help="寄给人员表里的这一位，可写几次；不写则寄给全部理事与管理员，以及设置 admin_addresses。",
)  # fmt: skip
def send(run_id: int, names: tuple[str, ...]) -> None:
    """把一个批次现在的报告用邮件寄出，附网页与 Excel 文件；可再寄。

    月度投递的报告在结束时与几天后（report_after_days）自动寄给理事与管理员，不必运行这个命令；
    补投与更正的报告只在这样要求时寄。
    """
    app, at = installation(), clock.now()
    settings = app.settings
    require_postable(app)
    head = Letterhead(app.recipe.templates, settings.sender_name, settings.admin_addresses)
    with app.transaction() as session:
        people = reports.send_report(session, run_id, head, to=names, by=admin(), at=at)
    for person in people:
        click.echo(printable(f"批次 {run_id} 的报告寄给 {person.called}。"))
    post(app, at=at)
