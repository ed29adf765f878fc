"""Names as APIs use them: what `pageSize`, `created_at` and `/web-threads` have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")


def _table(text: str) -> frozenset[str]:
    return frozenset(text.split())


SIZE: Final = _table(
    """
    count first itemsperpage limit maxitems maxresults pagelimit pagesize perpage resultsperpage
    size take top
    """
)
OFFSET: Final = _table("offset skip start startat startindex")
PAGE: Final = _table("page pageindex pageno pagenum pagenumber")
CURSOR: Final = _table(
    "after continuation continuationtoken cursor nextcursor nexttoken pagetoken startingafter"
)
NEXT: Final = _table(
    "after continuation continuationtoken cursor endcursor next nextcursor nextpagetoken nexttoken"
)
TOTAL: Final = _table(
    """
    total totalcount totalelements totalentries totalhits totalitems totalrecords totalresults
    totalsize
    """
)
PAGES: Final = _table("lastpage numpages pagecount pages totalpages")
WRAPPERS: Final = _table("data embedded payload response result")
META: Final = _table("links meta metadata page pageinfo paging pagination")
COLLECTIONS: Final = _table(
    "content data elements entries hits items list records results rows values"
)
EARLIEST: Final = (
    "createdat", "datecreated", "dateadded", "created", "creationdate", "createdon", "createdtime",
    "startedat", "starttime", "timestamp", "sentat", "time", "date",
)  # fmt: skip
LATEST: Final = (
    "updatedat", "dateupdated", "lastupdated", "modifiedat", "lastmodified", "datemodified",
    "updated", "updatedon", "lastmessageat", "lastactivityat",
)  # fmt: skip
ENDS: Final = (
    "archivedat", "cancelledat", "canceledat", "closedat", "completedat", "deletedat", "endedat",
    "endtime", "finishedat", "resolvedat", "editedat",
)  # fmt: skip
SEQUENCES: Final = _table("activities comments entries events history log messages replies turns")


def words(name: str) -> tuple[str, ...]:
    """Return the lower-case words of a name in snake, kebab or camel case."""
    return tuple(word.lower() for word in _WORD.findall(name))


def plain(name: str) -> str:
    """Return the words of a name run together: `created_at` and `createdAt` are the same."""
    return "".join(words(name))


def singular(word: str) -> str:
    """Return the singular of a regular English plural."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if re.search(r"(ss|sh|ch|x|z)es$", word):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def resource(path: str) -> str:
    """Return what the last literal segment of a path template is about, in the singular."""
    literal = [part for part in path.split("/") if part and "{" not in part]
    found = words(literal[-1]) if literal else ()
    return singular(found[-1]) if found else ""


def ends_in_parameter(path: str) -> str:
    """Return the name of the parameter that a path template ends in, or an empty text."""
    match = re.fullmatch(r".*/\{([^}]*)\}", path)
    return match[1] if match else ""


def first_of(wanted: Iterable[str], names: Iterable[str]) -> str:
    """Return the first of `names` that is, when plain, the earliest possible of `wanted`."""
    by_plain = {plain(name): name for name in reversed(list(names))}
    return next((by_plain[one] for one in wanted if one in by_plain), "")
