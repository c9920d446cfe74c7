"""People from Marketo into the Workspace: the first load and all changes after it."""
