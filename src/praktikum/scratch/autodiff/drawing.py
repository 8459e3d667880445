"""Pictures of the tape: the graph of a computation as Graphviz source and as SVG.

A box is an array with its shape, an ellipse an operation; arrows follow the computation. Graphviz
is not needed for the SVG: the graph is laid out here by the classical method in its simplest form.
Layers by the longest path from a leaf; long edges get a stand-in in each layer that they cross, so
that they pass between boxes; inside a layer, places by the median of the neighbours, swept down and
up a few times.

Source: Sugiyama, Tagawa and Toda, Methods for visual understanding of hierarchical system
structures (1981); Gansner et al., A technique for drawing directed graphs (1993).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from statistics import median

from .errors import GradientError
from .tape import Node, Variable

__all__ = ["to_dot", "to_svg"]

Place = Node | Variable

SWEEPS = 8
LAYER_HEIGHT, LETTER_WIDTH, GAP, BOX_HEIGHT = 64.0, 7.5, 18.0, 30.0  # pixels


@dataclass(eq=False)
class Vertex:
    """Something to draw, or (without a label) the stand-in of an edge in a layer it crosses."""

    label: str = ""
    is_operation: bool = False
    layer: int = 0
    x: float = 0.0
    sources: list[int] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)

    @property
    def width(self) -> float:
        """Pixels."""
        return LETTER_WIDTH * len(self.label) + 16 if self.label else GAP


def to_dot(output: Variable, names: Mapping[str, Variable] | None = None) -> str:
    """The graph behind `output` in Graphviz' language; `names` are labels for leaves.

    Raises GradientError if nothing was recorded.

    >>> from praktikum.scratch.autodiff import Tensor
    >>> x = Tensor(2.0, requires_grad=True)
    >>> print(to_dot(x.exp(), {"x": x}))
    digraph {
      v0 [label="x ()", shape=box];
      v1 [label="exp", shape=ellipse];
      v2 [label="output ()", shape=box];
      v0 -> v1;
      v1 -> v2;
    }
    """
    lines = ["digraph {"]
    vertices = _graph(output, names or {})
    for number, vertex in enumerate(vertices):
        label = vertex.label.replace("\\", "\\\\").replace('"', '\\"')
        shape = "ellipse" if vertex.is_operation else "box"
        lines.append(f'  v{number} [label="{label}", shape={shape}];')
    for number, vertex in enumerate(vertices):
        lines += [f"  v{source} -> v{number};" for source in vertex.sources]
    return "\n".join([*lines, "}"])


def to_svg(output: Variable, names: Mapping[str, Variable] | None = None) -> str:
    """The graph behind `output` as an SVG image, top to bottom; `names` are labels for leaves.

    Raises GradientError if nothing was recorded.
    """
    vertices = _graph(output, names or {})
    layers = _layers(vertices)
    _arrange(vertices, layers)
    right = max(vertex.x + vertex.width / 2 for vertex in vertices) + GAP
    bottom = LAYER_HEIGHT * len(layers)
    shapes = [_shape(vertex) for vertex in vertices if vertex.label]
    edges = [
        _edge(vertices, number, target)
        for number, vertex in enumerate(vertices)
        if vertex.label
        for target in vertex.targets
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right:.0f} {bottom:.0f}" '
            f'width="{right:.0f}" height="{bottom:.0f}" font-family="sans-serif" font-size="13" '
            'text-anchor="middle" fill="none" stroke="currentColor">',
            '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
            'markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="currentColor"/>'
            "</marker></defs>",
            *edges,
            *shapes,
            "</svg>",
        ]
    )


def _graph(output: Variable, names: Mapping[str, Variable]) -> list[Vertex]:
    """Vertices in the order of the computation: leaves before their users, the output last."""
    if output.node is None:
        raise GradientError("there is no graph to draw: the output was not made by operations")
    labels = {id(variable): name for name, variable in names.items()}
    vertices: list[Vertex] = []
    numbers: dict[Place, int] = {}
    for place in _in_order(output.node):
        if isinstance(place, Node):
            vertex = Vertex(place.operation.__name__, is_operation=True)
            vertex.sources = [numbers[parent] for parent in place.parents if parent is not None]
        else:
            vertex = Vertex(f"{labels.get(id(place), 'leaf')} {place.data.shape}")
        numbers[place] = len(vertices)
        vertices.append(vertex)
    vertices.append(Vertex(f"{labels.get(id(output), 'output')} {output.data.shape}"))
    vertices[-1].sources = [numbers[output.node]]
    return vertices


def _in_order(last: Node) -> list[Place]:
    """All places behind a node: the leaves as first met, then the nodes as recorded."""
    seen: dict[Place, None] = {last: None}
    stack: list[Node] = [last]
    while stack:
        for parent in stack.pop().parents:
            if parent is not None and parent not in seen:
                seen[parent] = None
                if isinstance(parent, Node):
                    stack.append(parent)
    leaves: list[Place] = [place for place in seen if not isinstance(place, Node)]
    nodes = [place for place in seen if isinstance(place, Node)]
    return leaves + sorted(nodes, key=lambda node: node.order)


def _layers(vertices: list[Vertex]) -> list[list[int]]:
    """Vertex numbers by layer, after stand-ins have been added; every edge then spans one layer."""
    for vertex in vertices:
        vertex.layer = 1 + max((vertices[source].layer for source in vertex.sources), default=-1)
    for number, vertex in enumerate(vertices):
        if not vertex.sources:  # a leaf goes down to just above its first user
            users = [user.layer for user in vertices if number in user.sources]
            vertex.layer = min(users) - 1
    for target in range(len(vertices)):
        vertices[target].sources = [
            _stand_in(vertices, source, target) for source in vertices[target].sources
        ]
    layers: list[list[int]] = [[] for _ in range(1 + max(vertex.layer for vertex in vertices))]
    for number, vertex in enumerate(vertices):
        layers[vertex.layer].append(number)
        for source in vertex.sources:
            vertices[source].targets.append(number)
    return layers


def _stand_in(vertices: list[Vertex], source: int, target: int) -> int:
    """The vertex just above `target` on the way from `source`, through new stand-ins."""
    for layer in range(vertices[source].layer + 1, vertices[target].layer):
        vertices.append(Vertex(layer=layer, sources=[source]))
        source = len(vertices) - 1
    return source


def _arrange(vertices: list[Vertex], layers: list[list[int]]) -> None:
    """Set every `x`: each layer in the order of its neighbours' medians, without overlaps."""
    for layer in layers:
        _spread(vertices, layer)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for layer in layers if down else reversed(layers):
            for number in layer:
                vertex = vertices[number]
                neighbours = vertex.sources if down else vertex.targets
                if neighbours:
                    vertex.x = median(vertices[other].x for other in neighbours)
            layer.sort(key=lambda number: vertices[number].x)
            _spread(vertices, layer)
    shift = GAP - min(vertex.x - vertex.width / 2 for vertex in vertices)
    for vertex in vertices:
        vertex.x += shift


def _spread(vertices: list[Vertex], layer: list[int]) -> None:
    """Push the vertices of a layer apart, and keep their mean where it was."""
    wanted = sum(vertices[number].x for number in layer) / len(layer)
    for left, right in pairwise(layer):
        a, b = vertices[left], vertices[right]
        b.x = max(b.x, a.x + (a.width + b.width) / 2 + GAP)
    moved = sum(vertices[number].x for number in layer) / len(layer) - wanted
    for number in layer:
        vertices[number].x -= moved


def _y(vertex: Vertex) -> float:
    return (vertex.layer + 0.5) * LAYER_HEIGHT


def _shape(vertex: Vertex) -> str:
    x, y, half = vertex.x, _y(vertex), vertex.width / 2
    if vertex.is_operation:
        outline = f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{half:.1f}" ry="{BOX_HEIGHT / 2}"/>'
    else:
        outline = (
            f'<rect x="{x - half:.1f}" y="{y - BOX_HEIGHT / 2:.1f}" width="{vertex.width:.1f}" '
            f'height="{BOX_HEIGHT}" rx="3"/>'
        )
    text = f'<text x="{x:.1f}" y="{y + 4.5:.1f}" fill="currentColor" stroke="none">'
    return f"<g>{outline}{text}{escape(vertex.label)}</text></g>"


def _edge(vertices: list[Vertex], source: int, target: int) -> str:
    """A smooth line from a vertex down through stand-ins to the next labelled one."""
    above, below = vertices[source], vertices[target]
    y = _y(above) + BOX_HEIGHT / 2
    path = f"M{above.x:.1f} {y:.1f}"
    while True:
        end = _y(below) - (BOX_HEIGHT / 2 if below.label else 0)
        middle = (y + end) / 2
        path += f"C{above.x:.1f} {middle:.1f} {below.x:.1f} {middle:.1f} {below.x:.1f} {end:.1f}"
        if below.label:
            return f'<path d="{path}" marker-end="url(#arrow)"/>'
        above, below, y = below, vertices[below.targets[0]], end
