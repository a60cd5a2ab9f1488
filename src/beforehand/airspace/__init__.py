"""Volumes, S2 coverings and exact meetings in four dimensions: pure geometry, no I/O, no clock."""
