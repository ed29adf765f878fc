"""`understudy lint`: say what is wrong with OpenAPI documents."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from understudy.errors import ExitCode, Problem

_FAILS = {"error": {"error"}, "warning": {"error", "warning"}, "never": set[str]()}


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
@click.option("--overlay", "overlays", multiple=True, metavar="FILE", help="Applied first.")
@click.option("--allow-remote", is_flag=True, help="Let references lead into the network.")
@click.option("--allow-outside", is_flag=True, help="Let references leave the document's folder.")
def lint(
    documents: tuple[str, ...],
    shape: str,
    fail_on: str,
    overlays: tuple[str, ...],
    allow_remote: bool,  # noqa: FBT001 - click passes options by name
    allow_outside: bool,  # noqa: FBT001
) -> None:
    """Say everything that is wrong with OpenAPI documents.

    An error keeps a document, or one of its operations, from being served: it cannot be read, or
    a schema contradicts itself. A warning is what `serve` reads as it was surely meant: a missing
    operationId, an example that does not validate, a path that another one hides, a security
    scheme that is nowhere defined.

    Each DOCUMENT is a file, a folder, a URL, `-` for standard input, or a bundled contract.

    \b
    Examples:
      understudy lint openapi.yaml
      understudy lint api/ --fail-on warning --format github
      curl -s https://example.com/openapi.json | understudy lint - --format json | jq .problems
    """
    from understudy.report.problems import FORMATS  # slow to import
    from understudy.respond.lint import lint as problems_of

    problems: Sequence[Problem] = [
        problem
        for document in dict.fromkeys(documents)
        for problem in problems_of(
            document, overlays=overlays, allow_remote=allow_remote, allow_outside=allow_outside
        )
    ]
    click.echo(FORMATS[shape](problems), nl=False)
    if any(problem.severity in _FAILS[fail_on] for problem in problems):
        sys.exit(ExitCode.FINDINGS)
