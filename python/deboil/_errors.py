"""What can go wrong with rules."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake in a rule file."""

    path: str | None
    """The file, as it was named; `None` if the mistake is in none."""
    line: int | None
    """The line, from 1; `None` if the mistake is in no certain line."""
    column: int | None
    """The column in code points, from 1; `None` with the line."""
    what: str
    """What is wrong."""
    cure: str
    """What to do about it."""
    message: str
    """All of it in a line, as the program prints it: `PATH:LINE:COLUMN: what is wrong; what to do`."""

    def __str__(self) -> str:
        return self.message


class RuleError(ValueError):
    """Rules that cannot be loaded: all mistakes, the first of which is `path`, `line` and `cure`."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__(mistakes)
        self.mistakes = mistakes

    def __str__(self) -> str:
        return "\n".join(map(str, self.mistakes))

    @property
    def path(self) -> str | None:
        """The file of the first mistake."""
        return self.mistakes[0].path

    @property
    def line(self) -> int | None:
        """The line of the first mistake."""
        return self.mistakes[0].line

    @property
    def cure(self) -> str:
        """What to do about the first mistake."""
        return self.mistakes[0].cure
