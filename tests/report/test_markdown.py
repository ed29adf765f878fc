import re
from dataclasses import replace

from markdown_it import MarkdownIt
from tests.report.conftest import HOSTILE, SCHEMA, TOO_MANY, VERDICTS, verdict

from understudy.checks.verdict import Unchecked, Verdict
from understudy.report.markdown import markdown

TAGS = set("h2 h3 p ul li code pre table thead tbody tr th td strong".split())


def rendered(told: Verdict) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown(told))


def test_it_renders_to_what_was_meant(any_verdict: Verdict) -> None:
    assert set(re.findall(r"<([a-z][a-z0-9]*)", rendered(any_verdict))) <= TAGS


def test_tables_have_as_many_cells_as_columns(any_verdict: Verdict) -> None:
    for table in re.findall(r"<table>(.*?)</table>", rendered(any_verdict), re.DOTALL):
        head, *rows = (len(re.findall("<t[hd]>", row)) for row in table.split("</tr>")[:-1])
        assert rows == [head] * len(rows)


def test_commands_are_whole() -> None:
    told = markdown(verdict(SCHEMA))
    assert "```bash\ncurl --include --request POST http://127.0.0.1:8080/thena/things" in told
    assert told.count("curl ") == len(SCHEMA.exchanges)


def test_a_fence_is_longer_than_what_it_holds() -> None:
    told = rendered(verdict(replace(TOO_MANY, got="``` ```` `")))
    assert "<code>``` ```` `</code>" in told


def test_nobody_is_mentioned_and_nothing_linked() -> None:
    gap = Unchecked("a", "b", "ask @octocat at https://evil.example #1 :+1: <b>")
    told = markdown(verdict(unchecked=(gap,)))
    assert "@octocat" not in told
    assert "https://" not in told
    assert "&lt;b&gt;" in rendered(verdict(unchecked=(gap,)))


def test_hostile_text_is_kept_readable() -> None:
    assert HOSTILE.strip()[:9] in markdown(VERDICTS["hostile"]())
