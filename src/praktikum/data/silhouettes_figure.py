"""Outlines of a person, drawn from a skeleton in a random pose, build, clothes and view.

Proportions are those that artists teach: an adult is about seven and a half heads tall, shoulders
are two heads wide, the hands reach the middle of the thighs (Loomis, 1943, "Figure drawing for all
it's worth"). Lengths are in heads, x grows to the right and y downwards, the crown is at (0, 0).
Left out: hands and feet in detail, sitting and lying people, things that people carry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float
from scipy.interpolate import PchipInterpolator

__all__ = ["GROUND", "Figure", "Material", "Part", "draw_figure"]

Material = Literal["skin", "face", "hair", "top", "bottom", "shoes"]
Outline = Float[np.ndarray, "points 2"]
Point = Float[np.ndarray, " 2"]

GROUND = 7.5  # heads from the crown to the soles
SHOULDERS, WAIST, HIPS, CROTCH = 1.45, 2.85, 3.65, 3.95
UPPER_ARM, FOREARM, THIGH, SHANK = 1.4, 1.2, 1.75, 1.75


@dataclass(frozen=True)
class Part:
    """A closed outline, filled with one material."""

    material: Material
    outline: Outline


@dataclass(frozen=True)
class Figure:
    """A person, as parts in the order in which they cover each other, the last on top."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Build:
    """What a person is made of and wears; the same for all limbs.

    girth:   how stout, 1 is the average
    turn:    how much of the width is seen: 1 from the front, 0.55 from the side
    head:    size of the head against the body: 1 for adults, up to 1.35 for children
    sleeves: how much of the arm is covered: 0, 0.5 or 1
    legs:    what is worn below: "trousers", "shorts" or "skirt"
    hem:     y at which the jacket, the skirt or the coat ends
    """

    girth: float
    turn: float
    head: float
    sleeves: float
    legs: str
    hem: float

    @staticmethod
    def draw(rng: np.random.Generator) -> Build:
        legs = str(rng.choice(["trousers", "shorts", "skirt"], p=[0.6, 0.12, 0.28]))
        return Build(
            girth=rng.uniform(0.85, 1.3),
            turn=rng.uniform(0.6, 1.0),
            head=rng.choice([1.0, rng.uniform(1.05, 1.35)], p=[0.75, 0.25]),
            sleeves=float(rng.choice([0, 0.5, 1], p=[0.15, 0.3, 0.55])),
            legs=legs,
            hem=rng.uniform(4.4, 6.6) if legs == "skirt" else rng.choice([3.9, 4.4, 5.4]),
        )


def draw_figure(rng: np.random.Generator) -> Figure:
    """Return a random person, upright, from the crown at y = 0 to the soles near y = GROUND."""
    build = Build.draw(rng)
    behind, before = _hair(rng, build)
    parts = [
        *behind,
        *_legs(rng, build),
        *_torso(rng, build),
        *_arms(rng, build),
        _neck(build),
        *_head(rng, build),
        *before,
    ]
    lean, mirror = np.radians(rng.normal(0, 3)), rng.choice([-1.0, 1.0])
    return Figure(tuple(Part(p.material, _posed(p.outline, lean, mirror)) for p in parts))


def _posed(outline: Outline, lean: float, mirror: float) -> Outline:
    """The outline turned about the soles by `lean` radians and perhaps mirrored."""
    cos, sin = np.cos(lean), np.sin(lean)
    turned = (outline - [0, GROUND]) @ np.array([[cos, sin], [-sin, cos]]) + [0, GROUND]
    return np.asarray(turned * [mirror, 1])


def _torso(rng: np.random.Generator, build: Build) -> list[Part]:
    width = build.girth * build.turn
    chest, waist = rng.uniform(0.72, 0.85), rng.uniform(0.52, 0.75)
    heights = np.array([1.2, 1.32, SHOULDERS, 2.1, WAIST, HIPS, CROTCH + 0.1])
    halves = np.array([0.2, 0.45, 0.88, chest, waist, 0.72, 0.66]) * width
    halves[0] = 0.2  # the neck is as wide from the side
    parts = []
    if build.hem > CROTCH:
        flare = rng.uniform(0.75, 1.25) if build.legs == "skirt" else rng.uniform(0.72, 0.9)
        below = _lathe(np.array([WAIST, HIPS, build.hem]), np.array([waist, 0.76, flare]) * width)
        parts.append(Part("bottom" if build.legs == "skirt" else "top", below))
    return [*parts, Part("top", _lathe(heights, halves))]


def _arms(rng: np.random.Generator, build: Build) -> list[Part]:
    parts: list[Part] = []
    pose = rng.choice(["down", "akimbo", "raised", "bent"], p=[0.5, 0.15, 0.12, 0.23])
    for side in (-1.0, 1.0):
        if rng.random() < 0.3:  # the arms need not do the same
            pose = rng.choice(["down", "akimbo", "raised", "bent"])
        upper, bend = {
            "down": (rng.uniform(4, 22), rng.uniform(-12, 5)),
            "akimbo": (rng.uniform(35, 55), rng.uniform(-95, -70)),
            "raised": (rng.uniform(95, 165), rng.uniform(-20, 50)),
            "bent": (rng.uniform(5, 30), rng.uniform(-150, -60)),
        }[str(pose)]
        parts += _arm(build, side, upper, bend)
    return parts


def _arm(build: Build, side: float, upper: float, bend: float) -> list[Part]:
    """An arm: `upper` degrees between its upper half and the body, `bend` at the elbow."""
    thick = 0.5 + 0.5 * build.girth
    shoulder = np.array([side * 0.78 * build.girth * build.turn, SHOULDERS + 0.14])
    elbow = shoulder + UPPER_ARM * _direction(side * upper)
    wrist = elbow + FOREARM * _direction(side * (upper + bend))
    hand = wrist + 0.22 * _direction(side * (upper + bend))
    cloth, ease = ("top", 1.2) if build.sleeves else ("skin", 1.0)
    parts = [Part("skin", _limb(wrist, 0.12 * thick, hand, 0.13 * thick))]
    if build.sleeves == 1:
        parts.append(Part("top", _limb(elbow, 0.2 * thick, wrist, 0.16 * thick)))
    else:
        parts.append(Part("skin", _limb(elbow, 0.16 * thick, wrist, 0.11 * thick)))
    radii = 0.23 * thick * ease, 0.17 * thick * ease
    end = elbow if build.sleeves != 0.5 else shoulder + 0.6 * (elbow - shoulder)
    if build.sleeves == 0.5:
        parts.append(Part("skin", _limb(shoulder, 0.2 * thick, elbow, 0.16 * thick)))
    material: Material = "top" if cloth == "top" else "skin"
    return [*parts, Part(material, _limb(shoulder, radii[0], end, radii[1]))]


def _legs(rng: np.random.Generator, build: Build) -> list[Part]:
    parts: list[Part] = []
    walking = rng.random() < 0.35
    stride = rng.uniform(8, 24) if walking else rng.uniform(1, 8)
    wide = rng.uniform(0, 6)
    for side in (-1.0, 1.0):
        swing = side * stride + side * wide
        knee_bend = rng.uniform(0, 25) if walking and side < 0 else rng.uniform(-2, 5)
        parts += _leg(build, side, swing, side * knee_bend * (1 if walking else -0.5))
    return parts


def _leg(build: Build, side: float, swing: float, knee_bend: float) -> list[Part]:
    """A leg: `swing` degrees from the vertical at the hip, `knee_bend` more at the knee."""
    thick = build.girth * (0.6 + 0.4 * build.turn)
    hip = np.array([side * 0.34 * build.girth * build.turn, HIPS + 0.15])
    knee = hip + THIGH * _direction(swing)
    ankle = knee + SHANK * _direction(swing * 0.6 + knee_bend)
    toe = ankle + np.array([side * (0.1 + 0.28 * (1 - build.turn)), 0.16])
    loose = 1.0 if build.legs == "skirt" else 1.15
    shank: Material = "bottom" if build.legs == "trousers" else "skin"
    thigh: Material = "skin" if build.legs == "skirt" else "bottom"
    ease = loose * (1.1 if shank == "bottom" else 0.9)
    return [
        Part("shoes", _limb(ankle + np.array([0, 0.06]), 0.17 * thick, toe, 0.15)),
        Part(shank, _limb(knee, 0.22 * thick * ease, ankle, 0.14 * thick * ease)),
        Part(thigh, _limb(hip, 0.36 * thick, knee, 0.235 * thick * loose)),
    ]


def _neck(build: Build) -> Part:
    return Part("skin", _limb(np.array([0, 0.75]), 0.2 * build.head, np.array([0, 1.35]), 0.23))


def _head(rng: np.random.Generator, build: Build) -> list[Part]:
    width = 0.37 * build.head * rng.uniform(0.93, 1.07)
    centre = np.array([0, 1.0 - 0.5 * build.head])
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    jaw = 1 - 0.12 * np.clip(np.sin(angles), 0, 1)  # narrower below
    outline = centre + np.stack(
        [width * jaw * np.cos(angles), 0.5 * build.head * np.sin(angles)], axis=1
    )
    return [Part("face", outline)]


def _hair(rng: np.random.Generator, build: Build) -> tuple[list[Part], list[Part]]:
    """What is behind the head and what is before it."""
    top, size = 1.0 - build.head, build.head
    style = rng.choice(["bald", "short", "long", "bun", "hat"], p=[0.1, 0.4, 0.28, 0.1, 0.12])
    if style == "bald":
        return [], []
    volume = rng.uniform(0.4, 0.5) * size
    cap = _lathe(
        np.array([top - 0.08, top + 0.06, top + 0.2 * size, top + rng.uniform(0.26, 0.4) * size]),
        np.array([0.12, 0.3, 0.395, 0.36]) * size,
    )
    if style == "short":
        return [], [Part("hair", cap)]
    if style == "bun":
        bun = _limb(np.array([0, top - 0.15]), 0.16 * size, np.array([0, top - 0.1]), 0.18 * size)
        return [Part("hair", bun)], [Part("hair", cap)]
    if style == "hat":
        crown = np.array([top - 0.22, top - 0.15, top + 0.22 * size])
        brim = _limb(
            np.array([-rng.uniform(0.42, 0.7) * size, top + 0.22 * size]),
            0.05,
            np.array([rng.uniform(0.42, 0.7) * size, top + 0.22 * size]),
            0.05,
        )
        hat = _lathe(crown, np.array([0.22, 0.34, 0.41]) * size)
        return [], [Part("hair", hat), Part("hair", brim)]
    length = top + rng.uniform(1.05, 1.9) * size
    falling = _lathe(
        np.array([top - 0.08, top + 0.1, top + 0.45 * size, length - 0.12, length]),
        np.array([0.15, 0.85, 1.0, rng.uniform(0.7, 1.15), 0.4]) * volume,
    )
    return [Part("hair", falling)], [Part("hair", cap)]


def _direction(degrees: float) -> Point:
    """The unit vector so many degrees from straight down, to the right if positive."""
    return np.array([np.sin(np.radians(degrees)), np.cos(np.radians(degrees))])


def _limb(start: Point, start_radius: float, end: Point, end_radius: float) -> Outline:
    """The outline of a limb that tapers from one round end to the other."""
    along = end - start
    angle = np.arctan2(along[1], along[0])
    far = np.linspace(angle - np.pi / 2, angle + np.pi / 2, 9)
    near = far + np.pi
    return np.concatenate(
        [
            end + end_radius * np.stack([np.cos(far), np.sin(far)], axis=1),
            start + start_radius * np.stack([np.cos(near), np.sin(near)], axis=1),
        ]
    )


def _lathe(heights: Float[np.ndarray, " levels"], halves: Float[np.ndarray, " levels"]) -> Outline:
    """The outline, symmetric about x = 0, that is `halves` wide to each side at `heights`."""
    y = np.linspace(heights[0], heights[-1], 24)
    half = PchipInterpolator(heights, halves)(y)
    right = np.stack([half, y], axis=1)
    left = np.stack([-half[::-1], y[::-1]], axis=1)
    return np.concatenate([right, left])
