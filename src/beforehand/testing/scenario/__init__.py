"""Stories of the hotline: read from YAML, played in fake time or on a server, worded from the facts they leave.

The format: docs/scenarios.md.
"""
