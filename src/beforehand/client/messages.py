"""What a client reads of F3548-21: only what it uses, so that answers of any registry and peer can be read."""

from __future__ import annotations

from msgspec import DecodeError, Raw, Struct, ValidationError
from msgspec.json import Decoder

from beforehand.client.http import Answer

#: What a registry shows in place of an OVN that another party holds.
OVN_OF_ANOTHER = "Available from USS"


class Time(Struct, frozen=True):
    value: str
    format: str = "RFC3339"


class Reference(Struct, frozen=True):
    """What the registry keeps of an intent. `ovn` is empty where its holder alone gives it."""

    id: str
    manager: str
    version: int
    state: str
    uss_base_url: str
    time_start: Time
    time_end: Time
    ovn: str = ""
    uss_availability: str = "Unknown"
    subscription_id: str = ""

    @property
    def known_ovn(self) -> str | None:
        """The OVN, if this answer gave one."""
        return self.ovn if self.ovn and self.ovn != OVN_OF_ANOTHER else None


class SubscriptionState(Struct, frozen=True):
    subscription_id: str
    notification_index: int


class Subscriber(Struct, frozen=True):
    """Whom the registry wants to be told, at which URL, for which of its subscriptions."""

    uss_base_url: str
    subscriptions: tuple[SubscriptionState, ...]


class Changed(Struct, frozen=True):
    """The answer to a PUT or DELETE."""

    operational_intent_reference: Reference
    subscribers: tuple[Subscriber, ...] = ()


class Conflict(Struct, frozen=True):
    message: str = ""
    missing_operational_intents: tuple[Reference, ...] = ()
    missing_constraints: tuple[Raw, ...] = ()


class One(Struct, frozen=True):
    operational_intent_reference: Reference


class Many(Struct, frozen=True):
    operational_intent_references: tuple[Reference, ...] = ()


class Details(Struct, frozen=True):
    volumes: Raw = Raw(b"[]")
    off_nominal_volumes: Raw = Raw(b"[]")


class Intent(Struct, frozen=True):
    """What its holder tells of an intent."""

    reference: Reference
    details: Details


class Held(Struct, frozen=True):
    operational_intent: Intent


class Told(Struct, frozen=True):
    """A refusal in any of the forms that registries use."""

    message: str = ""
    error_message: str = ""
    reason: str = ""


read_changed = Decoder(Changed).decode
read_conflict = Decoder(Conflict).decode
read_one = Decoder(One).decode
read_many = Decoder(Many).decode
read_held = Decoder(Held).decode
_read_told = Decoder(Told).decode

#: What reading an answer may raise: it is JSON of another form, or none.
NOT_READ = (DecodeError, ValidationError, UnicodeDecodeError)


def told(answer: Answer) -> Told:
    """What a refusal says, as far as it says anything that can be read."""
    try:
        said = _read_told(answer.body)
    except NOT_READ:
        said = Told(answer.body[:200].decode(errors="replace").strip())
    reason = answer.headers.get("beforehand-reason") or said.reason
    return Told(said.message or said.error_message or f"status {answer.status}", reason=reason)
