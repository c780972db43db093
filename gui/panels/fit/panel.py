"""The fit panel: what should be answered and what is, now and earlier, and the network on its own output."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from PySide6.QtWidgets import QMenu, QToolButton

from gui.panels.fit import words
from gui.panels.fit.items import Drawn, FitItems
from gui.panels.frame.chooser import Chooser, numbered
from gui.panels.frame.export import Table
from gui.panels.frame.panel import Panel
from gui.panels.keys.legend import Legend
from gui.panels.plots.plot import Plot
from gui.panels.plots.step_marks import nearest
from gui.theme import Theme
from rnn.number_format import counted, short
from rnn.observing.probes import Fit
from rnn.observing.snapshot import RunInfo, Snapshot, SnapshotRequest
from rnn.training.scalars import Scalars

ROOM_FOR_WORDS = 0.15
FILLED = 0.7  # of the value axis, at least
ZERO = "at zero"
CARRIED = "the state is carried on from the sequence before"
FAR = 100.0  # times the largest target: a prediction beyond that leaves the picture


class FitPanel(Panel):
    """Target and prediction over consecutive sequences, with earlier moments as ghosts."""

    name = "fit"
    title = "Sine fit"
    says_first = words.FREE_FIRST
    explanation = words.EXPLANATION
    probes = frozenset({"fit"})

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, Plot("time step", "value"))
        self._fit: Fit | None = None
        self._info: RunInfo | None = None
        self._standing = self.caption
        self._own_output_wanted = True
        self._ghosts_wanted = True
        self._cursor: int | None = None
        self.items = FitItems(self.plot, theme)
        self.legend = Legend()
        self.add_key(self.legend)
        self.feature = Chooser("the output feature that is drawn")
        self.feature.chosen.connect(self._on_feature_chosen)
        self.add_control(self.feature)
        self.pin = QToolButton()
        self.pin.setText("Pin")
        self.pin.setAccessibleName("Pin the fit of this moment")
        self.pin.setToolTip("Keep the fit of this moment as a ghost (P)")
        self.pin.clicked.connect(self._on_pin_clicked)
        self.add_control(self.pin)
        self.apply_theme(theme)

    @classmethod
    def suits(cls, info: RunInfo) -> bool:
        return info.config.task.display == "numbers" and not info.readout.classes

    def begin(self, info: RunInfo) -> None:
        task = info.config.task
        self.set_title(self.title if task.name == "sine" else "Fit")
        self._fit = None
        self.time_steps = info.steps
        self.items.clear()
        self.feature.offer(numbered("output", info.outputs))
        self.set_figure("")
        self.plot.left.setLabel(words.value_label(task))
        self._info = info
        count = min(SnapshotRequest().span, info.batches.stream_of(0)[1])
        self._show_places(0, count, info.steps, task.carry_state, ZERO)
        self.plot.let_go()
        self._show_values(-1.0, 1.0, 1)
        self.items.answers_name = words.answers_name(task.name)
        self.items.say_off_the_scale(False)
        self.legend.show_entries(self.items.entries())

    def receive(self, scalars: Sequence[Scalars], snapshot: Snapshot | None) -> None:
        fit = snapshot.probe(Fit) if snapshot is not None else None
        if fit is not None:
            self._fit = fit
            self.dirty = True

    def draw(self) -> None:
        fit = self._fit
        if fit is None:
            return
        drawn = self._wanted(fit)
        where = "as the file says" if fit.given else ZERO
        self._show_places(fit.first, fit.sequences, fit.steps, fit.carried, where)
        target, prediction = drawn.target[drawn.scored], drawn.prediction[drawn.scored]
        near = np.abs(prediction) <= FAR * (np.abs(target).max() or 1.0)
        seen = np.append(target, prediction[near])
        off_the_scale = not near.all()
        shown = self._show_values(float(seen.min()), float(seen.max()), 2 if off_the_scale else 1)
        self.items.draw(drawn, shown)
        self.items.say_off_the_scale(off_the_scale)
        self._mark_step()
        self.legend.show_entries(self.items.entries())
        self.say_first(words.SAYS_FIRST if drawn.own_output is None else words.FREE_FIRST)
        self.set_figure(f"mean square error {short(drawn.mse, 3)}")

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.items.apply_theme(theme)
        self.legend.apply_theme(theme)
        self.legend.show_entries(self.items.entries())

    def readout(self, x: float, y: float) -> str:
        fit = self._fit
        place = nearest(x) - 1
        if fit is None or not 0 <= place < len(fit.target):
            return ""
        sequence, step = divmod(place, fit.steps)
        target = float(fit.target[place, self.feature.value])
        prediction = float(fit.output[place, self.feature.value])
        return " · ".join(
            (
                f"sequence {fit.first + sequence + 1}, time step {step + 1} of {fit.steps}",
                f"target {short(target, 3)}",
                f"prediction {short(prediction, 3)}",
                f"difference {short(prediction - target, 3)}",
                *([] if fit.scored[place] else ["not scored"]),
            )
        )

    def table(self) -> Table:
        fit = self._fit
        if fit is None:
            return {}
        drawn = self._wanted(fit)
        places = np.arange(len(drawn.target))
        table: dict[str, Sequence[object]] = {
            "sequence": (fit.first + places // fit.steps + 1).tolist(),
            "time_step": (places % fit.steps + 1).tolist(),
            "target": drawn.target.tolist(),
            words.COLUMNS[self.items.answers_name]: drawn.prediction.tolist(),
        }
        if not drawn.scored.all():
            table["scored"] = drawn.scored.astype(int).tolist()
        if drawn.own_output is not None:
            values = drawn.own_output.tolist()
            table["own_output"] = [""] * drawn.warm_up + values[drawn.warm_up :]
        for label, answers in drawn.ghosts.items():
            table[label.replace(" ", "_")] = answers.tolist()
        return table

    def summary(self) -> str:
        fit = self._fit
        if fit is None:
            return ""
        drawn = self._wanted(fit)
        count = f"{fit.sequences:,} sequences" if fit.sequences > 1 else f"sequence {fit.first + 1:,}"
        return words.summary(self.items.answers_name, count, drawn.mse, drawn.own_mse)

    def show_cursor(self, step: int | None) -> None:
        self._cursor = step
        self._mark_step()

    def extend_menu(self, menu: QMenu) -> None:
        for text, wanted, toggled in (
            ("Given its own answers", self._own_output_wanted, self._on_own_output_toggled),
            ("Ghosts", self._ghosts_wanted, self._on_ghosts_toggled),
        ):
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(wanted)
            action.toggled.connect(toggled)
        for label in self._fit.ghosts if self._fit is not None else ():
            menu.addAction(f"Remove {label}", partial(self.unpin_asked.emit, label))

    def _wanted(self, fit: Fit) -> Drawn:
        feature = self.feature.value
        ghosts = fit.ghosts if self._ghosts_wanted else {}
        return Drawn(
            target=fit.target[:, feature],
            prediction=fit.output[:, feature],
            scored=fit.scored,
            ghosts={label: answers[:, feature] for label, answers in ghosts.items()},
            own_output=fit.free[:, feature] if fit.free is not None and self._own_output_wanted else None,
            warm_up=fit.warm_up,
            steps=fit.steps,
            carried=fit.carried,
        )

    def _show_places(self, first: int, count: int, steps: int, carried: bool, where: str) -> None:
        """Say which time steps are drawn, and where the state begins, on the axis and in the caption."""
        self.plot.set_ranges(x=(0.5, count * steps + 0.5))
        self.items.mark_borders(count, steps)
        one = count == 1
        which = f"sequence {first + 1}" if one else f"sequences {first + 1} to {first + count}"
        steps_each = counted(steps, "time step") + ("" if one else " each")
        state = f"the state starts {where}{'' if one else ' in each'}"
        if carried:
            assert self._info is not None
            begins = self._info.batches.stream_of(first)[0] == first
            state = f"the first begins {where}, then carried on" if begins else CARRIED
        feature = (
            f", output {self.feature.value + 1} of {self.feature.count}" if self.feature.count > 1 else ""
        )
        standing = f"{which[:1].upper()}{which[1:]}, {steps_each}{feature}; {state}."
        if standing != self._standing:
            self._standing = standing
            self.set_caption(standing)

    def _show_values(self, low: float, high: float, lines: int) -> tuple[float, float]:
        """Let the axis hold these values, with room on top for so many lines of words."""
        top = high + lines * ROOM_FOR_WORDS * (high - low)
        return self.plot.hold(low, top, filled=FILLED)

    def _mark_step(self) -> None:
        """Mark the step that a person points at, in the displayed sequence: the first one that is drawn."""
        fit, step = self._fit, self._cursor
        if fit is None or step is None or step > fit.steps:
            self.items.mark_step(None, ())
            return
        feature = self.feature.value
        self.items.mark_step(step, (fit.target[step - 1, feature], fit.output[step - 1, feature]))

    def _on_pin_clicked(self) -> None:
        self.pin_asked.emit()

    def _on_feature_chosen(self) -> None:
        self.plot.let_go()
        self.dirty = True

    def _on_own_output_toggled(self, wanted: bool) -> None:
        self._own_output_wanted = wanted
        self.dirty = True

    def _on_ghosts_toggled(self, wanted: bool) -> None:
        self._ghosts_wanted = wanted
        self.dirty = True
