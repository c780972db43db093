"""What the parameters of a network are called, the same in every panel."""

from __future__ import annotations

from collections.abc import Iterable

SYMBOLS = {"Wx": "Wₓ", "Wh": "Wₕ", "b": "b", "bn": "bₙ", "head.W": "Wₒ", "head.b": "bₒ"}


def symbol(parameter: str) -> str:
    """A parameter such as ``l0.Wh`` as it is written in equations."""
    if parameter in SYMBOLS:
        return SYMBOLS[parameter]
    weight = parameter.partition(".")[2]
    return SYMBOLS.get(weight, weight)


def layer(parameter: str) -> int | None:
    """The layer of ``l0.Wh``, counted from 1; None for the readout's."""
    where = parameter.partition(".")[0]
    return None if where == "head" else int(where.removeprefix("l")) + 1


def full_name(parameter: str) -> str:
    """``Wₕ of layer 2``: the same whatever other layers there are."""
    number = layer(parameter)
    return symbol(parameter) if number is None else f"{symbol(parameter)} of layer {number}"


def names(parameters: Iterable[str]) -> dict[str, str]:
    """What each of the parameters of a network is called; the layer is left out where there is one."""
    parameters = tuple(parameters)
    name = full_name if _has_layers(parameters) else symbol
    return {parameter: name(parameter) for parameter in parameters}


def short_names(parameters: Iterable[str]) -> dict[str, str]:
    """The same where there is little room: ``Wₕ 2``."""
    return {parameter: name.replace(" of layer", "") for parameter, name in names(parameters).items()}


def _has_layers(parameters: Iterable[str]) -> bool:
    return len({layer(parameter) for parameter in parameters} - {None}) > 1
