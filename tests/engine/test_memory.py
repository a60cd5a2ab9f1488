from __future__ import annotations

import pytest

from beforehand.engine.memory import MemoryEngine

from .contract import EngineContract


class TestMemory(EngineContract):
    bounded_in = "beforehand.engine.memory"

    @pytest.fixture
    def storage(self):
        engine = MemoryEngine()
        return lambda: engine
