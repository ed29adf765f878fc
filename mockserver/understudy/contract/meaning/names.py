"""Names as APIs use them: what `pageSize`, `created_at` and `/web-threads` have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+|[^\W\d_a-zA-Z]+")


def _table(text: str) -> frozenset[str]:
    return frozenset(text.split())


SIZE: Final = _table(
    """
    count first itemsperpage limit maxitems maxresults pagelimit pagesize perpage resultsperpage
    size take top
    """
)
ECHOED: Final = _table("itemsperpage limit pagelimit pagesize perpage")
"""The names of sizes that mean the size that was asked for in responses as well."""
OFFSET: Final = _table("offset skip start startat")
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
META: Final = _table("cursors meta metadata page pageinfo paging pagination responsemetadata")
COLLECTIONS: Final = _table(
    "content data elements entries hits items list records results rows values"
)
CREATED: Final = (
    "createdat", "datecreated", "dateadded", "created", "creationdate", "createdon", "createdtime",
)  # fmt: skip
EARLIEST: Final = (*CREATED, "startedat", "starttime", "timestamp", "sentat", "time", "date")
CHANGED: Final = (
    "updatedat", "dateupdated", "lastupdated", "modifiedat", "datemodified", "updated", "updatedon",
)  # fmt: skip
LATEST: Final = (*CHANGED, "lastmodified", "lastmessageat", "lastactivityat")
ENDS: Final = (
    "archivedat", "cancelledat", "canceledat", "closedat", "completedat", "deletedat", "endedat",
    "endtime", "finishedat", "resolvedat", "editedat",
)  # fmt: skip
_STATES: Final = (
    "archivedat", "cancelledat", "canceledat", "closedat", "deletedat", "editedat", "resolvedat",
)  # fmt: skip
SPANS: Final = (
    *((created, later) for created in CREATED for later in (*CHANGED, *_STATES)),
    ("startedat", "endedat"), ("startedat", "finishedat"), ("startedat", "completedat"),
    ("startat", "endat"), ("startsat", "endsat"), ("starttime", "endtime"),
)  # fmt: skip
"""Pairs of which the second is never earlier; what is recorded late breaks other pairs."""
SEQUENCES: Final = _table("history log messages turns")
REPEATED: Final = _table("history occurrence revision snapshot translation version")
"""Of these several may bear the `id` of one thing: the thing that they are about."""
POINTING: Final = _table("element entry item line row")
"""What `item_id` and the like name may be something else that stands in several of them."""
OTHERS: Final = _table(
    """
    accessible assigned available bookmarked favorite favorites favourite favourites feed followed
    followers following friends liked likes mentioned mutual recommended related saved shared
    similar starred suggested suggestions timeline visible watched
    """
)
"""What is listed below an owner under these words may belong to somebody else."""
SEARCH: Final = _table("autocomplete find lookup match query search suggest suggestions")
UNCOMPARED: Final = _table(
    """
    archived currency deleted direction draft expand expired fields format hidden include inactive
    lang language locale order orderby private sort sortby timezone trashed units version view
    """
)
"""Parameters that change what is shown rather than keep what is equal; some say "also"."""
CHANGING: Final = _table(
    """
    content email etag html id order password phone position revision secret slug token url version
    """
)
"""Members that servers settle themselves, whatever was sent."""


PERSONS: Final = ("userid", "memberid", "personid", "employeeid", "accountid")
ROLES: Final = (
    "assigneeid", "authorid", "createdbyid", "creatorid", "leadid", "managerid", "ownerid",
    "reporterid", "requesterid", "reviewerid", "senderid",
)  # fmt: skip
"""Names of ids of persons that do not say of which resource; persons are the first there is."""
_BARE: Final = _table("guid id uuid")

_KNOWN: Final = 1 << 15
"""How many names are remembered: documents use the same ones again and again."""


@lru_cache(maxsize=_KNOWN)
def words(name: str) -> tuple[str, ...]:
    """Return the lower-case words of a name in snake, kebab or camel case; at least one."""
    return tuple(word.lower() for word in _WORD.findall(name)) or (name,)


@lru_cache(maxsize=_KNOWN)
def plain(name: str) -> str:
    """Return the words of a name run together: `created_at` and `createdAt` are the same."""
    return "".join(words(name))


@lru_cache(maxsize=_KNOWN)
def singular(word: str) -> str:
    """Return the singular of a regular English plural."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if re.search(r"(ss|sh|ch|x|z)es$", word):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def collection(path: str) -> str:
    """Return the path template of a list, for the list itself and for what is in it."""
    return re.sub(r"/\{[^{}/]*\}$", "", _bare(path))


def last_words(path: str) -> tuple[str, ...]:
    """Return the words of the last literal segment of a path template."""
    literal = [part for part in _bare(path).split("/") if part and "{" not in part]
    return words(literal[-1]) if literal else ("",)


def resource(path: str) -> str:
    """Return what the last literal segment of a path template is about, in the singular."""
    *first, last = last_words(path)
    return " ".join((*first, singular(last)))


def of_parameter(path: str, parameter: str) -> str:
    """Return the plain name of a parameter in a path as members say it.

    The `{id}` of `/customers/{id}/orders` is a `customerid`.
    """
    name = plain(parameter)
    before, found, _ = f"{path}/".partition(f"/{{{parameter}}}/")
    noun = resource(before)
    if name not in _BARE or not found or words(noun)[-1] in POINTING or noun == resource(path):
        return name
    return plain(noun) + name


def ends_in_parameter(path: str) -> str:
    """Return the name of the parameter that a path template ends in, or an empty text."""
    match = re.fullmatch(r".*/\{([^{}/]*)\}", _bare(path))
    return match[1] if match else ""


def _bare(path: str) -> str:
    """Return a path template without a slash or a format at its end."""
    return re.sub(r"\.(json|xml)$", "", path.rstrip("/"))


def first_of(wanted: Iterable[str], names: Iterable[str]) -> str:
    """Return the first of `names` that is, when plain, the earliest possible of `wanted`."""
    by_plain = {plain(name): name for name in reversed(list(names))}
    return next((by_plain[one] for one in wanted if one in by_plain), "")
