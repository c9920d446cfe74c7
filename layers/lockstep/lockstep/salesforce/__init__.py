"""The Salesforce client room: HTTP only, speaks domain outwards."""
