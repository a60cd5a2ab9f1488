"""Codecs between the outside and core: pure functions of bytes."""
