"""The `lockstep` command over the Workspace's interface; never deployed."""
