"""What can go wrong before the stack stands, as a sentence that a person can act on."""


class CloudProblem(Exception):
    """One sentence: what is wrong and what to do."""
