"""The article's recursion: as its own code has it, how wrong that is, and right once it is mended."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.array import Array
from rnn.data.tasks.sine import Sine
from rnn.model.batch import Batch
from rnn.model.cells import CELLS
from rnn.model.network import Network, States, Tape
from rnn.model.readout import READOUTS
from rnn.observing.probes.article_recursion import (
    CARRIED,
    CHOICES,
    ERRORS,
    TRANSPOSED,
    Errors,
    article_gradient,
    does_not_apply,
)
from tests.rnn.cases import golden
from tests.rnn.differences import differences

BOTH, NONE = frozenset(ERRORS), frozenset[str]()


def made(seed: int, H: int, T: int, D: int = 1, outputs: int = 1) -> tuple[Network, Batch]:
    rng = np.random.default_rng(seed)
    network = Network(D, (H,), outputs)
    network.initialize(rng, "gaussian")
    return network, Batch(rng.standard_normal((T, 1, D)), rng.standard_normal((T, 1, outputs)))


def passed(network: Network, batch: Batch, start: States | None = None) -> tuple[Tape, Array]:
    tape = network.forward(batch.x, start)
    return tape, network.readout.loss(tape.output, batch)[1]


def sine_of_the_article(seed: int, H: int, initializer: str) -> tuple[Network, Batch]:
    network = Network(1, (H,), 1)
    network.initialize(np.random.default_rng(seed), initializer)
    return network, Sine().generate(np.random.default_rng(seed)).train.batch(slice(0, 1))


def with_lists(network: Network, tape: Tape, dy: Array, errors: Errors) -> dict[str, Array]:
    """The same with lists of tensors (H, …), one member for each step, as the article's code keeps them."""
    Wh, W2 = network.parameters["l0.Wh"], network.parameters["head.W"]
    x, h, z = tape.cells[0].x[:, 0], tape.cells[0].h[:, 0], dy[:, 0]
    of: dict[str, list[Array]] = {"l0.Wh": [], "l0.Wx": [], "l0.b": []}
    total = {name: np.zeros_like(network.parameters[name]) for name in of}
    for i in range(len(z)):
        D = np.diag(1.0 - h[i + 1] ** 2)
        J = D @ (Wh if TRANSPOSED in errors else Wh.T)
        for name, immediate in (
            ("l0.Wh", np.einsum("ab,c->acb", D, h[i])),
            ("l0.Wx", np.einsum("ab,c->acb", D, x[i])),
            ("l0.b", D),
        ):
            total[name] += np.tensordot(W2 @ z[i], immediate, axes=1)
            if CARRIED in errors:
                of[name].append(immediate)
            if i > 0:
                of[name] = [np.tensordot(J, member, axes=1) for member in of[name]]
                for member in of[name]:
                    total[name] += np.tensordot(W2 @ z[i], member, axes=1)
            if CARRIED not in errors:
                of[name].append(immediate)
    return total


@pytest.mark.parametrize("errors", CHOICES, ids=lambda errors: " and ".join(sorted(errors)) or "mended")
@settings(max_examples=25)
@given(
    H=st.integers(1, 5),
    T=st.integers(1, 7),
    D=st.integers(1, 3),
    outputs=st.integers(1, 3),
    seed=st.integers(0, 2**32 - 1),
)
def test_going_back_gives_what_the_lists_of_tensors_give(
    *, errors: Errors, H: int, T: int, D: int, outputs: int, seed: int
) -> None:
    network, batch = made(seed, H, T, D, outputs)
    tape, dy = passed(network, batch)
    ours = article_gradient(network, tape, dy, errors)
    for name, expected in with_lists(network, tape, dy, errors).items():
        np.testing.assert_allclose(ours[name], expected, rtol=1e-10, atol=1e-13 * max(1.0, np.abs(dy).max()))


def test_training_by_it_goes_as_the_reference_says_that_the_articles_code_goes() -> None:
    case = golden("article_training")
    network = Network(1, (len(case["init.b"]),), 1)
    for name, key in zip(network.parameters, ("Wx", "Wh", "b", "Wy", "by"), strict=True):
        network.parameters[name][...] = case[f"init.{key}"]
    losses = []
    for update in range(300):
        x, y = case["x"][update % 100, :, None], case["y"][update % 100, :, None]
        tape, dy = passed(network, Batch(x, y))
        losses.append(2.0 * network.readout.loss(tape.output, Batch(x, y))[0])
        for name, gradient in article_gradient(network, tape, dy, BOTH).items():
            network.parameters[name][...] -= 0.1 * gradient
    expected, right = (case[f"{name}.mse"].ravel()[:300] for name in ("article_recursion_sgd", "sgd"))
    np.testing.assert_allclose(losses, expected, rtol=1e-8)
    assert np.abs(np.array(losses) / right - 1.0).max() > 1e-3


@settings(max_examples=40)
@given(
    H=st.integers(1, 6),
    T=st.integers(1, 9),
    truncation=st.none() | st.integers(1, 9),
    seed=st.integers(0, 2**32 - 1),
)
def test_with_both_errors_mended_it_is_backpropagation(
    H: int, T: int, truncation: int | None, seed: int
) -> None:
    network, batch = made(seed, H, T, 2, 2)
    rng = np.random.default_rng(seed)
    tape, dy = passed(network, batch, [(rng.uniform(-1.0, 1.0, (1, H)),)])
    right = network.backward(tape, dy, truncation).parameters
    ours = article_gradient(network, tape, dy, NONE, truncation)
    assert list(ours) == list(network.parameters)
    for name, gradient in ours.items():
        np.testing.assert_allclose(
            gradient, right[name], rtol=1e-10, atol=1e-13 * max(1.0, np.abs(dy).max() * T)
        )


def off(network: Network, batch: Batch, errors: Errors) -> dict[str, float]:
    """‖a − n‖ / ‖n‖ of every gradient, n by central differences."""
    tape, dy = passed(network, batch)
    found = {}
    for name, gradient in article_gradient(network, tape, dy, errors).items():
        numeric = differences(network, network.parameters[name], batch, network.start(1))
        found[name] = float(np.linalg.norm(gradient - numeric) / np.linalg.norm(numeric))
    return found


def test_it_is_off_by_some_twenty_percent_with_the_articles_weights() -> None:
    of_b = [off(*sine_of_the_article(seed, 4, "uniform"), BOTH)["l0.b"] for seed in range(8)]
    assert min(of_b) > 0.01
    assert max(of_b) > 0.2
    assert max(of_b) < 0.5


def test_it_is_off_by_about_everything_where_the_weights_have_mean_zero() -> None:
    of_all = [
        error
        for seed in range(6)
        for name, error in off(*sine_of_the_article(seed, 10, "glorot"), BOTH).items()
        if name.startswith("l0")
    ]
    assert np.median(of_all) > 0.86
    assert max(of_all) > 1.3


@pytest.mark.parametrize("initializer", ["uniform", "gaussian"])
def test_each_error_by_itself_is_one_and_the_readout_is_right_from_the_start(initializer: str) -> None:
    network, batch = sine_of_the_article(3, 4, initializer)
    for errors in CHOICES:
        found = off(network, batch, errors)
        assert max(found["head.W"], found["head.b"]) < 3e-9
        for name in ("l0.Wx", "l0.Wh", "l0.b"):
            assert (found[name] < 1e-7) == (not errors), (name, errors)


def test_over_one_step_it_has_no_error() -> None:
    network, batch = made(0, 4, 1)
    tape, dy = passed(network, batch)
    right = network.backward(tape, dy).parameters
    for name, gradient in article_gradient(network, tape, dy, BOTH).items():
        np.testing.assert_allclose(gradient, right[name], rtol=1e-13)


def test_it_says_of_which_networks_it_has_nothing_to_say() -> None:
    assert does_not_apply(Network(1, (4,), 1)) is None
    assert does_not_apply(Network(1, (4, 4), 1)) == "it is for one layer, not for 2"
    assert does_not_apply(Network(1, (4,), 2, readout=READOUTS["nll"])) == "it is for the squared error"
    gru, lstm, relu = CELLS["gru"](), CELLS["lstm"](), CELLS["vanilla"]("relu")
    for cell, words in ((gru, "GRU"), (lstm, "LSTM"), (relu, "ReLU")):
        reason = does_not_apply(Network(1, (4,), 1, cell=cell))
        assert reason is not None
        assert reason.endswith(f"not for {words}")
