"""Judge recorded traffic by every check that needs no new request."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from understudy.checks.case import Rules
from understudy.checks.credentials import found_in
from understudy.checks.verdict import Unchecked, Verdict
from understudy.contract.meaning.infer import meaning
from understudy.contract.model import Contract, Operation
from understudy.exchange import Exchange
from understudy.probe.har import read_har
from understudy.probe.judge import Judge
from understudy.probe.run import Options, verdict


def judge_recording(
    contract: Contract, path: Path, options: Options, base_url: str = ""
) -> Verdict:
    """Judge the exchanges with the API that a HAR file holds.

    Credentials are taken to be good where they are shown; where no request shows any, access is
    not judged. What no exchange is about is told as not checked. Raises ContractError for what is
    no HAR file.
    """
    start = time.monotonic()
    recording = read_har(path, contract, base_url)
    if not _shows_credentials(contract, recording.exchanges):
        contract = replace(contract, operations=_opened(contract))
    credentials = replace(options.credentials, lenient=True)
    rules = Rules(contract, meaning(contract), credentials, max_seconds=options.max_response_time)
    judge = Judge(rules)
    for exchange in recording.exchanges:
        judge.judge(exchange)
    seen = {label for label, status in judge.coverage().statuses if 200 <= status < 300}
    missing = [
        Unchecked("the operation", one.label, "no success was recorded")
        for one in contract.operations.values()
        if one.label not in seen
    ]
    missing += [
        Unchecked(f"{count} entries", "", reason, vacuous=False)
        for reason, count in recording.left_out.items()
    ]
    return verdict(judge, options, str(path), tuple(missing), time.monotonic() - start)


def _shows_credentials(contract: Contract, exchanges: Iterable[Exchange]) -> bool:
    """Tell whether any request shows a credential: browsers leave them out of what they save."""
    schemes = {
        scheme
        for operation in contract.operations.values()
        for alternative in operation.security
        for scheme in alternative
    }
    return any(found_in(one.sent, scheme) for one in exchanges for scheme in schemes)


def _opened(contract: Contract) -> Mapping[str, Operation]:
    """Return the operations without security, of which the recording shows nothing."""
    return {id_: replace(one, security=()) for id_, one in contract.operations.items()}
