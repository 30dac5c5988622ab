"""Certificates of clusters: verified always, by the system's authorities or by those of a file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from indexer.engines.opensearch.connection import Connection
from indexer.engines.opensearch.location import location_of
from indexer.engines.opensearch.settings import ClusterSettings
from indexer.errors import ClusterUnreachable, SettingsError
from tests.certificates import Authority
from tests.stub_cluster import stub_node
from tests.unit.test_connection import Clock

SECRET = {"WENSOU_USER": "anna", "WENSOU_PASSWORD": "Secr3t"}


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tls") / "ours")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tls") / "other")


def answer(asked):
    return 200, {"found": True}


def opened(port, scheme="https", ca="", environment=SECRET):
    clock = Clock()
    location = location_of(f"{scheme}://127.0.0.1:{port}/x", ClusterSettings(ca=str(ca)))
    return Connection(location, environment, clock, clock.sleep)


def test_a_certificate_of_a_named_authority_is_trusted(authority):
    with stub_node(answer, authority.context()) as node:
        assert opened(node.port, ca=authority.path).ask("GET", "/") == {"found": True}
        by_variable = opened(node.port, environment={"WENSOU_CA": str(authority.path)})
        assert by_variable.ask("GET", "/") == {"found": True}


def test_a_flag_wins_over_the_variable(authority, stranger):
    with stub_node(answer, authority.context()) as node:
        environment = {"WENSOU_CA": str(stranger.path)}
        assert opened(node.port, ca=authority.path, environment=environment).ask("GET", "/") == {"found": True}


@pytest.mark.parametrize(
    ("days", "host", "trusts", "message"),
    [
        (30, "127.0.0.1", "", r"not trusted: (unable to get local issuer|self-signed|certificate verify).*--ca"),
        (30, "127.0.0.1", "stranger", "not trusted: .*--ca"),
        (-3, "127.0.0.1", "authority", "not trusted: certificate has expired.*has to be renewed"),
        (30, "10.0.0.1", "authority", "not trusted: IP address mismatch"),
    ],
)
def test_no_other_certificate_is_trusted_and_nothing_is_sent(request, authority, days, host, trusts, message):
    ca = request.getfixturevalue(trusts).path if trusts else ""
    with stub_node(answer, authority.context(days, host)) as node:
        connection = opened(node.port, ca=ca)
        with pytest.raises(ClusterUnreachable, match=message) as caught:
            connection.ask("GET", "/")
        assert not node.asked
        assert f"127.0.0.1:{node.port}" in str(caught.value)
        assert "Secr3t" not in str(caught.value)


def test_a_node_with_a_wrong_certificate_is_passed_over(authority):
    with stub_node(answer, authority.context(-3)) as expired, stub_node(answer, authority.context()) as right:
        hosts = f"127.0.0.1:{expired.port},127.0.0.1:{right.port}"
        location = location_of(f"https://{hosts}/x", ClusterSettings(ca=str(authority.path)))
        for _ in range(4):
            assert Connection(location, {}).ask("POST", "/", {}, repeat=False) == {"found": True}


def test_an_address_with_the_wrong_scheme_says_so(authority):
    with stub_node(answer) as plain, pytest.raises(ClusterUnreachable, match=r"does not speak TLS.*http"):
        opened(plain.port).ask("GET", "/")
    with (
        stub_node(answer, authority.context()) as secured,
        pytest.raises(ClusterUnreachable, match="begins with https"),
    ):
        opened(secured.port, "http").ask("GET", "/")


@pytest.mark.parametrize(("text", "message"), [(None, "No such file"), ("no certificate", "holds no certificate")])
def test_a_file_without_certificates_is_named(tmp_path, text, message):
    path = tmp_path / "ca.pem"
    if text is not None:
        path.write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=rf"ca\.pem.*{message}"):
        opened(1, ca=path)


def test_settings_do_not_make_another_index():
    location = location_of("https://a/x")
    assert replace(location, settings=ClusterSettings(ca="other")) == location
