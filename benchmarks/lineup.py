"""Who takes part: every server of a run started, looked at, and ended again.

A server that cannot take part costs its row, not the run.
"""

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import ask
import peers
from installs import UnavailableError
from peers import BARE, CONNEXION, PEERS, UNDERSTUDY, Peer, Setting

MANY = "understudy, many ids"


@dataclass(frozen=True, slots=True)
class Subject:
    """A running server, what to ask it for, and the size of its answers; one row of each table."""

    name: str
    url: str
    habits: str
    paths: Mapping[str, tuple[str, ...]]
    bodies: Mapping[str, int]


@contextmanager
def running(
    wanted: Sequence[Peer], contract: Path, core: int
) -> Iterator[tuple[list[Subject], dict[str, str]]]:
    """Yield what runs, in the order of the table, and why the others do not; end all of it."""
    subjects: dict[str, Subject] = {}
    absent: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        setting = Setting(contract, folder / "replies.json", folder, core)
        for peer in sorted(wanted, key=_bare_last):
            print(f"starting {peer.name}", file=sys.stderr)
            try:
                if peer is BARE:
                    _write_replies(setting.replies, subjects)
                subjects[peer.name] = _subject(peer, setting, stack)
            except UnavailableError as reason:
                absent[peer.name] = str(reason)
        yield [*_rows(subjects, absent)], absent


def _bare_last(peer: Peer) -> bool:
    """Bare uvicorn sends what another server answered, so that one has to run before it."""
    return peer is BARE


def _write_replies(file: Path, subjects: Mapping[str, Subject]) -> None:
    source = subjects.get(UNDERSTUDY.name) or subjects.get(CONNEXION.name)
    if source is None:
        raise UnavailableError("there is nothing to send: understudy does not run")
    good = [(paths[0], ask.good(source.url, paths[0])) for paths in ask.HOT.values()]
    file.write_text(json.dumps({path.partition("?")[0]: _reply(answer) for path, answer in good}))


def _reply(answer: ask.Answer) -> tuple[list[tuple[str, str]], str]:
    headers = [pair for pair in answer.headers if pair[0].lower() != "date"]  # uvicorn adds it
    return headers, answer.body.decode()


def _subject(peer: Peer, setting: Setting, stack: ExitStack) -> Subject:
    """Start a server for as long as the stack lives, or, when it is no use, end it at once."""
    with ExitStack() as attempt:
        url, process, log = attempt.enter_context(peers.started(peer, setting))
        ask.wait(url, process, log)
        habits = "sends ready bytes" if peer is BARE else ask.habits(url)
        bodies = _bodies(url, ask.HOT)
        stack.push(attempt.pop_all())
    return Subject(peer.name, url, habits, ask.HOT, bodies)


def _rows(subjects: Mapping[str, Subject], absent: dict[str, str]) -> Iterator[Subject]:
    for peer in PEERS:
        if subject := subjects.get(peer.name):
            yield subject
        if peer is UNDERSTUDY and subject:
            try:
                yield _over_many_ids(subject)
            except UnavailableError as reason:
                absent[MANY] = str(reason)


def _over_many_ids(subject: Subject) -> Subject:
    paths = ask.many(subject.url)
    return replace(subject, name=MANY, paths=paths, bodies=_bodies(subject.url, paths))


def _bodies(url: str, paths: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    return {workload: ask.size(url, some) for workload, some in paths.items()}
