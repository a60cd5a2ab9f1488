"""Strategic coordination: ASTM F3548-21 as a DSS keeps it."""
