"""What the panels of the memory tasks share: the newest answers, and the share of them that is correct."""

from __future__ import annotations

from collections.abc import Sequence

from gui.panels.frame.panel import Panel
from gui.panels.memory import words
from gui.panels.plots.plot import Plot
from gui.panels.words.figures import accuracy_words
from gui.theme import Theme
from rnn.number_format import short
from rnn.observing.probes import Answers
from rnn.observing.snapshot import RunInfo, Snapshot
from rnn.training.scalars import Scalars


class MemoryFitPanel(Panel):
    """Base of a panel that shows what a sequence showed, the answers expected of it, and those given.

    Its figure is of the held-out sequences, its caption of those that are drawn.
    """

    name = "fit"
    title = "Expected and answered"
    says_first = words.SAYS_FIRST
    probes = frozenset({"answers"})

    def __init__(self, theme: Theme, plot: Plot) -> None:
        super().__init__(theme, plot)
        self.snapshot: Snapshot | None = None
        self.answers: Answers | None = None
        self._accuracy: float | None = None
        self._within = ""

    @classmethod
    def suits(cls, info: RunInfo) -> bool:
        return info.config.task.display == "memory"

    def begin(self, info: RunInfo) -> None:
        self.snapshot = self.answers = self._accuracy = None
        self.time_steps = info.steps
        tolerance = info.config.task.tolerance
        self._within = "" if info.readout.classes or tolerance is None else f" within {short(tolerance, 1)}"
        self.set_figure("")

    def receive(self, scalars: Sequence[Scalars], snapshot: Snapshot | None) -> None:
        for burst in scalars:
            for epoch in burst.epochs:
                self._accuracy = epoch.accuracy
                self.dirty = True
        answers = snapshot.probe(Answers) if snapshot is not None else None
        if answers is not None:
            self.snapshot, self.answers = snapshot, answers
            self.dirty = True

    def draw(self) -> None:
        if self._accuracy is not None:
            self.set_figure(f"held out {accuracy_words(self._accuracy)}")
        if self.answers is not None and self.snapshot is not None:
            self.draw_answers(self.answers, self.snapshot)

    def summary(self) -> str:
        return "" if self.answers is None else words.summary(self.answers, self._accuracy)

    def draw_answers(self, answers: Answers, snapshot: Snapshot) -> None:
        """Bring the plot items up to these."""
        raise NotImplementedError

    def show_caption(self, answers: Answers, where: str, left_out: int = 0) -> None:
        """Say in the caption which sequences are shown, and ``where`` those that follow the first are.

        So many of their answers may be ``left_out``, since no scale holds them.
        """
        first, last = answers.sequence[0] + 1, answers.sequence[-1] + 1
        all_of_them = f"sequences {first:,} to {last:,}" if last > first else "its answers"
        if answers.right is not None:
            correct, count = int(answers.right.sum()), len(answers.right)
            all_of_them += f": {correct:,} of {count:,} correct{self._within}"
        if left_out:
            all_of_them += f"; {left_out:,} off the scale"
        self.set_caption(f"Sequence {first:,}; {where} {all_of_them}.")
