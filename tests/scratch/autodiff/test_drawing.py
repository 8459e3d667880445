"""Pictures of the graph: what they contain and that nothing overlaps."""

import re
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest

from praktikum.scratch import autodiff as ad
from praktikum.scratch.autodiff import Tensor

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def graph():
    """A computation with a value used twice and an edge over several layers; its leaves' names."""
    x = Tensor(np.ones((2, 3)), requires_grad=True)
    w = Tensor(np.ones((3, 3)), requires_grad=True)
    h = (x @ w).tanh()
    y = (h * h.exp() + x).sum()
    return y, {"x": x, "w": w, "loss": y}


def test_the_source_has_every_operation_leaf_and_edge(graph):
    dot = ad.to_dot(*graph)
    labels = re.findall(r'label="([^"]+)"', dot)
    operations = ["matmul", "tanh", "exp", "multiply", "add", "sum"]
    assert sorted(labels) == sorted([*operations, "x (2, 3)", "w (3, 3)", "loss ()"])
    numbers = dict(re.findall(r'v(\d+) \[label="(\w+)', dot))
    edges = {(numbers[a], numbers[b]) for a, b in re.findall(r"v(\d+) -> v(\d+)", dot)}
    assert edges == {
        ("x", "matmul"),
        ("w", "matmul"),
        ("matmul", "tanh"),
        ("tanh", "exp"),
        ("tanh", "multiply"),
        ("exp", "multiply"),
        ("multiply", "add"),
        ("x", "add"),
        ("add", "sum"),
        ("sum", "loss"),
    }


def test_the_picture_shows_the_same_and_is_valid_xml(graph):
    root = ElementTree.fromstring(ad.to_svg(*graph))
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert sorted(texts) == sorted(re.findall(r'label="([^"]+)"', ad.to_dot(*graph)))
    arrows = [path for path in root.iter(f"{SVG}path") if path.get("marker-end")]
    assert len(arrows) == ad.to_dot(*graph).count("->")


def test_boxes_do_not_overlap_and_stay_inside(graph):
    root = ElementTree.fromstring(ad.to_svg(*graph))
    width, height = float(root.get("width")), float(root.get("height"))
    boxes = []
    for shape in [*root.iter(f"{SVG}rect"), *root.iter(f"{SVG}ellipse")]:
        number = {name: float(value) for name, value in shape.items()}
        if shape.tag == f"{SVG}rect":
            boxes.append((number["x"], number["y"], number["width"], number["height"]))
        else:
            rx, ry = number["rx"], number["ry"]
            boxes.append((number["cx"] - rx, number["cy"] - ry, 2 * rx, 2 * ry))
    assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in boxes)
    for (x, y, w, h), (u, v, s, t) in combinations(boxes, 2):
        assert x + w <= u or u + s <= x or y + h <= v or v + t <= y


def test_labels_are_escaped():
    x = Tensor(1.0, requires_grad=True)
    names = {'<a & "b">': x}
    assert '\\"b\\"' in ad.to_dot(x * x, names)
    ElementTree.fromstring(ad.to_svg(x * x, names))


def test_there_is_nothing_to_draw_behind_a_leaf():
    with pytest.raises(ad.GradientError, match=r"no graph to draw"):
        ad.to_dot(Tensor(1.0, requires_grad=True))
