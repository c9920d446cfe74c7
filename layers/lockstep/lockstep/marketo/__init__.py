"""The Marketo client room: HTTP only, speaks domain outwards."""
