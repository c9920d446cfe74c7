"""The Workspace's own interface: status, people, activities, why, commands, settings, connections."""
