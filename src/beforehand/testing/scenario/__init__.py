"""Stories of the hotline: read from YAML, played in fake time or on a server, and judged by the facts they leave (docs/scenarios.md)."""
