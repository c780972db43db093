"""A panel on paper: CSV that reads back to the bit, pictures that open, and failures in one sentence."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gui.panels.frame.export import csv_text, save_numbers, save_picture
from gui.panels.loss.panel import LossPanel
from rnn.errors import DataError
from tests.gui.panels.feeding import begun, feed, shown


def test_numbers_read_back_to_the_bit_and_short_columns_end_in_blanks() -> None:
    losses = [*np.random.default_rng(0).standard_normal(5).tolist(), 1e300, 5e-324]
    rows = list(csv.reader(io.StringIO(csv_text({"update": [1, 2], "mse": losses}))))
    assert rows[0] == ["update", "mse"]
    assert [float(row[1]) for row in rows[1:]] == losses
    assert [row[0] for row in rows[1:]] == ["1", "2", "", "", "", "", ""]


def test_a_word_with_a_comma_stays_one_cell() -> None:
    assert list(csv.reader(io.StringIO(csv_text({"a, b": ["c, d"]})))) == [["a, b"], ["c, d"]]


def test_no_numbers_are_no_rows() -> None:
    assert csv_text({}).strip() == ""


def test_a_panels_numbers_are_saved_as_they_are(qtbot: QtBot, tmp_path: Path) -> None:
    panel = shown(qtbot, LossPanel)
    feed(panel, begun(panel), 120)
    save_numbers(panel.table(), tmp_path / "loss.csv")
    assert (tmp_path / "loss.csv").read_text() == csv_text(panel.table())
    assert len((tmp_path / "loss.csv").read_text().splitlines()) == 121


def test_a_picture_shows_the_panel(qtbot: QtBot, tmp_path: Path) -> None:
    panel = shown(qtbot, LossPanel)
    feed(panel, begun(panel))
    save_picture(panel, tmp_path / "loss.png")
    picture = QImage(str(tmp_path / "loss.png"))
    assert picture.size() == panel.size() * panel.devicePixelRatioF()
    colours = {picture.pixelColor(x, y).name() for x in range(0, 500, 2) for y in range(0, 330, 2)}
    assert len(colours) > 20


def test_a_vector_picture_holds_lines_and_words(qtbot: QtBot, tmp_path: Path) -> None:
    panel = shown(qtbot, LossPanel)
    feed(panel, begun(panel))
    save_picture(panel, tmp_path / "loss.svg")
    root = ElementTree.parse(tmp_path / "loss.svg").getroot()
    assert root.tag.endswith("svg")
    kinds = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert {"path", "polyline"} & kinds
    words = " ".join("".join(element.itertext()) for element in root.iter() if element.tag.endswith("text"))
    assert "Loss" in words
    assert "update" in words


@pytest.mark.parametrize("name", ["loss.png", "loss.svg"])
def test_a_picture_that_cannot_be_written_is_one_sentence_and_no_file(
    qtbot: QtBot, tmp_path: Path, name: str
) -> None:
    panel = shown(qtbot, LossPanel)
    (tmp_path / "taken").write_text("a file where a folder should be")
    with pytest.raises(DataError) as caught:
        save_picture(panel, tmp_path / "taken" / name)
    assert "taken" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
