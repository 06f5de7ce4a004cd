"""What the sub-commands of ``okienko`` do: one module per group, imported only when it is asked for."""


class Failed(Exception):
    """A command can't do what it was asked; the text is the one plain line that its user reads."""

    def __init__(self, sentence: str, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code
