"""Why a command could not be done: one sentence for whoever typed it."""


class CliProblem(Exception):
    """Ends the command with exit code 1 and this sentence."""
