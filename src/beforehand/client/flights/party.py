"""One operator as a party: what it declared, what its peers told it, and by what means it asks."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from msgspec import Struct

from beforehand.client.dss import Declaration, Dss, Refused, Try
from beforehand.client.flights.account import Account
from beforehand.client.http import Http
from beforehand.client.messages import Reference, Subscriber
from beforehand.client.notices import Notices
from beforehand.client.own import OwnIntents
from beforehand.client.peers import Disclosed, Peers, Undisclosed
from beforehand.client.retries import Retries
from beforehand.client.shapes import read_shapes
from beforehand.client.tokens import Mint, Tokens

#: What peers told is kept up to here, the oldest forgotten first: it only saves asking again.
_REMEMBERED = 50_000
#: So often is a peer asked for one intent: some three seconds, far longer than the registry's answer takes to reach it.
PEER_TRIES = 7


class Registry(Struct, frozen=True):
    """Where the registry is, whom tokens for it are addressed to, and how tokens are made."""

    url: str
    audience: str
    mint: Mint


class Outage:
    """Whether the registry has stopped answering, for all parties: what the first said that gave up on it."""

    def __init__(self) -> None:
        self.message: str | None = None

    def answered(self, refused: Refused) -> bool:
        """Was this refusal an answer? One that was none, after all tries, begins an outage."""
        if refused.status not in (0, 503):
            return True
        self.message = self.message or refused.message
        return False


class Party:
    """One operator. `base_url` is where its peers find it; `own` is what they are told there."""

    def __init__(
        self, name: str, base_url: str, own: OwnIntents, http: Http, registry: Registry, retries: Retries,
        account: Account, outage: Outage, now_s: Callable[[], float],
    ) -> None:  # fmt: skip
        tokens = Tokens(name, registry.mint, now_s)
        self.name = name
        self.base_url = base_url
        self.random: Random = retries.random
        self.sleep = retries.sleep
        self.dss = Dss(http, registry.url, lambda: tokens.for_audience(registry.audience), retries, self._heard)
        self.outage = outage
        self._own = own
        self._peers = Peers(http, tokens, Retries(retries.sleep, retries.random, PEER_TRIES), now_s)
        self._notices = Notices(http, tokens)
        self._account = account
        self._mine: dict[str, Disclosed] = {}
        self._told: dict[str, Disclosed] = {}
        self._flight, self._leg_of = "", dict[str, int]()

    def begin(self, flight: str, intent_ids: list[str]) -> None:
        """From now on what is declared belongs to this flight; ids in the order of its legs."""
        self._flight, self._leg_of = flight, {intent_id: leg for leg, intent_id in enumerate(intent_ids)}

    def known(self) -> list[Disclosed]:
        """What it declared for earlier flights, and what peers told it when it last asked: not always the latest."""
        return [*self._mine.values(), *self._told.values()]

    def stands(self, reference: Reference, declared: Declaration, told: tuple[Subscriber, ...] = ()) -> None:
        """The registry has confirmed a declaration: peers are told from now on, subscribers at once."""
        self._own.accepted(reference, declared.extents)
        self._mine[reference.id] = Disclosed(
            reference.id, reference.version, reference.ovn, read_shapes(declared.extents)
        )
        self._notices.send(told, self.base_url, reference.id, self._own.details(reference.id))

    def gone(self, intent_id: str, told: tuple[Subscriber, ...] = ()) -> None:
        """The registry has confirmed the end of an intent."""
        self._own.ended(intent_id)
        self._mine.pop(intent_id, None)
        self._notices.send(told, self.base_url, intent_id, None)

    async def disclosed(self, reference: Reference, outdated_ovns: frozenset[str]) -> Disclosed | Undisclosed:
        """The intent that the registry named: one's own from memory, another's from its holder, at this version at least.

        outdated_ovns: what the registry has just refused, and so is worth no remembering.
        """
        for memory in (self._mine, self._told):
            held = memory.get(reference.id)
            if held is not None and held.version >= reference.version and held.ovn not in outdated_ovns:
                return held
        told = await self._peers.details(reference)
        if isinstance(told, Disclosed):
            self._told.pop(told.id, None)
            self._told[told.id] = told
            if len(self._told) > _REMEMBERED:
                del self._told[next(iter(self._told))]
        return told

    async def close(self) -> None:
        """End what is still being told."""
        await self._notices.close()

    def _heard(self, tried: Try) -> None:
        self._account.heard(self._flight, self.name, self._leg_of.get(tried.declaration.id, -1), tried)
