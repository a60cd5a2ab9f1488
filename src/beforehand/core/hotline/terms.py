"""The terms of an agreement (H7.1): what its parties signed, as facts. Times in seconds, lengths in millimetres."""

from __future__ import annotations

from msgspec import Struct

#: Stands for every category in a term that is given by category.
ANY = "*"


class Tolerances(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """How near a read-back must come (H5.3): outline or centre and extent, altitudes, start and end."""

    area_mm: int = 2_000_000
    altitude_mm: int = 100_000
    time_s: int = 60


class BufferTerms(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """By how much a notice's volumes are grown to find whom they concern (H4.7)."""

    horizontal_mm: int = 0
    vertical_mm: int = 0
    time_s: int = 0


class Steps(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """The grid on which advice is given (H4.8: 5 min, 500 ft), and how far it reaches to either side, in steps."""

    time_s: int = 300
    altitude_mm: int = 152_400
    time_steps: int = 24
    altitude_steps: int = 20


class Deadlines(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """How long after it was told an addressee has for each stage, and a giver for its answer (H5.6, H4.12). 0: no deadline."""

    delivered_s: int = 0
    seen_s: int = 0
    understood_s: int = 0
    disseminated_s: int = 0
    answer_s: int = 0

    def of(self, stage: str) -> int:
        """Seconds for a stage; 0 where there is no deadline."""
        seconds: int = getattr(self, stage.lower() + "_s")
        return seconds


class Silence(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What the giver undertook when unanswered, per cause. The service neither holds nor releases anything."""

    not_delivered: str = ""
    delivered_not_seen: str = ""


class Relay(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """`party` is bound to pass notices on to a non-party, named so by `named_by`, within `within_s` (H1.2)."""

    party: str
    named_by: str
    nonparty: str
    within_s: int


class Terms(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """All terms. By category (or `*`): minimum notice lead, minimum usable warning, stages asked for, who is told anyway."""

    lead_s: dict[str, int] = {}
    usable_s: dict[str, int] = {}
    stages: dict[str, list[str]] = {}
    tell: dict[str, list[str]] = {}
    categories: list[str] = []
    deadlines: Deadlines = Deadlines()
    tolerances: Tolerances = Tolerances()
    buffers: BufferTerms = BufferTerms()
    steps: Steps = Steps()
    silence: Silence = Silence()
    relays: list[Relay] = []
    linger_s: int = 0

    def covers(self, category: str) -> bool:
        """Whether it speaks of a category; one that names none speaks of all."""
        return not self.categories or category in self.categories

    def lead_of(self, category: str) -> int | None:
        """The minimum notice lead in seconds, or None where none is agreed."""
        return self.lead_s.get(category, self.lead_s.get(ANY))

    def usable_of(self, category: str) -> int | None:
        """The minimum usable warning in seconds, or None where none is agreed."""
        return self.usable_s.get(category, self.usable_s.get(ANY))

    def stages_of(self, category: str) -> list[str]:
        """The stages that are asked for."""
        return self.stages.get(category, self.stages.get(ANY, []))

    def told_of(self, category: str) -> list[str]:
        """Codes of those who are told whatever the geometry says."""
        return self.tell.get(category, self.tell.get(ANY, []))
