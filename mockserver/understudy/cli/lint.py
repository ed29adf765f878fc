"""`understudy lint`: say what is wrong with OpenAPI documents."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from understudy.cli.loading import loading_options
from understudy.contract.load import Loading
from understudy.contract.rules import RULES
from understudy.errors import ExitCode, Problem

_FAILS = {"error": {"error"}, "warning": {"error", "warning"}, "never": set[str]()}


def _listed(ctx: click.Context, _param: click.Parameter, value: bool) -> None:  # noqa: FBT001
    """Print every rule with what it is about, where that is asked for, and end."""
    if value:
        click.echo("\n".join(f"{name:<15} {says}" for name, says in RULES.items()))
        ctx.exit()


@click.command()
@click.argument("documents", metavar="DOCUMENT...", nargs=-1, required=True)
@click.option(
    "--format", "shape", default="text", type=click.Choice(["text", "json", "github"]),
    help="Lines for people and editors, JSON, or annotations of GitHub Actions.",
)  # fmt: skip
@click.option(
    "--fail-on", default="error", type=click.Choice([*_FAILS]),
    help="End with exit code 1 where a problem is this bad, or worse.",
)  # fmt: skip
@click.option(
    "--rules", is_flag=True, is_eager=True, expose_value=False, callback=_listed,
    help="List the rules, and end.",
)  # fmt: skip
@loading_options
def lint(documents: tuple[str, ...], shape: str, fail_on: str, loading: Loading) -> None:
    """Say everything that is wrong with OpenAPI documents.

    An error keeps a document, or one of its operations, from being served: it cannot be read, or
    a schema contradicts itself. A warning is what `serve` reads as it was surely meant: a missing
    operationId, an example that does not validate, a path that another one hides, a security
    scheme that is nowhere defined. The scenarios beside a document are looked at, too.

    Each DOCUMENT is a file, a folder, a URL, `-` for standard input, or a bundled contract.

    \b
    Examples:
      understudy lint openapi.yaml
      understudy lint api/ --fail-on warning --format github
      curl -s https://example.com/openapi.json | understudy lint - --format json | jq .problems
    """
    from understudy.report.problems import FORMATS  # slow to import
    from understudy.scenario.lint import lint as problems_of

    problems: Sequence[Problem] = [
        problem
        for document in dict.fromkeys(documents)
        for problem in problems_of(document, loading)
    ]
    click.echo(FORMATS[shape](problems), nl=False)
    if any(problem.severity in _FAILS[fail_on] for problem in problems):
        sys.exit(ExitCode.FINDINGS)
