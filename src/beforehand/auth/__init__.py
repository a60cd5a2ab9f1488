"""Who asks, and what they may: token keys, tokens, scopes, and an issuer of one's own."""
