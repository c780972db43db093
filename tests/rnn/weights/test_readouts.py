"""Which layer of somebody's own model is its readout: found where only one fits, named, or refused."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from rnn.errors import DataError, Undecided
from rnn.model.network import Network
from rnn.model.readout import SquaredError
from rnn.weights import Names, network_of, readouts

H = 8
Arrays = dict[str, Any]


def lstm(prefix: str = "rnn.", inputs: int = 3, end: str = "_l0", gates: int = 4) -> Arrays:
    rng = np.random.default_rng(0)
    shapes: dict[str, tuple[int, ...]] = {"weight_ih": (gates * H, inputs), "weight_hh": (gates * H, H)}
    shapes |= {"bias_ih": (gates * H,), "bias_hh": (gates * H,)}
    return {f"{prefix}{name}{end}": rng.standard_normal(shape) for name, shape in shapes.items()}


def linear(name: str, outputs: int, inputs: int = H, bias: bool = True) -> Arrays:
    weight = np.random.default_rng(1).standard_normal((outputs, inputs))
    return {f"{name}.weight": weight} | ({f"{name}.bias": np.ones(outputs)} if bias else {})


def norm(name: str, units: int = H) -> Arrays:
    return {f"{name}.weight": np.ones(units), f"{name}.bias": np.zeros(units)}


def read(arrays: Arrays, **named: str) -> tuple[Network, Names]:
    return network_of(arrays, "m.npz", nonlinearity="tanh", readout=SquaredError, **named)


OUT = linear("out", 2)
FOUND: dict[str, tuple[Arrays, str]] = {
    "a language model": (lstm(inputs=H) | linear("embedding", 12, bias=False) | linear("out", 12), "out"),
    "an embedding of another width": (lstm() | linear("words", 12, 3, bias=False) | OUT, "out"),
    "an embedding beside other inputs": (lstm(inputs=11) | linear("emb", 12, bias=False) | OUT, "out"),
    "a layer that makes the input": (lstm(inputs=H) | linear("project", H, 5) | OUT, "out"),
    "layers that make the input": (
        lstm(inputs=16) | linear("enc.0", H, 5) | linear("enc.2", 16, H) | OUT,
        "out",
    ),
    "a widening layer before a series": (lstm(inputs=16) | linear("up", 16, 2) | OUT, "out"),
    "a series of one number": (lstm(inputs=1) | linear("fc", 1), "fc"),
    "a series of several": (lstm(inputs=5) | linear("fc", 5), "fc"),
    "what this program saves": (lstm(inputs=H) | linear("head", H, bias=False), "head"),
    "normalization": (lstm() | norm("ln") | OUT, "out"),
    "attention": (
        lstm() | {"att.in_proj_weight": np.ones((24, H))} | linear("att.out_proj", H) | OUT,
        "out",
    ),
    "a row with the input's layer": (
        lstm("net.1.", inputs=H) | linear("net.0", H, 5) | linear("net.3", 2),
        "net.3",
    ),
}
OPEN: dict[str, tuple[Arrays, str]] = {
    "an encoder": (
        lstm(inputs=H) | linear("embedding", 12, bias=False),
        "embedding.weight: is all that fits",
    ),
    "words without a bias": (
        lstm(inputs=H + 2) | linear("wte", 12, bias=False),
        "wte.weight: is all that fits",
    ),
    "a square layer": (lstm(inputs=H) | linear("fc", H), "fc.weight: is all that fits as the readout"),
    "an embedding and what makes the input of it": (
        lstm() | linear("emb", 12, bias=False) | linear("fc", 3),
        "several linear layers fit, emb, fc;",
    ),
    "two answers": (
        lstm() | linear("policy", 4) | linear("value", 1),
        "several linear layers fit, policy, value;",
    ),
    "two layers": (
        lstm() | linear("fc1", H) | linear("fc2", 2),
        "several linear layers fit, fc1, fc2, and a head of several that follow",
    ),
    "a hidden layer of another width": (
        lstm() | linear("fc1", 16) | linear("fc2", 2, 16),
        "fc1.weight: fits as the readout, but may be one layer of several with fc2",
    ),
    "a layer over states and inputs": (
        lstm() | linear("fc1", H, H + 3) | OUT,
        "out.weight: fits as the readout, but may be one layer of several with fc1",
    ),
}
SEVERAL: dict[str, tuple[Arrays, str, tuple[str, ...]]] = {
    "nn.Sequential": (
        lstm() | linear("head.0", H) | linear("head.3", 1),
        "head.0, head.3",
        ("head.3", "head.0"),
    ),
    "three": (
        lstm("m.rnn.") | linear("m.mlp.0", 16) | linear("m.mlp.2", 16, 16) | linear("m.mlp.10", 1, 16),
        "m.mlp.0, m.mlp.2, m.mlp.10",
        ("m.mlp.0", "m.mlp.2", "m.mlp.10"),
    ),
    "a row with the module": (
        lstm("0.") | linear("2", H) | linear("4", 1),
        "2, 4",
        ("2", "4.weight"),
    ),
    "names in a module of their own": (
        lstm("net.rnn.")
        | linear("net.head.fc1", 16)
        | norm("net.head.ln", 16)
        | linear("net.head.fc2", 2, 16),
        "net.head.fc1, net.head.fc2",
        ("net.head.fc1", "net.head.fc2"),
    ),
}


@pytest.mark.parametrize("kind", FOUND)
def test_the_only_layer_that_can_be_the_readout_needs_no_name(kind: str) -> None:
    arrays, head = FOUND[kind]
    network, names = read(arrays)
    assert names.head == head
    np.testing.assert_array_equal(network.parameters["head.W"], arrays[f"{head}.weight"].T)
    assert not any(name.startswith(f"{head}.") for name in names.unused)


@pytest.mark.parametrize("kind", OPEN)
def test_a_readout_that_may_be_another_is_named(kind: str) -> None:
    arrays, sentence = OPEN[kind]
    with pytest.raises(Undecided) as refusal:
        read(arrays)
    assert sentence in str(refusal.value)
    ways = (
        "; name it, if it is the readout, with model.head",
        "; name the one that takes the states with model.head",
    )
    assert str(refusal.value).endswith(ways)
    for head in ("embedding", "fc", "fc1", "policy", "out"):
        if f"{head}.weight" in arrays and arrays[f"{head}.weight"].shape[1] == H:
            assert read(arrays, head=head)[1].head == head


@pytest.mark.parametrize("kind", SEVERAL)
def test_a_head_of_several_layers_is_refused_as_one_whichever_is_named(kind: str) -> None:
    arrays, layers, named = SEVERAL[kind]
    for head in ("", *named):
        with pytest.raises(DataError) as refusal:
            read(arrays, head=head)
        count = layers.count(",") + 1
        assert f"is one of {count} linear layers that follow on each other, {layers}" in str(refusal.value)


def test_a_layer_that_is_passed_over_by_a_name_is_said_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    _, names = read(lstm() | linear("fc1", H) | linear("fc2", 2), head="fc2")
    assert names.assumed == ("The readout fc2 is taken as the only layer behind the states, without fc1",)
    assert names.notes[1].startswith("Not used: fc1.bias, fc1.weight; ")
    assert read(lstm() | linear("policy", 4) | linear("value", 1), head="value")[1].assumed == ()


@pytest.mark.parametrize("gates", [1, 3, 4])
def test_a_cell_is_a_layer_under_names_of_its_own(gates: int) -> None:
    cells = lstm("core.cell.", end="", gates=gates) | OUT
    network, names = read(cells)
    layers, _ = read(lstm("core.cell.", gates=gates) | OUT)
    assert network.parameters.vector.tobytes() == layers.parameters.vector.tobytes()
    assert type(network.cell) is type(layers.cell)
    assert {names.own(name) for name in ("rnn.weight_ih_l0", "rnn.bias_hh_l0", "head.bias")} <= cells.keys()
    assert names.unused == ()
    with pytest.raises(DataError, match=r"m\.npz, core\.cell\.weight_hh: expected the shape "):
        read(cells | {"core.cell.weight_hh": np.ones((5, H))})


def test_of_several_recurrent_modules_one_is_named_and_the_rest_said_not_to_be_there() -> None:
    arrays = lstm("lstm1.") | lstm("lstm2.", inputs=H) | lstm("") | OUT
    with pytest.raises(Undecided, match=r"several recurrent modules, lstm1, lstm2, \., of which") as refusal:
        read(arrays)
    assert str(refusal.value).endswith("; name it with model.rnn")
    for name, prefix in (("lstm1", "lstm1."), ("lstm2.", "lstm2."), (".", "")):
        network, names = read(arrays, rnn=name)
        assert names.prefix == prefix
        np.testing.assert_array_equal(network.parameters["l0.Wx"], arrays[f"{prefix}weight_ih_l0"].T)
        assert "alone, on its own input and from zero, without " in names.assumed[0]
    with pytest.raises(DataError, match=r"m\.npz, gru: is no recurrent module of the file; it has lstm1, "):
        read(arrays, rnn="gru")


PARTS: dict[str, tuple[tuple[str, ...], str]] = {
    "weight norm": (
        ("parametrizations.{}.original0", "parametrizations.{}.original1"),
        "torch.nn.utils.parametrize.remove_parametrizations",
    ),
    "spectral norm": (
        ("parametrizations.{}.original", "parametrizations.{}.0._u", "parametrizations.{}.0._v"),
        "torch.nn.utils.parametrize.remove_parametrizations",
    ),
    "weight norm of old": (("{}_g", "{}_v"), "torch.nn.utils.remove_weight_norm"),
    "spectral norm of old": (("{}_orig", "{}_u", "{}_v"), "torch.nn.utils.remove_spectral_norm"),
    "pruning": (("{}_orig", "{}_mask"), "torch.nn.utils.prune.remove"),
    "dropout of weights": (("{}_raw",), "put the weight itself there"),
}


@pytest.mark.parametrize("kind", PARTS)
@pytest.mark.parametrize("weight", ["net.rnn.weight_hh_l0", "net.3.weight"])
def test_a_weight_that_is_there_in_parts_is_told_with_the_way_out(kind: str, weight: str) -> None:
    parts, way = PARTS[kind]
    arrays = lstm("net.rnn.") | linear("net.3", 2)
    whole = arrays.pop(weight)
    module, _, name = weight.rpartition(".")
    arrays |= {f"{module}.{part.format(name)}": whole if "_u" not in part else whole[0] for part in parts}
    with pytest.raises(DataError) as refusal:
        read(arrays)
    said = str(refusal.value)
    assert said.startswith(f"m.npz, {weight}: is in the file in parts, {module}.")
    place = {"net.rnn": "model.net.rnn", "net.3": "model.net[3]"}[module]
    assert way in said
    assert f'({place}, "{name}")' in said or way.startswith("put")
    assert len(said) <= 300


def test_a_copy_that_dropout_has_passed_is_not_taken_for_the_weight() -> None:
    arrays = lstm("rnn.module.") | OUT
    arrays["rnn.weight_hh_l0_raw"] = arrays["rnn.module.weight_hh_l0"]
    with pytest.raises(DataError, match=r"rnn\.module\.weight_hh_l0: is in the file in parts"):
        read(arrays)


def test_numbers_in_names_may_be_longer_than_python_reads() -> None:
    number = "1" * 5000
    _, names = read(lstm(f"{number}.") | linear(f"{number}2", 2))
    assert names.head == f"{number}2"
    with pytest.raises(Undecided, match="several linear layers fit, "):
        read(lstm() | linear(f"h{number}", 2) | linear("g", H))


def test_many_layers_are_put_in_order_once(monkeypatch: pytest.MonkeyPatch) -> None:
    natural = Mock(wraps=readouts._natural)
    monkeypatch.setattr(readouts, "_natural", natural)
    layers = [linear(f"experts.{number}.fc", H) for number in range(200)]
    with pytest.raises(DataError, match="one of 200 linear layers that follow on each other"):
        read({name: array for each in (lstm(), *layers, OUT) for name, array in each.items()})
    assert natural.call_count < 3 * len(layers)
