"""Why the demo could not go on: one sentence for whoever watches, and the end of a log where that helps."""


class DemoProblem(Exception):
    """Ends the demo with exit code 1."""

    def __init__(self, sentence: str, log: str = ""):
        super().__init__(sentence)
        self.log = log
