"""Addresses of indexes on clusters: what they name, and how a wrong one is refused."""

from __future__ import annotations

import pytest

from indexer.engines.opensearch.location import Host, is_address, location_of
from indexer.errors import UsageError


def test_an_address_names_hosts_and_an_index():
    location = location_of("http://One:9201,two,[::1]:9203/articles")
    assert location.hosts == (Host("one", 9201), Host("two", 9200), Host("::1", 9203))
    assert (location.name, location.is_tls) == ("articles", False)
    assert str(location) == "http://one:9201,two:9200,[::1]:9203/articles"
    assert location_of(str(location)) == location


def test_the_scheme_says_whether_to_speak_tls():
    assert location_of("HTTPS://host/articles/").is_tls
    assert str(location_of("HTTPS://host/articles/")) == "https://host:9200/articles"


def test_hosts_that_are_named_twice_are_one():
    assert location_of("http://a,A:9200,b/x").hosts == (Host("a", 9200), Host("b", 9200))


@pytest.mark.parametrize("name", ["文章", "%E6%96%87%E7%AB%A0"])
def test_a_name_may_be_chinese(name):
    assert location_of(f"http://host/{name}").name == "文章"


def test_the_digest_is_of_the_hosts_in_any_order_and_the_name():
    one = location_of("http://a,b/x").digest
    assert location_of("https://b,a/x").digest == one
    assert location_of("http://a/x").digest != one
    assert location_of("http://a,b/y").digest != one


@pytest.mark.parametrize(
    ("text", "answer"), [("http://a/b", True), ("HTTPS://x", True), ("index", False), ("/http://a", False)]
)
def test_an_address_is_told_from_a_folder(text, answer):
    assert is_address(text) is answer


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("http://host", "names no index"),
        ("http://host/", "names no index"),
        ("http:///x", "no host with a port"),
        ("http://host:0/x", "no host with a port"),
        ("http://host:99999/x", "no host with a port"),
        ("http://host:port/x", "no host with a port"),
        ("http://a,,b/x", "no host with a port"),
        ("http://::1/x", "no host with a port"),
        ("http://[::1/x", "no host with a port"),
        ("http://[::g]/x", "no IPv6 address"),
        ("http://host/search/x", "A path before the name"),
        ("http://host/%2e%2e", "must not begin with"),
        ("http://host/_all", "must not begin with"),
        ("http://host/-x", "must not begin with"),
        ("http://host/Articles", "no capital letters"),
        ("http://host/a*", "allows no"),
        ("http://host/a,b", "allows no"),
        ("http://host/a?x=1", "allows no"),
        ("http://host/a#x", "allows no"),
        ("http://host/a b", "allows no"),
        ("http://host/<a-{now}>", "allows no"),
        ("http://host/a%25b", "allows no"),
        ("http://host/a%0ab", "cannot be seen"),
        ("http://host/" + "文" * 67, "more than 200 bytes"),
        ("folder", "named like"),
    ],
)
def test_a_wrong_address_is_refused_with_its_reason(address, message):
    with pytest.raises(UsageError, match=message):
        location_of(address)


@pytest.mark.parametrize(
    "address", ["http://anna:Secr3t@host/x", "https://anna:Secr3t@a,b:9200/x", "http://host/anna:Secr3t@x"]
)
def test_a_password_in_an_address_is_refused_and_not_repeated(address):
    with pytest.raises(UsageError, match="WENSOU_PASSWORD") as caught:
        location_of(address)
    assert "Secr3t" not in str(caught.value)
    assert "anna" not in str(caught.value)
