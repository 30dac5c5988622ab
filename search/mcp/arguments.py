"""What an assistant may ask of each tool <-> JSON Schemas, and the values that a call brings."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias, TypeVar, cast

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from indexer.engines.base import FACETS
from indexer.errors import UsageError
from indexer.nodes import SORTS
from search.fields import LANGUAGES
from search.kinds import ALL_KINDS, KINDS
from search.options import CROSS, Options

# Characters of a whole answer: a Chinese one costs a token or more, and clients refuse 25,000 tokens.
BUDGET = 10_000
# Less may not hold one hit with a quotation, in both forms; more no client takes.
_LEAST_BUDGET, _LARGEST_BUDGET = 3_000, 100_000
# Longer than any question; what is asked comes back with the answer, and in its notes.
_LONGEST_QUERY = 1_000
_LONGEST_ID = 4_096
_MOST_HITS = 50

_Query: TypeAlias = Annotated[
    str,
    Meta(
        max_length=_LONGEST_QUERY,
        description="Words, in Chinese (either script) or English; the operators are in the description of the tool.",
    ),
]
_Id: TypeAlias = Annotated[
    str, Meta(min_length=1, max_length=_LONGEST_ID, description="The id of an article, as search gives it.")
]
_Budget: TypeAlias = Annotated[
    int,
    Meta(ge=_LEAST_BUDGET, le=_LARGEST_BUDGET, description="Characters that the whole answer may have."),
]
_Kinds: TypeAlias = list[Annotated[str, Meta(extra_json_schema={"enum": [*KINDS, ALL_KINDS]})]]


class Filters(Struct, forbid_unknown_fields=True, kw_only=True):
    """What a search may be limited by: of the flags of `wensou search` those that an assistant has use for."""

    lang: Annotated[
        str | UnsetType,
        Meta(description="Only passages in this language.", extra_json_schema={"enum": [*LANGUAGES]}),
    ] = UNSET
    since: Annotated[
        str | UnsetType, Meta(description="Only articles published then or later: 2026, 2026-02 or 2026-02-05.")
    ] = UNSET
    until: Annotated[
        str | UnsetType, Meta(description="Only articles published up to then; 2026-02 covers the whole month.")
    ] = UNSET
    kind: Annotated[
        _Kinds | UnsetType, Meta(description="Only passages of these kinds; without it all but boilerplate.")
    ] = UNSET
    cross: Annotated[
        str | UnsetType,
        Meta(
            description="The other language, Chinese or English: its articles below the rest (auto, the default), "
            "not at all (off), only them (only), or among the rest (mixed).",
            extra_json_schema={"enum": [*CROSS]},
        ),
    ] = UNSET
    exact: Annotated[
        bool | UnsetType, Meta(description="Only the words as typed: no other names, regional words or translations.")
    ] = UNSET
    copies: Annotated[
        bool | UnsetType, Meta(description="All copies of one report, each by itself, not only the earliest.")
    ] = UNSET
    like: Annotated[str | UnsetType, Meta(description="Only articles like the one with this id.")] = UNSET

    def options(self) -> Options:
        """Return them as `Searcher` takes them."""
        said = {name: getattr(self, name) for name in Filters.__struct_fields__}
        kinds = said.pop("kind")
        given = {name: value for name, value in {**said, "kinds": kinds}.items() if value is not UNSET}
        return cast(Options, given)


class SearchArguments(Filters):
    """The arguments of the tool `search`."""

    query: _Query
    limit: Annotated[int, Meta(ge=1, le=_MOST_HITS, description="How many articles to return at most.")] = 10
    after: Annotated[
        str | UnsetType,
        Meta(description="The cursor of the last answer, to get what comes next; all else as it was asked before."),
    ] = UNSET
    sort: Annotated[
        str,
        Meta(description="Best first, newest first, oldest first or by title.", extra_json_schema={"enum": [*SORTS]}),
    ] = SORTS[0]
    budget: _Budget = BUDGET

    @property
    def cursor(self) -> str | None:
        """The place that the page begins behind, as `Searcher` takes it."""
        return None if self.after is UNSET else self.after


class FetchArguments(Struct, forbid_unknown_fields=True, kw_only=True):
    """The arguments of the tool `fetch`."""

    id: _Id
    offset: Annotated[
        int,
        Meta(
            ge=0,
            description="The character of the article to begin at: next_offset of the last answer, or the start of a "
            "quotation.",
        ),
    ] = 0
    query: Annotated[str, Meta(max_length=_LONGEST_QUERY, description="Tell where this is found in the article.")] = ""
    budget: _Budget = BUDGET


class FacetsArguments(Filters):
    """The arguments of the tool `facets`."""

    query: _Query = "*"
    by: Annotated[
        list[Annotated[str, Meta(extra_json_schema={"enum": [*FACETS]})]],
        Meta(min_length=1, description="What to count by."),
    ] = msgspec.field(default_factory=lambda: ["year", "lang", "source"])
    budget: _Budget = BUDGET


class InfoArguments(Struct, forbid_unknown_fields=True, kw_only=True):
    """The tool `info` has none."""


_Arguments = TypeVar("_Arguments", bound=Struct)


def read_arguments(kind: type[_Arguments], given: dict[str, Any]) -> _Arguments:
    """Return the arguments of a call. Raises UsageError for those that cannot be meant; null counts as left out."""
    try:
        said = {name: value for name, value in given.items() if value is not None}
        return msgspec.convert(said, kind, strict=False)  # models write "10" for 10
    except msgspec.ValidationError as error:
        raise UsageError(f"{error}. The arguments are: {', '.join(kind.__struct_fields__)}.") from error


def schema_of_arguments(kind: type[Struct]) -> dict[str, Any]:
    """Return the JSON Schema of a tool's arguments: an object."""
    _, needed = msgspec.json.schema_components([kind])
    schema: dict[str, Any] = needed[kind.__name__]
    return schema
