"""The record: what an entry is, byte by byte, and how entries make one tree. Usable alone."""
