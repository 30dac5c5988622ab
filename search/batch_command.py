"""What `wensou search --queries` does: many queries in, JSON Lines out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from indexer.display import as_json as dumped
from indexer.errors import UsageError
from search.batch import Ask, answers
from search.command import FAILED, FOUND, NOTHING_FOUND


def answer_queries(file: str, ask: Ask, defaults: Mapping[str, Any]) -> int:
    """Print an answer for each line of a file, `-` being standard input, as soon as it is there.

    Return the exit code: whether any query found something, or a line could not be answered. Raises UsageError if the
    file cannot be read.
    """
    found, is_right = False, True
    try:
        opened = click.open_file(file, "rb")
    except OSError as error:
        raise UsageError(
            f"The queries in {file} cannot be read: {error.strerror}. Name a file, or - for standard input."
        ) from None
    with opened as lines:
        for answer in answers(ask, lines, defaults):
            click.echo(dumped(answer))
            found |= bool(answer.get("total"))
            is_right &= "error" not in answer
    return FAILED if not is_right else FOUND if found else NOTHING_FOUND
