"""Lockstep's own layer: keeps Marketo, the Workspace and Salesforce in step."""
