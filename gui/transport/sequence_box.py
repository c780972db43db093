"""Which of the training sequences is on display."""

from __future__ import annotations

from PySide6.QtCore import Signal

from gui.widgets.inputs import SpinBox


class SequenceBox(SpinBox):
    """A number that a person counts from 1, and the program from 0.

    Signals:
        chosen: a person chose the sequence of this number, counted from 0.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Displayed sequence")
        self.setToolTip("The training sequence that all panels show (, and . go back and on)")
        self.valueChanged.connect(self._on_changed)
        self.show_sequences(1, 0)

    def show_sequences(self, count: int, current: int) -> None:
        """Offer ``count`` sequences and show the number ``current``, counted from 0; nothing is emitted."""
        self.blockSignals(True)
        self.setRange(1, max(1, count))
        self.setSuffix(f" of {count:,}")
        self.setValue(current + 1)
        self.setEnabled(count > 1)
        self.blockSignals(False)

    def _on_changed(self, number: float) -> None:
        self.chosen.emit(round(number) - 1)
