"""How a run is named on the command line: by its number."""

import click

from distribution.cli.chinese import row_number

run_argument = click.argument("run_id", metavar="批次号", type=int, callback=row_number)
