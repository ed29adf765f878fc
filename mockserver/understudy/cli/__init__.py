"""The command line: parse, call one function, print, exit."""

from __future__ import annotations

import click

from understudy.cli.check import check
from understudy.cli.completion import completion
from understudy.cli.diff import diff
from understudy.cli.explain import explain
from understudy.cli.export import export
from understudy.cli.fixtures import fixtures
from understudy.cli.learn import learn
from understudy.cli.lint import lint
from understudy.cli.proxy import proxy
from understudy.cli.replay import replay
from understudy.cli.selftest import selftest
from understudy.cli.serve import serve
from understudy.version import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.version_option(__version__, prog_name="understudy")
def main() -> None:
    """Stand in for the APIs your code depends on, by their OpenAPI contracts."""


main.add_command(check)
main.add_command(completion)
main.add_command(diff)
main.add_command(explain)
main.add_command(export)
main.add_command(fixtures)
main.add_command(learn)
main.add_command(lint)
main.add_command(proxy)
main.add_command(replay)
main.add_command(selftest)
main.add_command(serve)
