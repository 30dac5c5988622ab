"""schemathesis asks the API what its description allows, and what not, and checks the answers by all that it knows."""

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from search.web.openapi import description
from tests.conftest import SEEDS

for name, values in {
    "day": ["2018", "2026-02", "2026-02-05", "2026/2/5", "2026年2月"],
    "moment": ["0", "1", "12", "2026-02-05", "2026-02-05T10:30Z"],
    "half-life": ["30", "6w", "3m", "2y", "0.5"],
    "article": [path.name for path in SEEDS.iterdir()],
    "cursor": ["no cursor is of a question that is made up"],
}.items():
    schemathesis.openapi.format(name, st.sampled_from(values))


schema = schemathesis.openapi.from_dict(json.loads(json.dumps(description())))


@pytest.fixture
def api(application, client, monkeypatch):
    """The running application, whose start and end are not of any question."""

    async def running(scope, receive, send):
        if scope["type"] == "http":
            await application(scope, receive, send)

    monkeypatch.setattr(schema, "app", running)
    return running


@schema.parametrize()
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_api_is_what_it_says(case, api):
    if case.meta.generation.mode.is_positive and case.query:
        # What OpenAPI cannot say: a cursor is of the question before, stories are no passages. test_api.py asks these.
        case.query.pop("after", None)
        if case.query.get("stories"):
            case.query.pop("passages", None)
    case.call_and_validate(app=api)
