"""The entry point: Chinese help, one sentence per error, exit codes 0, 1 and 2."""

import gettext
import os
import sys
from pathlib import Path


def main() -> None:
    """Run the command line; the only place where errors become words and exit codes."""
    _speak_chinese()
    import click  # after the language is set: click looks its words up when they are used

    from distribution.cli.root import root
    from distribution.errors import DistributionError

    try:
        root.main(prog_name="distribution", standalone_mode=False)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        click.echo("已中止，没有改动。", err=True)
        sys.exit(1)
    except DistributionError as error:
        click.echo(f"distribution: {error}", err=True)
        sys.exit(error.exit_code)


def _speak_chinese() -> None:
    """Give click's own words our catalogue; an explicit LANGUAGE of the person's stands."""
    os.environ.setdefault("LANGUAGE", "zh_CN")
    gettext.bindtextdomain("messages", str(Path(__file__).with_name("locale")))
