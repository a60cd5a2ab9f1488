from __future__ import annotations

import pytest

from beforehand.auth.keys import load_token_keys
from beforehand.auth.tokens import Verifier

from . import forger

NOW_US = 1_800_000_000_250_000


@pytest.fixture(scope="session")
def key_file(tmp_path_factory):
    """Writes public keys to files; the same key gives the same file."""
    folder = tmp_path_factory.mktemp("keys")

    def write(key):
        file = folder / f"{id(key)}.pem"
        file.write_bytes(forger.public_pem(key))
        return str(file)

    return write


@pytest.fixture
def verifier(key_file):
    return Verifier(load_token_keys([key_file(forger.RSA)]), ["uss.example"])


@pytest.fixture
def claims():
    """Good claims at NOW_US."""
    return {
        "iss": "https://issuer.example",
        "sub": "uss1",
        "aud": "uss.example",
        "exp": NOW_US // 1_000_000 + 3_600,
        "scope": "utm.strategic_coordination utm.constraint_processing",
    }
