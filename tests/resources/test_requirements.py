"""What pyproject.toml and the lists ask for, held against the library that defines their notation."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from resources.setup.environment import LISTS
from resources.setup.requirements import is_met, missing

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = ROOT / "pyproject.toml"
DOCUMENT = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))
RANGES = [Requirement(entry) for entry in DOCUMENT["project"]["dependencies"]]
TOOLS = [Requirement(entry) for entry in DOCUMENT["dependency-groups"]["test"]]

MACHINES = [("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"), ("win32", "AMD64")]
WITHOUT_COMPILERS = [("darwin", "x86_64"), ("win32", "ARM64"), ("linux", "riscv64")]
COMPILERS = ["llvmlite", "numba"]
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]

finals = st.lists(st.integers(0, 12), min_size=3, max_size=3).map(lambda numbers: ".".join(map(str, numbers)))


def entries(name: str) -> list[str]:
    """The entries of a list of packages, each on a line of its own."""
    text = (ROOT / "resources" / "setup" / name).read_text(encoding="utf-8")
    return [line for line in text.replace("\\\n", "").splitlines() if not line.startswith("#")]


def pins(group: str) -> list[Requirement]:
    return [Requirement(entry.partition(" --hash")[0]) for name in LISTS[group] for entry in entries(name)]


def chosen(group: str, python: str, machine: tuple[str, str]) -> list[Requirement]:
    """The pins that apply to a machine."""
    facts = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": machine[0]}
    facts |= {"platform_machine": machine[1], "platform_python_implementation": "CPython"}
    return [pin for pin in pins(group) if pin.marker is None or pin.marker.evaluate(facts)]


@given(st.sampled_from(["==", "!=", ">=", "<=", ">", "<"]), finals, finals)
def test_a_clause_is_judged_as_the_standard_judges_it(operator: str, version: str, limit: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metadata, "version", lambda _: version)
        requirement = Requirement(f"toy{operator}{limit}")
        assert is_met(str(requirement)) == requirement.specifier.contains(version)


@pytest.mark.parametrize(
    "version", ["6.7.9", "6.8", "6.8.3", "6.9.1", "6.9.3", "6.11.1", "6.11.3", "6.12.0", "6.12.1"]
)
def test_the_ranges_accept_and_refuse_what_the_standard_does(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metadata, "version", lambda _: version)
    for requirement in RANGES:
        assert is_met(str(requirement)) == requirement.specifier.contains(version), requirement


@pytest.mark.parametrize("machine", [*MACHINES, *WITHOUT_COMPILERS])
def test_markers_are_judged_as_the_standard_judges_them(
    machine: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", machine[0])
    monkeypatch.setattr("platform.machine", lambda: machine[1])
    renamed = re.sub(r"[\w-]+(?=>=)", "nowhere-\\g<0>", PYPROJECT.read_text(encoding="utf-8"))
    (tmp_path / "pyproject.toml").write_text(renamed, encoding="utf-8")
    facts = {"sys_platform": machine[0], "platform_machine": machine[1]}
    needed = [one.name for one in RANGES if one.marker is None or one.marker.evaluate(facts)]
    found = missing(tmp_path / "pyproject.toml", "run")
    assert [Requirement(entry).name for entry in found] == [f"nowhere-{name}" for name in needed]
    assert ("numba" in needed) == (machine in MACHINES)


def test_a_requirement_that_is_not_met_is_returned_as_it_can_be_typed(tmp_path: Path) -> None:
    installed = metadata.version("pytest")
    wanted = [f"pytest=={installed}", "rnn-scope-nowhere>=1", f"pytest<{installed}"]
    text = f"project.dependencies = {wanted[:2]}\ndependency-groups.test = {wanted[2:]}"
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    assert missing(tmp_path / "pyproject.toml", "run") == wanted[1:2]
    assert missing(tmp_path / "pyproject.toml", "test") == wanted[1:]


@pytest.mark.parametrize("name", ["run.txt", "test.txt"])
def test_every_package_of_a_list_has_one_version_and_checksums_and_no_address(name: str) -> None:
    assert len(entries(name)) > 5
    for entry in entries(name):
        requirement, *checksums = entry.split("--hash=sha256:")
        assert [clause.operator for clause in Requirement(requirement).specifier] == ["=="], requirement
        assert checksums
        assert all(re.fullmatch("[0-9a-f]{64} *", checksum) for checksum in checksums), requirement
    assert "//" not in (ROOT / "resources" / "setup" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("machine", [*MACHINES, *WITHOUT_COMPILERS])
def test_each_python_and_machine_gets_one_version_of_each_package(
    python: str, machine: tuple[str, str]
) -> None:
    names = [pin.name for pin in chosen("test", python, machine)]
    without = COMPILERS if machine in WITHOUT_COMPILERS else []
    assert sorted([*names, *without]) == sorted({pin.name for pin in pins("test")})


@pytest.mark.parametrize("python", PYTHONS)
def test_the_pins_lie_within_the_ranges_and_the_tools_are_those_of_the_lists(python: str) -> None:
    versions = {
        canonicalize_name(pin.name): next(iter(pin.specifier)).version
        for pin in chosen("test", python, MACHINES[0])
    }
    for requirement in RANGES + TOOLS:
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), requirement
    assert {next(iter(tool.specifier)).operator for tool in TOOLS} == {"=="}


def test_every_package_that_a_listed_one_needs_is_listed_too() -> None:
    for group in LISTS:
        listed = {
            canonicalize_name(pin.name) for pin in pins(group) if not pin.marker or pin.marker.evaluate()
        }
        for name in listed:
            for needed in map(Requirement, metadata.requires(name) or []):
                if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                    assert canonicalize_name(needed.name) in listed, f"{name} needs {needed}"
