"""Worlds for nodes."""

import pytest

from .world import World


@pytest.fixture
def world():
    return World()
