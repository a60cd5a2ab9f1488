from __future__ import annotations

import pytest

from serving import served

from .asking import ALL, CMSA, SC, Asker, Places


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    with served(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture(scope="session")
def places():
    return Places()


@pytest.fixture
def here(places):
    """A place where nothing is yet."""
    return places.take()


@pytest.fixture(scope="session")
def alice(server):
    """A party that plans flights."""
    with server.party("alice", SC) as client:
        yield Asker(client, "alice")


@pytest.fixture(scope="session")
def bob(server):
    """Another one."""
    with server.party("bob", SC) as client:
        yield Asker(client, "bob")


@pytest.fixture(scope="session")
def monitor(server):
    """Alice, when she may report that she does not conform."""
    with server.party("alice", SC, CMSA) as client:
        yield Asker(client, "alice")


@pytest.fixture(scope="session")
def authority(server):
    """A party that may do everything: it sets constraints and availabilities."""
    with server.party("authority", *ALL) as client:
        yield Asker(client, "authority")
