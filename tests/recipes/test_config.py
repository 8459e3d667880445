"""Config files: what is read, what is refused, and that all mistakes are told at once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktikum.engine import TrainerSettings, check_fields
from praktikum.recipes.config import (
    ConfigError,
    RunConfig,
    find_config,
    read_config,
    read_table,
    write_config,
)
from praktikum.recipes.config.writing import config_text


@dataclass(frozen=True)
class Data:
    root: Path = Path("data")
    size: tuple[int, int] = (8, 8)
    classes: tuple[str, ...] = ()
    sigma: float | None = 0.5


@dataclass(frozen=True)
class Config:
    name: str
    kind: Literal["small", "large"] = "small"
    flip: bool = False
    width: int = 4
    data: Data = field(default_factory=Data)
    trainer: TrainerSettings = field(default_factory=TrainerSettings)

    def __post_init__(self) -> None:
        check_fields(self, width=(self.width % 4 == 0, "be divisible by 4"))


def read(text: str) -> tuple[Config, list[str]]:
    config, problems = read_table(Config, tomllib.loads(text))
    return config, [f"{place}: {what}" for place, what in problems]


def test_a_table_becomes_the_dataclass_that_it_mirrors() -> None:
    config, problems = read(
        'name = "a"\nkind = "large"\nflip = true\nwidth = 8\n'
        '[data]\nroot = "/d"\nsize = [3, 4]\nclasses = ["cat"]\nsigma = "none"\n'
        "[trainer.optimiser]\nlr = 1\n"
    )
    assert not problems
    assert config.data == Data(Path("/d"), (3, 4), ("cat",), None)
    assert (config.kind, config.flip, config.width) == ("large", True, 8)
    assert config.trainer.optimiser.lr == 1.0
    assert isinstance(config.trainer.optimiser.lr, float)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('width = "4"', "width: wanted a whole number, got '4'"),
        ("width = 4.0", "width: wanted a whole number, got 4.0"),
        ("width = true", "width: wanted a whole number, got True"),
        ("flip = 1", "flip: wanted true or false, got 1"),
        ('kind = "huge"', "kind: wanted 'small' or 'large', got 'huge'"),
        ("data = 3", "data: wanted a table, got 3"),
        ("data.size = [1]", "data.size: wanted an array of 2, got [1]"),
        ("data.size = [1, 2.5]", "data.size[1]: wanted a whole number, got 2.5"),
        ('data.classes = "cat"', "data.classes: wanted an array, got 'cat'"),
        ("data.root = 1", "data.root: wanted a path, as a string, got 1"),
        ('data.sigma = "some"', "data.sigma: wanted a number, got 'some'"),
        ("widht = 4", "widht: there is no such key; did you mean width?"),
        ("width = 6", ": width=6 must be divisible by 4"),
        ("trainer.optimiser.lr = 0.0", "trainer.optimiser: lr=0.0 must be above 0"),
    ],
)
def test_a_wrong_value_is_told_with_its_place(line: str, problem: str) -> None:
    assert read(f'name = "a"\n{line}')[1] == [problem]


def test_all_mistakes_are_told_at_once() -> None:
    _, problems = read(
        "width = 6\nflip = 0\nextra = 1\n[data]\nsize = 1\n"
        "[trainer]\nepochs = 0\nseed = -1\n[trainer.logging]\nevery = 0\n"
    )
    assert sorted(problems) == [
        "data.size: wanted an array of 2, got 1",
        "extra: there is no such key",
        "flip: wanted true or false, got 0",
        "name: is missing",
        "trainer.logging: every=0 must be at least 1",
        "trainer: epochs=0 must be at least 1",
        "trainer: seed=-1 must be at least 0 and below 2³²",
    ]


RECIPE = """
from dataclasses import dataclass, field
from praktikum.engine import TrainerSettings
from praktikum.recipes.registry import Recipe

@dataclass(frozen=True)
class Config:
    width: int = 4
    lr: float = 1.0
    mode: str = "plain"
    trainer: TrainerSettings = field(default_factory=TrainerSettings)

RECIPE = Recipe(Config, lambda config, run_dir: None)
NOT_A_RECIPE = 3
"""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A config of a recipe outside the library."""
    (tmp_path / "outside_recipe.py").write_text(RECIPE)
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "configs" / "mine.toml"
    path.parent.mkdir()
    path.write_text('recipe = "outside_recipe:RECIPE"\nwidth = 8\n[trainer]\nepochs = 3\n')
    return path


@pytest.mark.parametrize(
    ("override", "read_back"),
    [
        ("width=2", lambda values: values.width == 2),
        ("trainer.epochs=7", lambda values: values.trainer.epochs == 7),
        ("epochs=7", lambda values: values.trainer.epochs == 7),
        ("schedule.name=cosine", lambda values: values.trainer.schedule.name == "cosine"),
        ("lr=0.5", lambda values: (values.lr, values.trainer.optimiser.lr) == (0.5, 1e-3)),
        ("mode=fast", lambda values: values.mode == "fast"),
        ('mode="7"', lambda values: values.mode == "7"),
        ("clip_norm=none", lambda values: values.trainer.clip_norm is None),
    ],
)
def test_set_replaces_a_value_by_its_key_or_the_end_of_it(
    path: Path, override: str, read_back: Any
) -> None:
    assert read_back(read_config(path, [override]).values)


@pytest.mark.parametrize(
    ("override", "problem"),
    [
        ("width", "--set width: wanted key=value"),
        ("epoch=2", "--set epoch=2: there is no such key"),
        ("trainer.epoch=2", "--set trainer.epoch=2: there is no such key; did you mean trainer.ep"),
        ("name=sgd", "--set name=sgd: which one: trainer.optimiser.name, trainer.schedule.name?"),
        ("width=wide", "--set: width: wanted a whole number, got 'wide'"),
    ],
)
def test_a_wrong_set_is_told(path: Path, override: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_config(path, [override])
    (told,) = caught.value.problems
    assert told.startswith(problem)


def test_mistakes_of_the_file_and_of_set_are_told_together(path: Path) -> None:
    path.write_text('recipe = "outside_recipe:RECIPE"\nwidth = "wide"\nwidths = 2')
    with pytest.raises(ConfigError) as caught:
        read_config(path, ["nothing", "mode=1"])
    assert sorted(caught.value.problems) == [
        "--set nothing: wanted key=value",
        "--set: mode: wanted a string, got 1",
        f"{path}: width: wanted a whole number, got 'wide'",
        f"{path}: widths: there is no such key; did you mean width?",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("recipe = ", "is not TOML in UTF-8"),
        ("width = 3", "recipe: wanted the name of a recipe, got None"),
        ('recipe = "baking"', "recipe 'baking' is not known; wanted one of "),
        ('recipe = "no_such_module:RECIPE"', "recipe 'no_such_module:RECIPE' cannot be imported"),
        ('recipe = "outside_recipe:CAKE"', "wanted a Recipe in CAKE, got NoneType"),
        ('recipe = "outside_recipe:NOT_A_RECIPE"', "wanted a Recipe in NOT_A_RECIPE, got int"),
    ],
)
def test_a_file_that_names_no_recipe_is_refused(path: Path, text: str, problem: str) -> None:
    path.write_text(text)
    with pytest.raises(ConfigError, match=problem):
        read_config(path)


def test_a_written_config_reads_back_the_same(path: Path, tmp_path: Path) -> None:
    config = read_config(path, ["clip_norm=0.1", "patience=none", 'mode="a \\"b\\" ю"'])
    write_config(tmp_path / "run" / "config.toml", config)
    assert read_config(tmp_path / "run" / "config.toml") == config


@given(
    st.builds(
        Config,
        name=st.text(st.characters(exclude_categories=["Cs"])),
        flip=st.booleans(),
        width=st.integers(-(2**60), 2**60).map(lambda number: number * 4),
        data=st.builds(
            Data,
            root=st.just(Path("/a b")),
            classes=st.lists(st.text(st.characters(exclude_categories=["Cs"]))).map(tuple),
            sigma=st.none() | st.floats(allow_nan=False),
        ),
    )
)
def test_the_text_of_a_config_is_toml_with_all_of_it(config: Config) -> None:
    table = tomllib.loads(config_text("any", config))
    assert table.pop("recipe") == "any"
    assert read_table(Config, table) == (config, [])


def test_a_config_is_found_from_a_folder_below(path: Path, tmp_path: Path) -> None:
    below = tmp_path / "notebooks" / "mine"
    below.mkdir(parents=True)
    assert find_config("mine", below) == path
    with pytest.raises(ConfigError, match=r"there is no configs/other\.toml .*found mine"):
        find_config("other", below)


def settings_classes(kind: type) -> list[type]:
    nested = [f.default_factory for f in fields(kind) if is_dataclass(f.default_factory)]
    return [kind, *(inner for each in nested for inner in settings_classes(each))]  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", settings_classes(TrainerSettings))
def test_every_setting_is_described_with_its_default(kind: type) -> None:
    for setting in fields(kind):
        if not is_dataclass(setting.default_factory):
            described = (kind.__doc__ or "").partition(f"        {setting.name}: ")[2]
            text = described.split("\n        ", 1)[0] + described
            assert "default" in text, setting.name


def test_a_resolved_config_names_its_recipe() -> None:
    text = config_text("classification", Config("x"))
    assert text.startswith('recipe = "classification"\nname = "x"\n')
    assert RunConfig("classification", Config("x")).recipe == "classification"
