"""Measures the budgets of the product beside their baselines, in one run: `python -m bench`."""
