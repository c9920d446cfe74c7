"""SOQL as far as the product and its witnesses need it: parsed, checked against the user's rights, and executed."""
