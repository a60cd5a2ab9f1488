"""HTTP: routing, order of checks, errors, limits, and the process that serves."""
