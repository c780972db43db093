"""What pyproject.toml asks for, and the reading of it, held against the library that defines the notation."""

from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from resources.setup.requirements import applies, is_met, missing, name_of, read_requirements

PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
RUN = read_requirements(PYPROJECT, "run")
TEST = read_requirements(PYPROJECT, "test")

MACHINES = {"linux": ["x86_64", "aarch64"], "darwin": ["arm64", "x86_64"], "win32": ["AMD64", "ARM64"]}
COMPILERS = ["llvmlite", "numba"]
WITHOUT_COMPILERS = [("darwin", "x86_64"), ("win32", "ARM64")]

finals = st.lists(st.integers(0, 12), min_size=1, max_size=4).map(lambda numbers: ".".join(map(str, numbers)))
versions = st.builds("{}{}".format, finals, st.sampled_from(["", "", "rc1", "a2", "b1", ".dev3"]))


@given(st.sampled_from(["==", "!=", ">=", "<=", ">"]), versions, finals)
def test_a_clause_is_judged_as_the_standard_judges_it(operator: str, version: str, limit: str) -> None:
    requirement = f"toy{operator}{limit}"
    assert is_met(requirement, version) == Requirement(requirement).specifier.contains(
        version, prereleases=True
    )


@given(finals, finals)
def test_an_upper_bound_is_judged_as_the_standard_judges_it(version: str, limit: str) -> None:
    assert is_met(f"toy<{limit}", version) == Requirement(f"toy<{limit}").specifier.contains(version)


@pytest.mark.parametrize(
    "version", ["6.7.9", "6.8", "6.8.3", "6.9.1", "6.9.3", "6.11.1", "6.11.3", "6.12.0", "6.12.1"]
)
def test_the_ranges_accept_and_refuse_what_the_standard_does(version: str) -> None:
    for requirement in RUN.accepted:
        assert is_met(requirement, version) == Requirement(requirement).specifier.contains(version)


def test_a_clause_that_cannot_be_read_is_named() -> None:
    with pytest.raises(ValueError, match=r"expected clauses such as >=2\.0"):
        is_met("numpy~=2.0", "2.1")


def test_a_name_is_read_whatever_follows_it() -> None:
    requirements = ["PySide6-Essentials>=6.8", "numpy", 'colorama ; sys_platform == "win32"', "a!=1", "b ==2"]
    assert list(map(name_of, requirements)) == ["PySide6-Essentials", "numpy", "colorama", "a", "b"]


@pytest.mark.parametrize("python", [(3, 11), (3, 12), (3, 14)])
@pytest.mark.parametrize("pair", [(system, name) for system in MACHINES for name in MACHINES[system]])
def test_markers_are_judged_as_the_standard_judges_them(
    python: tuple[int, int], pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", pair[0])
    monkeypatch.setattr("platform.machine", lambda: pair[1])
    monkeypatch.setattr("sys.version_info", SimpleNamespace(major=python[0], minor=python[1]))
    version = f"{python[0]}.{python[1]}"
    environment = {"python_version": version, "sys_platform": pair[0], "platform_machine": pair[1]}
    made_up = ['a; python_version >= "3.12" and (sys_platform != "win32" or platform_machine == "AMD64")']
    for requirement in TEST.pinned + made_up:
        marker = Requirement(requirement).marker
        assert applies(requirement) == (marker is None or marker.evaluate(environment)), requirement
    needed = {name_of(requirement) for requirement in read_requirements(PYPROJECT, "run").accepted}
    assert ("numba" in needed) == (pair not in WITHOUT_COMPILERS)
    assert {"numpy", "PySide6-Essentials"} <= needed


@pytest.mark.parametrize("marker", ["os_name == 'nt'", "python_version ~= '3.11'", "sys_platform", "=="])
def test_a_marker_that_cannot_be_read_is_named(marker: str) -> None:
    with pytest.raises(ValueError, match="its marker cannot be read"):
        applies(f"toy>=1; {marker}")


def test_what_is_said_to_be_needed_can_be_typed_as_it_stands() -> None:
    assert not [requirement for requirement in TEST.accepted if '"' in requirement or ";" in requirement]


def test_a_requirement_that_is_not_met_is_returned_as_it_stands() -> None:
    installed = metadata.version("pytest")
    assert missing([f"pytest=={installed}", "rnn-scope-nowhere>=1", f"pytest<{installed}"]) == [
        "rnn-scope-nowhere>=1",
        f"pytest<{installed}",
    ]


def test_every_package_of_the_environment_is_pinned_to_one_version() -> None:
    for pin in TEST.pinned:
        assert [specifier.operator for specifier in Requirement(pin).specifier] == ["=="], pin


def test_every_package_that_a_pinned_one_needs_is_pinned_too() -> None:
    pinned = {canonicalize_name(name_of(pin)) for pin in TEST.pinned if applies(pin)}
    for name in pinned:
        for needed in map(Requirement, metadata.requires(name) or []):
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                assert canonicalize_name(needed.name) in pinned, f"{name} needs {needed}"


def test_the_pins_lie_within_the_ranges() -> None:
    pins = {name_of(pin): Requirement(pin) for pin in RUN.pinned}
    for requirement in RUN.accepted:
        (pinned,) = pins[name_of(requirement)].specifier
        assert is_met(requirement, pinned.version)


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
@pytest.mark.parametrize("pair", [(system, name) for system in MACHINES for name in MACHINES[system]])
def test_each_python_and_machine_gets_one_version_of_each_package(python: str, pair: tuple[str, str]) -> None:
    environment = {"python_version": python, "sys_platform": pair[0], "platform_machine": pair[1]}
    pins = [Requirement(pin) for pin in TEST.pinned]
    chosen = [pin.name for pin in pins if pin.marker is None or pin.marker.evaluate(environment)]
    without = COMPILERS if pair in WITHOUT_COMPILERS else []
    assert sorted([*chosen, *without]) == sorted({pin.name for pin in pins})


def test_the_tools_of_the_tests_are_accepted_at_their_pins_alone() -> None:
    tools = set(TEST.pinned) - set(RUN.pinned)
    assert set(TEST.accepted) == set(RUN.accepted) | tools
    assert all(Requirement(tool).marker is None for tool in tools)
