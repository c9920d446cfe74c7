"""Verbs: the mechanics of syncing, over ports and values, with no I/O of its own."""
