"""A small OpenID issuer for the demo and tests: discovery document, key set and tokens; RS256, loopback only."""
