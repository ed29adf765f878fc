"""`understudy completion`: the script that lets a shell complete commands and options."""

from __future__ import annotations

from typing import Final

import click
from click.shell_completion import get_completion_class

_SHELLS: Final = ("bash", "fish", "zsh")


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print a script that lets SHELL complete commands and options.

    \b
    Examples:
      eval "$(understudy completion bash)"     # in ~/.bashrc
      eval "$(understudy completion zsh)"      # in ~/.zshrc
      understudy completion fish | source      # in ~/.config/fish/config.fish
    """
    script = get_completion_class(shell)
    if script is not None:
        main = context.find_root().command
        click.echo(script(main, {}, "understudy", "_UNDERSTUDY_COMPLETE").source())
