"""Find what a reference means: in its document, in other files, behind `$id` and `$anchor`.

Files outside the folder of the root document and addresses of the web are read only when allowed.
Sources: RFC 3986, section 5; JSON Schema 2020-12 (core), section 8.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

from understudy.contract import pointers
from understudy.contract.document import Document, parse_document, read_document
from understudy.contract.pointers import MISSING
from understudy.contract.source import fetch, is_url, is_within, path_of
from understudy.errors import ContractError
from understudy.types import Json

_HOPS = 64


@dataclass(frozen=True, slots=True)
class Access:
    """What may be read beside the root document."""

    remote: bool = False
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A value within a document: its pointer, and the URI that references in it start from."""

    document: Document
    uri: str
    base: str
    pointer: str
    value: Json

    @property
    def identity(self) -> tuple[str, str]:
        """Return what tells this place from others."""
        return self.uri, self.pointer

    def at(self, *tokens: str | int) -> Place:
        """Return the place `tokens` below this one."""
        value = pointers.follow(self.value, tuple(map(str, tokens)))
        return replace(self, pointer=pointers.join(self.pointer, *tokens), value=value)


class RefusedError(Exception):
    """A reference that leads where reading is not allowed, or that cannot be read at all."""

    def __init__(self, message: str, hint: str = "", *, fatal: bool = True) -> None:
        super().__init__(message)
        self.message, self.hint, self.fatal = message, hint, fatal


class References:
    """Follows references from the root document, reading each other document once."""

    def __init__(self, root: Document, uri: str, access: Access) -> None:
        self._access = access
        self._documents: dict[str, Document | RefusedError] = {uri: root}
        self._ids: dict[str, Place] = {}
        self._indexed: set[str] = set()
        self.wanted: set[Path] = set()
        """The files that references lead to, whether they could be read or not."""
        self._remote = is_url(uri)
        self._folder = urljoin(uri, ".")
        itself = root.data.get("$self") if isinstance(root.data, dict) else None
        base = urljoin(uri, itself) if isinstance(itself, str) else uri
        self.root = Place(root, uri, base, "", root.data)
        if base != uri:
            self._ids[base] = self.root

    def based(self, place: Place) -> Place:
        """Return `place` with the base that its own `$id` gives it."""
        own = place.value.get("$id") if isinstance(place.value, dict) else None
        if not isinstance(own, str) or own.startswith("#"):
            return place
        self._index(place)
        return replace(place, base=urldefrag(urljoin(place.base, own))[0])

    def target(self, reference: str, place: Place) -> Place | None:
        """Return where a reference at `place` leads, or None where nothing is.

        Raises RefusedError where it must not be followed.
        """
        uri, fragment = urldefrag(_joined(place.base, reference))
        resource = self._resource(uri, reference, place)
        if resource is None:
            return None
        if fragment and not fragment.startswith("/"):
            self._index(resource)
            return self._ids.get(f"{resource.base}#{unquote(fragment)}") or self._ids.get(
                f"{uri}#{unquote(fragment)}"
            )
        decoded = self._descend(resource, pointers.split(unquote(fragment)), _HOPS)
        return decoded or self._descend(resource, pointers.split(fragment), _HOPS)

    def _resource(self, uri: str, reference: str, place: Place) -> Place | None:
        if uri in self._ids:
            return self._ids[uri]
        if uri == place.uri:
            return self._whole(place.document, uri)
        self._index(place)
        if uri in self._ids:
            return self._ids[uri]
        retrieval = urldefrag(_joined(place.uri, reference))[0]
        if uri != retrieval and not is_url(reference):
            uri = retrieval  # `$id` and `$self` are names, and not always addresses
        return self._whole(self._document(uri, place.uri), uri)

    def _whole(self, document: Document, uri: str) -> Place:
        if uri == self.root.uri:
            return self.root
        return self.based(Place(document, uri, uri, "", document.data))

    def _descend(self, place: Place, tokens: tuple[str, ...], hops: int) -> Place | None:
        """Return the place `tokens` below, behind references on the way."""
        for token in tokens:
            value = place.value
            child = pointers.step(value, token)
            while child is MISSING and isinstance(value, dict) and hops:
                if not isinstance(value.get("$ref"), str):
                    return None
                found = self.target(value["$ref"], place)
                if found is None:
                    return None
                place, value, hops = found, found.value, hops - 1
                child = pointers.step(value, token)
            if child is MISSING:
                return None
            place = replace(place, pointer=pointers.join(place.pointer, token), value=child)
            place = self.based(place)
        return place

    def _document(self, uri: str, origin: str) -> Document:
        if uri not in self._documents:
            try:
                self._documents[uri] = self._read(uri, origin)
            except RefusedError as error:
                self._documents[uri] = error
        found = self._documents[uri]
        if isinstance(found, RefusedError):
            raise found
        return found

    def _read(self, uri: str, origin: str) -> Document:
        try:
            if is_url(uri):
                if not self._access.remote and not self._is_own(uri):
                    raise RefusedError(f"{uri} leads into the network", "--allow-remote allows it")
                raw, _ = fetch(uri)
                return parse_document(raw, Path(uri.rpartition("/")[2]), uri)
            if not uri.startswith("file:") or is_url(origin):
                raise RefusedError(f"{uri} is nothing that can be read", fatal=False)
            path = path_of(uri)
            if not self._access.outside and not is_within(path, path_of(self._folder)):
                message = f"{path} is outside the folder of the document"
                raise RefusedError(message, "--allow-outside allows it")
            self.wanted.add(path)
            return read_document(path)
        except ContractError as error:
            first = error.problems[0]
            raise RefusedError(str(first), fatal=first.rule == "syntax") from error

    def _is_own(self, uri: str) -> bool:
        """Tell whether `uri` is in the folder that the root document was fetched from."""
        return self._remote and uri.startswith(self._folder)

    def _index(self, place: Place) -> None:
        """Note what `$id`, `$anchor` and `$dynamicAnchor` name in the document of `place`."""
        if place.uri in self._indexed:
            return
        self._indexed.add(place.uri)
        base = self.root.base if place.uri == self.root.uri else place.uri
        whole = Place(place.document, place.uri, base, "", place.document.data)
        for found, name in _named(whole):
            self._ids.setdefault(name, found)


def _named(place: Place) -> Iterator[tuple[Place, str]]:
    """Yield what is named within `place`, with its full name."""
    value = place.value
    if isinstance(value, dict):
        own = value.get("$id")
        if isinstance(own, str):
            place = replace(place, base=urldefrag(urljoin(place.base, own))[0])
            yield place, place.base
        for keyword in ("$anchor", "$dynamicAnchor"):
            if isinstance(value.get(keyword), str):
                yield place, f"{place.base}#{value[keyword]}"
        if isinstance(own, str) and own.startswith("#"):  # as in draft 4 to 7
            yield place, f"{place.base}{own}"
    for key, child in pointers.children(value):
        if isinstance(child, dict | list):
            inner = replace(place, pointer=pointers.join(place.pointer, key), value=child)
            yield from _named(inner)


def _joined(base: str, reference: str) -> str:
    """Return a reference as an absolute URI; other characters than URIs have stay as they are."""
    if reference.startswith("#"):
        return urldefrag(base)[0] + reference
    try:
        return urljoin(base, reference.replace("\\", "/"))
    except ValueError:
        raise RefusedError(f"{reference!r} is no reference", fatal=False) from None
