"""Environment, or a file that it names -> who asks a cluster. No message, log or repr has what is secret of it."""

from __future__ import annotations

import tomllib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from indexer.errors import SettingsError

USER, PASSWORD, TOKEN, FILE = "WENSOU_USER", "WENSOU_PASSWORD", "WENSOU_TOKEN", "WENSOU_CREDENTIALS"
_KEYS = ("user", "password", "token")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What tells a cluster who asks: a header's value, empty for nobody; `source` is where it was found."""

    authorization: str = field(default="", repr=False)
    source: str = ""


def credentials_of(environment: Mapping[str, str]) -> Credentials:
    """Return the token, or user and password, of the environment, else those of the file that WENSOU_CREDENTIALS names.

    Raises SettingsError, which names variables and keys only.
    """
    given = {"user": environment.get(USER, ""), "password": environment.get(PASSWORD, "")}
    given["token"] = environment.get(TOKEN, "")
    if any(given.values()):
        return _credentials(given, "the environment", dict(zip(_KEYS, (USER, PASSWORD, TOKEN), strict=True)))
    if path := environment.get(FILE):
        return _credentials(_read(Path(path).expanduser()), path, {key: key for key in _KEYS})
    return Credentials()


def _credentials(given: Mapping[str, str], source: str, names: Mapping[str, str]) -> Credentials:
    user, password, token = (given.get(key, "") for key in _KEYS)
    if token and (user or password):
        raise SettingsError(f"{source} has both {names['token']} and {names['user']}: leave out one of them.")
    if bool(user) != bool(password):
        missing = names["password" if user else "user"]
        raise SettingsError(f"{source} has no {missing}: give {names['user']} and {names['password']}, or none.")
    if ":" in user:
        raise SettingsError(f"{names['user']} of {source} holds a colon, which no user's name may.")
    if token:
        return Credentials(f"Bearer {_checked(token.strip(), source, names['token'])}", source)
    return Credentials(f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}", source)


def _checked(token: str, source: str, name: str) -> str:
    if not token.isascii() or not token.isprintable():
        raise SettingsError(f"{name} of {source} is no token: it holds line ends or letters that are not ASCII.")
    return token


def _read(path: Path) -> Mapping[str, str]:
    try:
        values = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"{path}, which {FILE} names, cannot be read: {error.strerror}.") from None
    except ValueError:  # its text may quote the line
        raise SettingsError(f'{path}, which {FILE} names, is no TOML: write user = "…" and password = "…".') from None
    unknown = sorted(values.keys() - set(_KEYS))
    if unknown or not all(isinstance(value, str) for value in values.values()):
        raise SettingsError(f"{path}, which {FILE} names, may have {', '.join(_KEYS)}, each a text in quotes.")
    if not any(values.values()):
        raise SettingsError(f"{path}, which {FILE} names, has neither a token nor user and password.")
    return values
