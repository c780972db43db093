"""The style sheet and the signs that it names."""

from gui.theme import THEMES
from gui.theme.dressing import ICONS


def test_the_signs_in_the_style_sheet_have_the_theme_s_colours() -> None:
    for theme in THEMES.values():
        files = {file.name: file.read_text() for file in (ICONS / theme.name).glob("*.svg")}
        assert set(files) == {"check.svg", "down.svg", "up.svg"}
        assert f'stroke="{theme.on_accent}"' in files["check.svg"]
        assert f'stroke="{theme.muted}"' in files["down.svg"]
        assert f'stroke="{theme.muted}"' in files["up.svg"]
