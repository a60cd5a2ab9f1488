"""Somebody who folds what is durable, entry by entry, and knows all that may be answered from it."""

from __future__ import annotations

from collections import Counter

from beforehand.core.machine import Machine, read_event
from beforehand.core.stamp import ENTROPY_BYTES, Refusal, Stamp
from beforehand.core.strategic import events as e
from beforehand.core.strategic.ids import id_bytes
from beforehand.record.entry import Follow


class Question:
    """A command under way, and every answer that some durable journal since it was asked would give."""

    def __init__(self, command):
        self.command = command
        self.possible = []


class Witness:
    """Follows the journal. `times` counts, by what makes it unlike all others, how often a command took effect."""

    def __init__(self, rules):
        self.machine = Machine(rules)
        self.times = Counter()
        self._follow = Follow()
        self._under_way = set()

    def stored(self, batch):
        """Entries became durable. Each of them ends a state that may have been answered from."""
        for entry in batch:
            time_us = self._follow.take(entry).time_us
            event = read_event(entry.facts)
            self.machine.fold(event, None, time_us)
            if isinstance(event, e.IntentAccepted):
                self.times[event.url] += 1
            elif isinstance(event, e.IntentEnded):
                self.times[id_bytes(event.id)] += 1
            for question in self._under_way:
                self._consider(question)

    def asked(self, command):
        """A command is asked now."""
        question = Question(command)
        self._under_way.add(question)
        self._consider(question)
        return question

    def over(self, question):
        self._under_way.discard(question)

    def could_say(self, question, answer):
        """Whether this answer, a read's or a refusal, follows from what is durable."""
        return answer in question.possible

    def _consider(self, question):
        stamp = Stamp(self.machine.time_us, bytes(ENTROPY_BYTES), self.machine.epoch)
        answer = self.machine.decide(question.command, stamp).reply
        if isinstance(answer, Refusal) or not hasattr(answer, "created"):
            question.possible.append(answer)
