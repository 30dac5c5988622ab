"""Settings: defaults < `wensou.toml` in the working directory < environment < flag."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from indexer.engines.opensearch.settings import CA, DEFAULTS, ClusterSettings
from indexer.errors import SettingsError

FILE_NAME = "wensou.toml"
_PREFIX = "WENSOU_"
# Python, the libraries and what worker processes hand over take most of it.
_LEAST_MEMORY = 128 << 20
_AT_LEAST_ONE = ("shards", "timeout_s")
_RECORD_FIELDS = ("id", "title", "text", "published", "author", "source", "url", "tags", "lang")


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set; the fields' names are the keys of `wensou.toml`, in capitals after WENSOU_ the variables'.

    `index` is the folder of the index, or its address on a cluster, `user_dictionary` a file of words in jieba's
    format, `exclude` patterns of names that indexing passes over, `jobs` the number of processes (0: all cores),
    `memory` what the building process may take, as 512M or 2G, `max_size` the largest file that is read, `encoding`
    that of all text files (empty: decided for each), `fields` further names of an article's fields in JSON and tables,
    as in `title = ["kop"]`, `state` the folder that keeps what `search --new` has shown (empty: the user's folder for
    settings of programs), `learn` whether words are learnt from the articles, and searched with what they were learnt
    to mean, `opensearch` how indexes on a cluster are made and asked.
    """

    index: str = "index_data"
    user_dictionary: str = ""
    exclude: tuple[str, ...] = ()
    jobs: int = 0
    memory: str = "1G"
    max_size: str = "64M"
    encoding: str = ""
    state: str = ""
    learn: bool = True
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    opensearch: ClusterSettings = DEFAULTS


def load_settings(folder: Path, environment: Mapping[str, str]) -> Settings:
    """Return the settings in force in `folder`. Raises SettingsError, naming where and what to write instead."""
    settings = Settings()
    path = folder / FILE_NAME
    if path.is_file():
        try:
            values = _read(path.read_text("utf-8-sig"))
        except (OSError, ValueError) as error:
            raise SettingsError(f"{path} cannot be read: {error}.") from error
        settings = replace(settings, **{key: _value(key, value, str(path)) for key, value in values.items()})
    given = {
        field.name: _from_text(field.name, environment[name])
        for field in fields(Settings)
        if environment.get(name := f"{_PREFIX}{field.name.upper()}")
    }
    settings = replace(settings, **{key: _value(key, value, _PREFIX + key.upper()) for key, value in given.items()})
    if own := environment.get(CA):
        settings = replace(settings, opensearch=replace(settings.opensearch, ca=own))
    return settings


def bytes_of(size: str) -> int:
    """Return the number of bytes that a size names: a number, with K, M or G behind it. Raises SettingsError."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMG]?)(?:i?B)?\s*", size, re.IGNORECASE)
    if match is None:
        raise SettingsError(f"{size!r} is no size: write a number and K, M or G, as in 512M.")
    return int(float(match[1]) * 1024 ** " KMG".index(match[2].upper() or " "))


def memory_of(size: str) -> int:
    """Return the number of bytes that a size of memory to build with names. Raises SettingsError if it is too small."""
    number = bytes_of(size)
    if number < _LEAST_MEMORY:
        raise SettingsError(f"{size!r} is too little memory to build with: at least 128M are needed.")
    return number


def all_cores() -> int:
    """Return how many processor cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _value(key: str, value: Any, where: str) -> Any:
    default = {field.name: field.default for field in fields(Settings)}
    _check_known(key, default, f"{where}: unknown setting {key!r}")
    if key == "fields":
        return _field_names(value, where)
    if key == "opensearch":
        return _cluster_settings(value, where)
    return _typed(key, value, default[key], where)


def _typed(key: str, value: Any, default: Any, where: str) -> Any:
    """Return a value of the same type as a default. Raises SettingsError for any other, and for negative numbers."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = tuple(value)
    is_negative = isinstance(value, int) and value < 0
    if type(value) is not type(default) or is_negative:
        kind = {str: "a text", int: "a whole number", bool: "true or false", tuple: "a list of texts"}[type(default)]
        raise SettingsError(f"{where}: {key} must be {kind}, found {value!r}.")
    return value


def _cluster_settings(value: Any, where: str) -> ClusterSettings:
    if not isinstance(value, Mapping):
        raise SettingsError(f"{where}: opensearch must be a table, as in: [opensearch] shards = 3, found {value!r}.")
    default = {field.name: field.default for field in fields(ClusterSettings)}
    for key, one in value.items():
        _check_known(key, default, f"{where}: unknown setting {key!r} in [opensearch]")
        _typed(key, one, default[key], f"{where}, [opensearch]")
        if key in _AT_LEAST_ONE and one < 1:
            raise SettingsError(f"{where}, [opensearch]: {key} must be at least 1.")
    bytes_of(value.get("bulk", DEFAULTS.bulk))
    return ClusterSettings(**value)


def _field_names(value: Any, where: str) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        raise SettingsError(f'{where}: fields must be a table, as in: [fields] title = ["kop"], found {value!r}.')
    for name, names in value.items():
        _check_known(name, _RECORD_FIELDS, f"{where}: unknown field {name!r} in [fields]")
        if not isinstance(names, list) or not all(isinstance(part, str) for part in names):
            raise SettingsError(f"{where}: {name} in [fields] must be a list of texts, found {names!r}.")
    return {name: tuple(names) for name, names in value.items()}


def _check_known(name: str, known: Collection[str], what: str) -> None:
    if name not in known:
        import difflib  # for this only, as tomllib for its file: searches start sooner without

        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        advice = f"Did you mean {near[0]}?" if near else f"Known are: {', '.join(known)}."
        raise SettingsError(f"{what}. {advice}")


def _read(text: str) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(text)


def _from_text(key: str, text: str) -> Any:
    if key == "learn" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if key == "jobs" and text.isdecimal():
        return int(text)
    return [part for part in text.split(os.pathsep) if part] if key == "exclude" else text
