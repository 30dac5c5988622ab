"""The tables of operations, parameters and problems, and the dataclasses of answers -> the API as OpenAPI 3.1."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from search.schemas import schemas_of
from search.web import answers, problems
from search.web.answers import as_json
from search.web.operations import OPERATIONS, ROOT, Operation
from search.web.parameters import Parameter

_REFERENCE = "#/components/schemas/{name}"
_ABOUT = (
    "Searches an archive of articles in Chinese and English; nothing is written. Parameters are named as the flags of "
    "`wensou search`, answers are what its `--json` prints. `offset` does not go with `after`, nor `stories` with "
    "`passages`."
)
_PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "What is wrong, as in RFC 9457; `parameter` names the one that is, if it is one.",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "parameter": {"type": "string"},
    },
    "required": ["type", "title", "status", "detail"],
}
_ARTICLE_ID = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "The article_id of a hit, percent-encoded, slashes included.",
    "schema": {"type": "string", "format": "article", "minLength": 1},
}
_ETAG = {
    "ETag": {
        "description": "Names the answer: of this request, by this commit of the index. Give it as If-None-Match.",
        "schema": {"type": "string"},
    }
}


@cache
def document() -> bytes:
    """Return the description as JSON."""
    return as_json(description())


def description() -> dict[str, Any]:
    """Return the description."""
    given, needed = schemas_of([operation.gives for operation in OPERATIONS], _REFERENCE)
    return {
        "openapi": "3.1.0",
        "info": {"title": "wensou", "version": "1", "description": _ABOUT},
        "servers": [{"url": "/"}],
        "paths": {
            ROOT + operation.path: {"get": _operation(operation, schema)}
            for operation, schema in zip(OPERATIONS, given, strict=True)
        },
        "components": {
            "schemas": {**needed, "Problem": _PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        # On this computer none is needed.
        "security": [{}, {"token": []}],
    }


def _operation(operation: Operation, schema: Mapping[str, Any]) -> dict[str, Any]:
    in_path = [_ARTICLE_ID] if "{id}" in operation.path else []
    answer = {"description": operation.about, "content": {answers.MEDIA_TYPE: {"schema": schema}}}
    given: dict[str, Any] = {"200": answer}
    if operation.is_of_commit:
        given["200"]["headers"] = _ETAG
        given["304"] = {"description": "The answer is the one of If-None-Match.", "headers": _ETAG}
    return {
        "operationId": operation.name,
        "summary": operation.about,
        "parameters": [*in_path, *map(_parameter, operation.takes)],
        "responses": {**given, **_problems(has_id=bool(in_path))},
    }


def _problems(*, has_id: bool) -> dict[str, Any]:
    """Return what a route may answer with where something is wrong, by status."""
    others = {problems.NOT_FOUND, problems.WRONG_METHOD, *([] if has_id else [problems.UNKNOWN_ARTICLE])}
    about = {"401": ["The server has a token, and the request does not show it"]}
    for kind in problems.KINDS:
        if kind not in others:
            about.setdefault(str(kind.status), []).append(f"{kind.title} ({kind.type})")
    return {status: _problem("; or: ".join(sentences) + ".") for status, sentences in sorted(about.items())}


def _problem(about: str) -> dict[str, Any]:
    schema = {"$ref": _REFERENCE.format(name="Problem")}
    return {"description": about, "content": {problems.MEDIA_TYPE: {"schema": schema}}}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    form = {"style": "form", "explode": False} if parameter.kind == "names" else {}
    schema = _schema(parameter)
    if parameter.default is not None:
        schema["default"] = parameter.default
    return {"name": parameter.name, "in": "query", "description": parameter.about, **form, "schema": schema}


def _schema(parameter: Parameter) -> dict[str, Any]:
    """Return the schema of a value. OpenAPI has no pattern for dates in Chinese: such kinds are formats."""
    if parameter.kind == "number":
        return {"type": "integer", "minimum": parameter.least, "maximum": parameter.most}
    if parameter.kind == "flag":
        return {"type": "boolean"}
    if parameter.kind == "choice":
        return {"type": "string", "enum": list(parameter.choices)}
    if parameter.kind == "names":
        return {"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(parameter.choices)}}
    if parameter.kind == "text":
        return {"type": "string", "maxLength": parameter.most}
    return {"type": "string", "minLength": 1, "maxLength": parameter.most, "format": parameter.kind}
