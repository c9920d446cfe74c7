"""Lambda glue: settings, secrets, observability, wiring and entry points."""
