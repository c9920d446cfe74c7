"""The REST resources, one module a family: each function takes a call and gives an answer."""
