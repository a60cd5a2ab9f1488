"""The hotline over HTTP: verbs as POST, views as GET, refusals as problem details (RFC 9457)."""
