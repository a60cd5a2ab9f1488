"""The deterministic core: no I/O, clock, randomness, asyncio or logging in here."""
