"""One picture of an evening: a map, altitudes over time, and who did what when, as one SVG."""

from beforehand.testing.scenario.picture.page import picture

__all__ = ["picture"]
