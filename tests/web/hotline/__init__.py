"""The hotline over HTTP."""
