"""ASTM F3548-21 as a DSS speaks it: requests into commands, replies into bodies."""
