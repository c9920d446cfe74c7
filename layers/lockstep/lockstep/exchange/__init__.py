"""One HTTP exchange with a vendor, whichever it is."""
