"""Beforehand: a deconfliction hotline."""
