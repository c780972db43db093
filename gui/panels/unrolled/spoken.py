"""What the equation of the unrolled network is of: what is pointed at, or else what the wave has reached."""

from __future__ import annotations

from gui.panels.unrolled.forward import Lines
from gui.panels.unrolled.layout import Layout, Place, Spoken
from gui.panels.unrolled.wave import Wave
from gui.panels.unrolled.words import Words
from gui.panels.words.figures import sub

NOT_YET = "not yet"
ROW_NAMES = {"input": "x", "answer": "ŷ", "target": "y", "loss": "L"}


def lines_at(words: Words, layout: Layout, place: Place | None, wave: Wave) -> Lines:
    """The equation of what is pointed at, or of what the wave has just reached."""
    if place is None:
        return _reached(words, wave)
    layer, below = layout.layer(place.row), layout.layer(place.row - 1)
    pulled = wave.pulled_back(place.step) > 0.0
    if place.kind == "input":
        return words.input(place.step)
    if place.kind == "up" and below is not None and pulled:
        return words.comes_in(below, place.step)
    if layer is not None and place.kind == "across" and pulled and place.step:
        by_cell = len(words.ways[layer].total) > 1 and place.share > 0.5
        return words.passes(layer, place.step, by_cell)
    unit = unit_at(layout, place)
    step = place.step if unit is None else unit[1]
    if not computed(wave, step):
        return not_yet("h" if unit is not None else "ŷ", step)
    return words.answer(step) if unit is None else words.unit(*unit)


def lines_of_step(words: Words, step: int, wave: Wave) -> Lines:
    """The equation of a time step that is pointed at in another panel: how the gradient gets to its state."""
    top, end = len(words.ways) - 1, words.moment.end
    if wave.pulled_back(step) > 0.0:
        return words.passes(top, step) if step < end else words.comes_in(top, step)
    return words.unit(top, step, 0) if computed(wave, step) else not_yet("h", step)


def spoken_at(words: Words, layout: Layout, place: Place | None, wave: Wave) -> Spoken | None:
    """The unit that `lines_at` speaks of; None where it speaks of none, or of all of a layer."""
    if place is None:
        return None if wave.backward else (len(words.ways) - 1, wave.step, 0)
    pulled = wave.pulled_back(place.step) > 0.0
    if pulled and (place.kind == "up" or (place.kind == "across" and place.step)):
        return None
    return unit_at(layout, place)


def spoken_of_step(words: Words, step: int, wave: Wave) -> Spoken | None:
    """The unit that `lines_of_step` speaks of, or None."""
    return None if wave.pulled_back(step) > 0.0 else (len(words.ways) - 1, step, 0)


def unit_at(layout: Layout, place: Place) -> Spoken | None:
    """The unit at a place, or that a way leads to; None where there is none."""
    layer = layout.layer(place.row)
    if layer is None:
        return None
    return layer, place.step + (place.kind == "across"), layout.unit(place)


def computed(wave: Wave, step: int) -> bool:
    """Whether the forward pass has come to a time step."""
    return step == 0 or wave.computed(step) > 0.0


def not_yet(name: str, step: int) -> Lines:
    """Instead of an equation whose numbers are ahead of the wave."""
    return f"{sub(name, step)}: {NOT_YET}", f"the forward pass has not come to time step {step}"


def name_of(layout: Layout, place: Place) -> str:
    """What a place is called: h₈ → h₉."""
    layer, step = layout.layer(place.row), place.step
    where = f" of layer {layer + 1}" if layer is not None and len(layout.widths) > 1 else ""
    if place.kind == "across":
        return f"{sub('h', step)} → {sub('h', step + 1)}{where}"
    if place.kind == "unit":
        return f"{sub('h', step)}[{layout.unit(place) + 1}]{where}"
    if place.kind != "up":
        return sub(ROW_NAMES[place.kind], step)
    return f"{_row_name(layout, place.row - 1, step)} → {_row_name(layout, place.row, step)}"


def _row_name(layout: Layout, row: int, step: int) -> str:
    if row >= len(layout.rows):
        return sub("L", step)
    kind, layer = layout.rows[row].kind, layout.layer(row)
    where = f" of layer {layer + 1}" if layer is not None and len(layout.widths) > 1 else ""
    return f"{sub(ROW_NAMES.get(kind, 'h'), step)}{where}"


def _reached(words: Words, wave: Wave) -> Lines:
    top, end = len(words.ways) - 1, words.moment.end
    if not wave.backward:
        return words.unit(top, wave.step, 0)
    # Run through, there is no step just reached: the first way back stands for all.
    step = end - 1 if wave.position >= wave.last else wave.step
    return words.passes(top, step) if 1 <= step < end else words.comes_in(top, end)
