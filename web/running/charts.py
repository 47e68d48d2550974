"""Bar charts as SVG without scripts and without anything from elsewhere, from plain values; knows no listing."""

import re
import sys
from dataclasses import dataclass

from lxml import etree
from pygal import Config, HorizontalBar, PluginImportFixer
from pygal.style import Style

sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, PluginImportFixer)]
"""pygal puts a finder of the old kind there for maps; with it, each import of what is not installed warns."""

MEDIA_TYPE = "image/svg+xml"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
"""A chart has its style within it and may load and run nothing, whether it is opened as a picture or as a page."""

INK, PALE, LINE = "#4c1d6b", "#2a8c7f", "#1f6d63"
"""White is to the pale as the pale is to the ink: each at least 3 to 1 (WCAG 1.4.11). A third series is white, with a
line around it."""
SVG = "{http://www.w3.org/2000/svg}"
ROOM = 1.25
"""The longest bar leaves so much for the number behind it."""
PLAIN = ".axis .guides .guide.line {stroke: none} .text-overlay text.value {text-anchor: start}"
OUTLINED = f".color-2 .rect, .color-2.reactive, .legend .color-2 {{fill: #fff; stroke: {LINE}; stroke-width: 2px}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart:
    """Groups of bars: a sentence that says what the chart shows, the name of each group, and the series in order."""

    message: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How wide a chart is drawn, in units that are pixels at its natural size, and how large its letters are."""

    width: int
    bar: int
    letters: int
    label: int
    """Characters of a group's name that have room."""


WIDE = Shape(width=960, bar=15, letters=15, label=60)
NARROW = Shape(width=375, bar=14, letters=12, label=28)


def draw(chart: BarChart, shape: Shape) -> bytes:
    """Draw a chart; the same values are always the same bytes."""
    groups, series = len(chart.labels), len(chart.series)
    bars = HorizontalBar(_config(shape, 80 + groups * (series * shape.bar + 12)))
    bars.range = (0, ROOM * max((value for _, values in chart.series for value in values), default=0) or 1)
    bars.x_labels = [_cut(label, shape.label) for label in reversed(chart.labels)]
    for name, values in chart.series:
        bars.add(name, list(reversed(values)))
    return _bare(bars.render(), chart.message)


def _config(shape: Shape, height: int) -> Config:
    made = Config()
    made.width, made.height, made.no_prefix = shape.width, height, True
    made.js, made.print_values, made.print_zeroes, made.print_values_position = (), True, False, "top"
    made.legend_at_bottom, made.legend_at_bottom_columns = True, 1 if shape is NARROW else 3
    made.show_x_labels = False  # those of the numbers: each bar has its own
    made.truncate_label, made.truncate_legend = -1, -1
    made.spacing, made.margin = 12, 8
    made.formatter = made.value_formatter = _whole
    made.style = Style(
        background="#fff",
        plot_background="#fff",
        foreground="#0b0c0c",
        foreground_strong="#0b0c0c",
        foreground_subtle="#505a5f",
        colors=(INK, PALE, "#ffffff"),
        opacity="1",
        opacity_hover="1",
        transition="0s",
        font_family="Arial, Helvetica, sans-serif",
        label_font_size=shape.letters,
        major_label_font_size=shape.letters,
        legend_font_size=shape.letters,
        value_font_size=shape.letters - 1,
        value_colors=("#0b0c0c",) * 3,
    )
    made.css = ["file://style.css", "file://graph.css", f"inline:{OUTLINED} {PLAIN}"]
    return made


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _cut(label: str, most: int) -> str:
    return label if len(label) <= most else f"{label[: most - 1].rstrip()}…"


def _bare(drawn: bytes, message: str) -> bytes:
    """Take out scripts, tooltips and names that change each time, and say in words what the chart shows."""
    root = etree.fromstring(drawn, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True))
    for name in ("script", "desc", "title"):
        for found in root.findall(f".//{SVG}{name}"):
            found.getparent().remove(found)
    for found in root.iter(etree.Element):
        found.attrib.pop("id", None)
    title = etree.Element(f"{SVG}title")
    title.text = message
    root.insert(0, title)
    root.set("role", "img")
    etree.cleanup_namespaces(root)
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return re.sub(rb"\s+\n", b"\n", written)
