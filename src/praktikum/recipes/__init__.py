"""One module per training run: a config dataclass and the wiring; no loops."""
