"""What is rarely seen in contracts is understood, or left alone: it never makes a finding."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from tests.probe.subjects import fingerprints, vacuous

from understudy import load_contract
from understudy.checks.verdict import Verdict
from understudy.probe.run import TIERS, Options, check

ODD = load_contract(Path(__file__).parent / "odd.yaml")
NO = JSONResponse({"error": "No"}, 400)


def is_integers(text: str) -> bool:
    return all(re.fullmatch(r"-?\d+", one) for one in text.split(","))


def is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def mistakes(request: Request) -> Iterator[str]:
    query = parse_qs(request.url.query, keep_blank_values=True)
    if not request.cookies.get("session"):
        yield "session"
    if request.headers.get("x-level", "1") not in ("1", "2", "3"):
        yield "X-Level"
    if not is_integers(request.headers.get("x-many", "1")):
        yield "X-Many"
    if len(query.get("ids", ["1"])) > 1 or not is_integers(query.get("ids", ["1"])[0]):
        yield "ids"
    if not is_object(query.get("where", ["{}"])[0]):
        yield "where"


async def things(request: Request) -> Response:
    return NO if any(mistakes(request)) else JSONResponse([{"id": 1}, {"id": 2}])


async def form(request: Request) -> Response:
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return NO
    found = parse_qs((await request.body()).decode("utf-8", "replace")).get("a", [""])
    return Response() if re.fullmatch(r"-?\d+", found[0]) else NO


def verdict(tier: str) -> Verdict:
    app = Starlette(routes=[Route("/things", things), Route("/form", form, methods=["POST"])])
    return check(ODD, "", Options(TIERS[tier]), app=app)


@pytest.mark.parametrize("tier", ["smoke", "pr"])
def test_every_style_is_spoken_and_makes_no_finding(tier: str) -> None:
    found = verdict(tier)

    assert fingerprints(found) == []
    assert [one.what for one in found.unchecked if "style" in one.reason] == []


@pytest.mark.parametrize("tier", ["smoke", "pr"])
def test_an_operation_that_takes_a_form_is_tested_in_every_tier(tier: str) -> None:
    assert vacuous(verdict(tier)) == []
