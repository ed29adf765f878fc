"""An exchange as a curl command that sends the same bytes again.

Secrets are not in it: the shell puts them in from the environment.
"""

from __future__ import annotations

import json
import re
import shlex
from base64 import b64encode
from collections.abc import Iterator, Mapping
from urllib.parse import quote, quote_plus, unquote, urlsplit

from understudy.exchange import Exchange, Sent

_PLAIN_URL = re.compile(r"[A-Za-z0-9._~:/?@!$&'()*+,;=%\[\]{}|-]*")
_PRINTED = re.compile(rb"[\x20-\x26\x28-\x7e]")
_QUOTABLE = re.compile(r'[^"$`\\!]*')
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", "'": "\\'"}
_LONGEST_ARGUMENT = 100_000
_EXPECTS = 1 << 20


def curl(exchange: Exchange, target: str, secrets: Mapping[str, str]) -> str:
    """Return a command for bash that sends the request of `exchange` to the API at `target`.

    `secrets` maps what must not be shown to the variable that holds it, and that the shell
    expands. curl adds `Host`, `User-Agent` and `Accept` where the request has none.
    """
    sent, shell = exchange.sent, _Shell(secrets)
    piped = b"\0" in sent.body or len(sent.body) > _LONGEST_ARGUMENT
    words = [
        f"curl {_method(sent, shell)}{_address(sent, target.rstrip('/'), shell)}",
        *(f"--header {shell.word(field)}" for field in _fields(sent, target)),
    ]
    if not sent.body:
        return " \\\n  ".join(words)
    words.append("--data-binary @-" if piped else f"--data-raw {shell.word(sent.body)}")
    feed = f"{shell.printf(sent.body)} | " if piped else ""
    return feed + " \\\n  ".join(words)


def forms(secret: str) -> tuple[str, ...]:
    """Return how a secret looks in a header, in a URL, in Base64 and in JSON; none if empty."""
    if not secret:
        return ()
    raw = secret.encode("utf-8", "surrogatepass")
    encoded = b64encode(raw).decode()
    quoted = (quote(raw, safe=""), quote(raw), quote_plus(raw), json.dumps(secret)[1:-1])
    return (secret, encoded, *quoted)


def _method(sent: Sent, shell: _Shell) -> str:
    if sent.method == "HEAD":  # with a body, curl waits for a body in reply
        return "--request HEAD --max-time 5 " if sent.body else "--head "
    plain = sent.method == "GET" and not sent.body
    return "--include " if plain else f"--include --request {shell.word(_bytes(sent.method))} "


def _address(sent: Sent, target: str, shell: _Shell) -> str:
    """Return the URL, with the options that keep curl from changing it."""
    if not _PLAIN_URL.fullmatch(sent.target):
        whole = f"{urlsplit(target).path}{sent.target}"
        return f"--request-target {shell.word(_bytes(whole))} {shell.word(_bytes(target))}"
    options = "--globoff " if re.search(r"[\[\]{}]", sent.target) else ""
    if {".", ".."} & {unquote(segment) for segment in sent.path.split("/")}:
        options += "--path-as-is "
    return f"{options}{shell.word(_bytes(target + sent.target))}"


def _fields(sent: Sent, target: str) -> Iterator[bytes]:
    """Yield the header fields to be given, in curl's notation."""
    length, host = str(len(sent.body)), urlsplit(target).netloc
    for name, value in sent.headers:
        if sent.body and (name.lower(), value) == ("content-length", length):
            continue
        if (name.lower(), value) != ("host", host):
            text = f"{name}: {value.strip()}" if value.strip() else f"{name};"
            yield _bytes(text, "latin-1")
    if sent.body and not sent.header("content-type"):
        yield b"Content-Type:"  # curl would add one
    if len(sent.body) > _EXPECTS and not sent.header("expect"):
        yield b"Expect:"


def _bytes(text: str, encoding: str = "utf-8") -> bytes:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


class _Shell:
    """Writes bytes as words of bash, with expansions in the place of secrets."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._expansions: dict[bytes, str] = {}
        for secret, name in secrets.items():
            for form, expansion in zip(forms(secret), _expansions(name), strict=False):
                for encoding in ("utf-8", "latin-1"):
                    self._expansions.setdefault(_bytes(form, encoding), expansion)
        longest_first = sorted(self._expansions, key=len, reverse=True)
        self._secret = re.compile(b"(%s)" % (b"|".join(map(re.escape, longest_first)) or b"(?!)"))

    def word(self, raw: bytes) -> str:
        """Return one word that bash expands to `raw`."""
        literals, found = self._split(raw)
        if not found:
            return _quoted(raw)
        texts = [literal.decode("utf-8", "surrogateescape") for literal in literals]
        if all(text.isprintable() and _QUOTABLE.fullmatch(text) for text in texts):
            ends = (_before(text, one) + text for one, text in zip(found, texts[1:], strict=True))
            return f'"{texts[0]}{"".join(ends)}"'
        quoted = [_quoted(literal) if literal else "" for literal in literals]
        ends = (f'"{_before("", e)}"{text}' for e, text in zip(found, quoted[1:], strict=True))
        return "".join([quoted[0], *ends])

    def printf(self, raw: bytes) -> str:
        """Return a command that prints `raw`, whatever bytes it holds."""
        literals, found = self._split(raw)
        text = "%s".join(map(_format, literals))
        text = f"\\055{text[1:]}" if text.startswith("-") else text  # not an option
        values = "".join(f' "{_before("", one)}"' for one in found)
        return f"printf {shlex.quote(text)}{values}"

    def _split(self, raw: bytes) -> tuple[list[bytes], list[str]]:
        """Return what stands around the secrets of `raw`, and what expands to each of them."""
        parts = self._secret.split(raw)
        return parts[::2], [self._expansions[part] for part in parts[1::2]]


def _before(text: str, expansion: str) -> str:
    """Return an expansion that `text` follows, without braces where it needs none."""
    bare = re.fullmatch(r"\$\{\w+\}", expansion) and not re.match(r"[A-Za-z0-9_]", text)
    return f"${expansion[2:-1]}" if bare else expansion


def _expansions(name: str) -> Iterator[str]:
    """Yield what expands to each form of the secret in the variable `name`, as `forms` has them."""
    variable = f"${{{name}}}"
    yield variable
    yield f'$(printf %s "{variable}" | base64 | tr -d "\\n")'
    percent = f"$(printf %s \"{variable}\" | od -An -vtx1 | tr -d '\\n' | tr ' ' %)"
    yield from (percent, percent, percent, variable)


def _quoted(raw: bytes) -> str:
    text = raw.decode("utf-8", "surrogateescape")
    if text.isprintable():
        return shlex.quote(text)
    return f"$'{''.join(map(_escaped, text))}'"


def _escaped(one: str) -> str:
    if one in _SHORT or one.isprintable():
        return _SHORT.get(one, one)
    return "".join(f"\\x{byte:02x}" for byte in one.encode("utf-8", "surrogateescape"))


def _format(raw: bytes) -> str:
    escaped = raw.replace(b"\\", b"\\\\").replace(b"%", b"%%")
    return "".join(
        chr(byte) if _PRINTED.match(bytes((byte,))) else f"\\{byte:03o}" for byte in escaped
    )
