import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from xml.etree.ElementTree import fromstring

from tests.report.conftest import CHALLENGE, SCHEMA, TOO_MANY, VERDICTS, verdict

from understudy.checks.verdict import Verdict
from understudy.report.html import html

VOID = {"meta"}
HARMLESS = VOID | set(
    "html head title style body h1 h2 h3 p div span section dl dt dd code pre details summary "
    "strong table tr th td svg g rect text".split()
)


class Page(HTMLParser):
    """Takes down tags and text; complains of what is not closed in order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(source)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_only_what_was_meant_becomes_markup(any_verdict: Verdict) -> None:
    page = Page(html(any_verdict))
    assert set(page.tags) <= HARMLESS
    assert not {
        name for name in page.attributes if name.startswith("on") or name in {"src", "href"}
    }


def test_the_policy_allows_its_style_and_nothing_else(any_verdict: Verdict) -> None:
    page = html(any_verdict)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    assert (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"style-src 'sha256-{digest}'" in page
    )
    assert " style=" not in page


def test_the_picture_is_well_formed_and_has_a_cell_for_each_family(any_verdict: Verdict) -> None:
    found = re.search(r"<svg.*?</svg>", html(any_verdict), re.DOTALL)
    families = {id_.partition("/")[0] for _, id_ in any_verdict.tested}
    assert (found is not None) == bool(any_verdict.tested or any_verdict.findings)
    if found is not None:
        labels = {one.label for one in any_verdict.contract.operations.values()}
        labels |= {label for label, _ in any_verdict.tested}
        labels |= {one.operation for one in any_verdict.findings}
        cells = fromstring(found[0]).findall(".//rect")
        assert len(cells) == len(labels) * len(families)


def test_cells_say_what_became_of_promises() -> None:
    page = html(verdict(TOO_MANY, CHALLENGE))
    assert re.findall(r'<g class="(\w+)">', page) == [
        "kept", "broken", "warned", "none", "kept", "none",
    ]  # fmt: skip


def test_every_exchange_is_shown_with_its_reply() -> None:
    page = Page(html(verdict(SCHEMA)))
    assert [text for text in page.texts if text.startswith("curl ")][1].startswith(
        "curl --include http://127.0.0.1:8080/thena/api/v1/chat/1/web-threads"
    )
    assert page.texts.count("{}") == 2


def test_coverage_is_shown_by_status_and_keyword() -> None:
    texts = "|".join(Page(html(verdict())).texts)
    assert "200|404|422" in texts
    assert "parameter|maximum|valid" in texts
    assert "/*/title|11" in texts


def test_accepted_findings_and_gaps_have_their_place() -> None:
    told = " ".join(Page(html(VERDICTS["broken"]())).texts)
    assert "give an id that exists" in told
    assert "excluded (left out by choice)" in told
    assert "Accepted by the baseline" in html(VERDICTS["accepted"]())
