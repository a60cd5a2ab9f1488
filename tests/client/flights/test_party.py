"""What a party remembers, and when it asks again."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

from tests.client.registry import URL, mint
from tests.client.test_dss import Client
from tests.client.test_peers import Holder, reference, told

from beforehand.client.flights.account import Account
from beforehand.client.flights.party import Outage, Party, Registry
from beforehand.client.own import OwnIntents
from beforehand.client.peers import Disclosed
from beforehand.client.retries import Retries

NONE: frozenset[str] = frozenset()


def party(http: Any) -> Party:
    async def sleep(_: float) -> None: ...

    retries = Retries(sleep, Random(0), 3)
    registry = Registry(URL, "registry.test", mint)
    account = Account(None, lambda: 0)
    return Party("uss1", "http://peer.test/uss1", OwnIntents(), http, registry, retries, account, Outage(), lambda: 0.0)


def test_what_a_holder_told_is_remembered_for_its_version() -> None:
    holder = Holder(told(1, "first"), told(2, "second"))
    asking = party(holder)

    async def story() -> None:
        for version, ovn in ((1, "first"), (1, "first"), (2, "second"), (1, "second")):
            found = await asking.disclosed(reference(version), NONE)
            assert isinstance(found, Disclosed)
            assert found.ovn == ovn

    asyncio.run(story())
    assert len(holder.asked) == 2
    assert [intent.ovn for intent in asking.known()] == ["second"]


def test_an_ovn_that_was_refused_is_asked_for_anew() -> None:
    """An intent that ended and came again has its first version twice, and never an OVN twice."""
    holder = Holder(told(1, "ended"), told(1, "came again"))
    asking = party(holder)

    async def story() -> None:
        assert isinstance(await asking.disclosed(reference(1), NONE), Disclosed)
        found = await asking.disclosed(reference(1), frozenset({"ended"}))
        assert isinstance(found, Disclosed)
        assert found.ovn == "came again"

    asyncio.run(story())


def test_one_s_own_intents_are_asked_of_nobody() -> None:
    holder = Holder(told(1))
    asking = party(holder)
    declared = Client(holder, "uss1").wanted()

    async def story() -> None:
        own = reference(4, "mine", declared.id)
        asking.stands(own, declared)
        found = await asking.disclosed(reference(4, "", declared.id), NONE)
        assert isinstance(found, Disclosed)
        assert found.ovn == "mine"
        asking.gone(declared.id)
        assert asking.known() == []
        await asking.close()

    asyncio.run(story())
    assert holder.asked == []
