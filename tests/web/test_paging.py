"""The pages beside one: where their links lead."""

from dataclasses import replace

import pytest

from search.web.paging import paging
from search.web.state import State


@pytest.mark.parametrize(("rank", "before"), [
    (1, ""),
    (11, "/?q=Trump"),
    (31, "/?q=Trump&offset=20"),
    (10_011, "/?q=Trump&offset=10000"),
    (10_021, ""),  # what is behind 10,000 others cannot be asked for by number
])  # fmt: skip
def test_a_page_leads_to_none_that_is_refused(seeds, rank, before):
    found = seeds.search("Trump", limit=1)
    page = paging(replace(found, hits=(replace(found.hits[0], rank=rank),)), State.of([("q", "Trump")]))
    assert page.previous == before
