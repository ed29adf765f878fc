"""Judge recorded traffic by every check that needs no new request."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from understudy.checks.case import Rules
from understudy.checks.verdict import Unchecked, Verdict
from understudy.contract.meaning.infer import meaning
from understudy.contract.model import Contract
from understudy.probe.har import read_har
from understudy.probe.judge import Judge
from understudy.probe.run import Options, verdict


def judge_recording(
    contract: Contract, path: Path, options: Options, base_url: str = ""
) -> Verdict:
    """Judge the exchanges with the API that a HAR file holds.

    Credentials are taken to be good where they are shown. What no exchange is about is told as
    not checked. Raises ContractError for what is no HAR file.
    """
    start = time.monotonic()
    credentials = replace(options.credentials, lenient=True)
    rules = Rules(contract, meaning(contract), credentials, max_seconds=options.max_response_time)
    judge = Judge(rules)
    recording = read_har(path, contract, base_url)
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
