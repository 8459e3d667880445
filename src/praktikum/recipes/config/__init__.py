"""Config files: TOML read into frozen dataclasses, with every mistake told at once."""

from praktikum.recipes.config.errors import ConfigError
from praktikum.recipes.config.files import RunConfig, find_config, read_config, write_config
from praktikum.recipes.config.reading import read_table

__all__ = ["ConfigError", "RunConfig", "find_config", "read_config", "read_table", "write_config"]
