"""F3548-21 as a registry of this ecosystem keeps it, in the slowest and plainest way.

No index, no events, no tables kept twice: lists of what lives, looked through from end to end for every question. Of the
product it takes only the types of commands and replies, so that the two can be compared.
"""

from __future__ import annotations

from .others import Others as Model
from .things import DAY, MINUTE, Limits

__all__ = ["DAY", "MINUTE", "Limits", "Model"]
