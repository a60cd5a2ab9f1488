"""The hotline: what parties tell each other beforehand, whom it concerns, and what each has received, seen and understood."""
