"""`distribution completion`: what a shell needs to complete our commands and options."""

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

PROGRAMME = "distribution"
_SHELLS: dict[str, type[ShellComplete]] = {
    "bash": BashComplete,
    "zsh": ZshComplete,
    "fish": FishComplete,
}


@click.command("completion")
@click.argument("shell", metavar="|".join(_SHELLS), type=click.Choice(list(_SHELLS)))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """打印补全脚本，让终端用 Tab 补全命令、选项和取值。

    bash：在 ~/.bashrc 里加一行 eval "$(distribution completion bash)"

    zsh：在 ~/.zshrc 里加一行 eval "$(distribution completion zsh)"

    fish：distribution completion fish > ~/.config/fish/completions/distribution.fish
    """
    root = context.find_root().command
    complete = _SHELLS[shell](root, {}, PROGRAMME, f"_{PROGRAMME.upper()}_COMPLETE")
    # Not its own `source`, which asks whichever bash is here for its version.
    click.echo(ShellComplete.source(complete))
