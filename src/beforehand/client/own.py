"""What one party has declared, as it tells its peers."""

from __future__ import annotations

from msgspec import Struct
from msgspec.json import Encoder

from beforehand.client.messages import Reference

_encode = Encoder().encode


class Own(Struct, frozen=True):
    """An accepted intent, as the registry answered, and its volumes (JSON) as they were declared."""

    reference: Reference
    volumes: bytes


class OwnIntents:
    """The accepted intents of one party, by id. Nothing is in here that the registry's answer has not confirmed."""

    def __init__(self) -> None:
        self._held: dict[str, Own] = {}

    def accepted(self, reference: Reference, volumes: bytes) -> None:
        """This version stands now."""
        self._held[reference.id] = Own(reference, volumes)

    def ended(self, intent_id: str) -> None:
        """It stands no more."""
        self._held.pop(intent_id, None)

    def details(self, intent_id: str) -> bytes | None:
        """The body by which a peer is told of an intent, or None."""
        held = self._held.get(intent_id)
        if held is None:
            return None
        return (
            b'{"operational_intent":{"reference":%b,"details":{"volumes":%b,"off_nominal_volumes":[],"priority":0}}}'
            % (_encode(held.reference), held.volumes)
        )

    def __len__(self) -> int:
        return len(self._held)
