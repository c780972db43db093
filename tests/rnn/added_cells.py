"""Cells as people add them: the one of the README, one without a bias, one whose state is two arrays.

What holds for every cell in the registry holds for these: `EVERY_CELL` stands for CELLS in such a test.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import numpy as np

from rnn.array import Array
from rnn.model.cells import CELLS, Cell, CellTape, Signal, State, Weights
from rnn.model.cells.base import Role, Slopes
from rnn.model.nonlinearities import NONLINEARITIES

README = Path(__file__).parent.parent.parent / "README.md"


def code_for(kind: str) -> str:
    """The block of Python under the README's heading of this kind, one class and one line of a registry."""
    section = re.search(rf"^#### An? {kind}$(.*?)(?=^#|\Z)", README.read_text(encoding="utf-8"), re.M | re.S)
    assert section is not None, f"the README has no section on adding a {kind}"
    (code,) = re.findall(r"^```python$(.*?)^```$", section[1], re.M | re.S)
    assert len(re.findall(r"^class ", code, re.M)) == 1
    assert len(re.findall(r"^[A-Z]+\[", code, re.M)) == 1
    return code


class Unbiased(Cell):
    """h_t = tanh(x_t Wx + h_{t-1} Wh)"""

    title = "Without a bias"
    roles: ClassVar[Mapping[str, Role]] = {"Wx": "input", "Wh": "recurrent"}
    signals = (Signal("h", "h", NONLINEARITIES["tanh"]),)

    def forward(self, weights: Weights, x: Array, start: State) -> CellTape:
        h = [start[0]]
        for x_t in x:
            h.append(np.tanh(x_t @ weights["Wx"] + h[-1] @ weights["Wh"]))
        states = np.array(h)
        return CellTape(x, (states,), {"h": states})

    def slopes(self, weights: Weights, tape: CellTape) -> Slopes:
        return (1.0 - tape.h[1:] ** 2,)

    def step_back(self, weights: Weights, slopes: Slopes, t: int, state: State, da: Array) -> State:
        np.multiply(state[0], slopes[0][t], da)
        return (da @ weights["Wh"].T,)


class Traced(Cell):
    """s_t = tanh(x_t Wx + h_{t-1} Wh + b),   m_t = 0.8 m_{t-1} + s_t,   h_t = s_t + m_t / 2"""

    title = "With a trace"
    states: ClassVar[int] = 2
    signals = (Signal("h", "h", None), Signal("trace", "m", None))

    def forward(self, weights: Weights, x: Array, start: State) -> CellTape:
        h, m, squashed = [start[0]], [start[1]], []
        for x_t in x:
            squashed.append(np.tanh(x_t @ weights["Wx"] + h[-1] @ weights["Wh"] + weights["b"]))
            m.append(0.8 * m[-1] + squashed[-1])
            h.append(squashed[-1] + 0.5 * m[-1])
        states = np.array(h), np.array(m)
        return CellTape(x, states, {"h": states[0], "trace": states[1]}, (np.array(squashed),))

    def slopes(self, weights: Weights, tape: CellTape) -> Slopes:
        return (1.0 - tape.work[0] ** 2,)

    def step_back(self, weights: Weights, slopes: Slopes, t: int, state: State, da: Array) -> State:
        dh, dm = state
        dm += 0.5 * dh
        np.multiply(dh + dm, slopes[0][t], da)
        return da @ weights["Wh"].T, 0.8 * dm


def _of_the_readme() -> dict[str, type[Cell]]:
    before, module = dict(CELLS), ModuleType("added_cell")
    sys.modules["added_cell"] = module
    exec(code_for("cell"), module.__dict__)
    added = {name: CELLS.pop(name) for name in set(CELLS) - set(before)}
    assert before == CELLS
    return added


ADDED: dict[str, type[Cell]] = {**_of_the_readme(), "unbiased": Unbiased, "traced": Traced}
EVERY_CELL: dict[str, type[Cell]] = {**CELLS, **ADDED}
