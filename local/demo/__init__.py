"""`make demo`: the story of the product told on the deployed stack, with books held against both vendors' records."""
