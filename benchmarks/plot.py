"""Charts of the figures in this folder as SVG: growth as lines on two logarithmic axes, ratios to peers as bars.

Text stays text. Colours are those of Okabe and Ito, which colour-blind people can tell apart; marks and dashes say the
same without colour. The page follows the reader's choice of light or dark. The same figures give the same bytes.

    python -m benchmarks.plot      draws growth.svg and peers.svg from growth.json and peers.json, if these are there

growth.json is {"rows": [{"codes": 3, "points": 1000, "p50": 0.001, "p99": 0.004, "stopped": 0}, ...]}, in seconds, with
how many queries did not end; peers.json is what `benchmarks/peers.py --json` writes.
"""

import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

HERE = Path(__file__).parent
COLOURS = (
    ("#0072b2", "#56b4e9"), ("#d55e00", "#e69f00"), ("#007a5a", "#00b88a"), ("#a8477f", "#cc79a7"),
    ("#8a6d00", "#f0e442"), ("#555555", "#bbbbbb"),
)  # fmt: skip
"""Of each series on a light and on a dark page: the darker and lighter tones of the palette."""
STYLE = """
text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif; fill: #1f2328 }
.title { font-size: 16px; font-weight: 600 } .quiet { fill: #59636e } .page { fill: #ffffff }
.grid { stroke: #d1d9e0; stroke-width: 1 } .axis { stroke: #59636e; stroke-width: 1.5 }
.line { fill: none; stroke-width: 2.2; stroke-linejoin: round } .dashed { stroke-dasharray: 6 4 }
"""
DARK = """
text { fill: #e6edf3 } .quiet { fill: #9198a1 } .page { fill: #0d1117 }
.grid { stroke: #30363d } .axis { stroke: #9198a1 }
"""
MARKS: tuple[Callable[[float, float], str], ...] = (
    lambda x, y: f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.2"/>',
    lambda x, y: f'<rect x="{x - 3.8:.1f}" y="{y - 3.8:.1f}" width="7.6" height="7.6"/>',
    lambda x, y: f'<path d="M{x:.1f} {y - 5:.1f}l4.8 8.6h-9.6z"/>',
    lambda x, y: f'<path d="M{x:.1f} {y - 5.4:.1f}l5.4 5.4-5.4 5.4-5.4-5.4z"/>',
    lambda x, y: f'<path d="M{x:.1f} {y + 5:.1f}l4.8-8.6h-9.6z"/>',
    lambda x, y: f'<path d="M{x - 4:.1f} {y - 4:.1f}l8 8m0-8l-8 8" stroke-width="2.4"/>',
)
"""One shape for each series, around a middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Values above 0 by x, in order of x. `series` chooses colour and mark; `measure` is told by dashes."""

    series: int
    name: str
    """Of the series."""
    measure: str
    points: tuple[tuple[float, float], ...]
    dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One value above 0 for each series, `None` where there is none; `least` tells which are lower bounds."""

    name: str
    detail: str
    values: tuple[float | None, ...]
    least: tuple[bool, ...]


class Scale:
    """A logarithmic axis: where a value lies between two ends in pixels, and which values deserve a tick."""

    def __init__(self, values: Iterable[float], first: float, last: float) -> None:
        """The axis begins and ends at 1, 2 or 5 times a power of ten; ticks are powers alone where there are many."""
        found = [*values]
        low, high = math.log10(min(found)), math.log10(max(found))
        every = [step * 10.0**power for power in range(math.floor(low), math.ceil(high) + 1) for step in (1, 2, 5)]
        begin = max((tick for tick in every if tick <= min(found) * 1.0001), default=every[0])
        end = min((tick for tick in every if tick >= max(found) * 0.9999), default=every[-1])
        ticks = every if high - low < 2 else every[::3]
        self.ticks = tuple(tick for tick in ticks if begin <= tick <= end)
        self._first, self._last = first, last
        self._low, self._high = math.log10(begin), math.log10(end if end > begin else begin * 10)

    def at(self, value: float) -> float:
        """Pixels."""
        share = (math.log10(value) - self._low) / (self._high - self._low)
        return self._first + share * (self._last - self._first)


def short(value: float) -> str:
    """A number as it is written on an axis or beside a bar: two or three figures, thousands parted by commas."""
    if value >= 100:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.2g}"


def line_chart(lines: Sequence[Line], *, title: str, x_label: str, y_label: str) -> str:
    """The SVG of lines over two logarithmic axes, with a legend beside them."""
    left, right, top, bottom = 78, 560, 66, 386
    x = Scale((x for line in lines for x, _ in line.points), left, right)
    y = Scale((y for line in lines for _, y in line.points), bottom, top)
    parts = [_text(24, 28, title, "title")]
    for tick in y.ticks:
        parts.append(_rule(left, y.at(tick), right, y.at(tick), "grid"))
        parts.append(_text(left - 8, y.at(tick) + 4.5, short(tick), "quiet", "end"))
    for tick in x.ticks:
        parts.append(_rule(x.at(tick), top, x.at(tick), bottom, "grid"))
        parts.append(_text(x.at(tick), bottom + 20, short(tick), "quiet", "middle"))
    parts += [_rule(left, bottom, right, bottom, "axis"), _rule(left, top, left, bottom, "axis")]
    parts.append(_text((left + right) / 2, bottom + 44, x_label, anchor="middle"))
    parts.append(_text(left - 54, top - 12, y_label))
    for line in lines:
        spots = [(x.at(a), y.at(b)) for a, b in line.points]
        parts.append(_drawn(line, spots, marked=spots))
    parts += _legend(lines, right + 24, top + 10)
    return _page(780, bottom + 62, title, parts)


def _legend(lines: Sequence[Line], left: float, top: float) -> Iterator[str]:
    """Every series once, with its mark; below them what solid and dashed lines are."""
    at = top
    for line in {line.series: line for line in lines}.values():
        yield _drawn(replace(line, dashed=False), [(left, at), (left + 36, at)], marked=[(left + 18, at)])
        yield _text(left + 46, at + 4.5, line.name)
        at += 24
    for measure, dashed in {line.measure: line.dashed for line in lines}.items():
        at += 8 if dashed is lines[0].dashed else 0
        kind = "axis line dashed" if dashed else "axis line"
        yield _rule(left, at, left + 36, at, kind) + _text(left + 46, at + 4.5, measure)
        at += 24


def _drawn(line: Line, spots: Sequence[tuple[float, float]], *, marked: Sequence[tuple[float, float]]) -> str:
    """A series beyond the last colour begins the colours anew, with other marks."""
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
    shape = MARKS[(line.series + line.series // len(COLOURS)) % len(MARKS)]
    marks = "".join(shape(*spot) for spot in marked)
    dashed = " dashed" if line.dashed else ""
    colour = f"c{line.series % len(COLOURS)}"
    return f'<path class="line s{colour}{dashed}" d="{path}"/><g class="f{colour} s{colour}">{marks}</g>'


def bar_chart(bars: Sequence[Bar], *, title: str, series: Sequence[str], x_label: str, even: str) -> str:
    """The SVG of bars that begin at 1, where both are `even`, on a logarithmic axis: slower to the right."""
    thick, gap = 13, 12
    left, right, top = 260, 690, 88
    x = Scale([1.0, *(value for bar in bars for value in bar.values if value)], left, right)
    tall = thick * len(series) + gap
    bottom = top + tall * len(bars) + gap // 2
    parts = [_text(24, 30, title, "title")]
    for number, name in enumerate(series):
        at = 24 + 170 * number
        parts.append(f'<rect class="fc{number}" x="{at}" y="45" width="16" height="12"/>' + _text(at + 24, 56, name))
    for tick in x.ticks:
        parts.append(_rule(x.at(tick), top - 6, x.at(tick), bottom, "axis" if tick == 1 else "grid"))
        parts.append(_text(x.at(tick), bottom + 18, short(tick), "quiet", "middle"))
    for row, bar in enumerate(bars):
        first = top + gap / 2 + tall * row
        middle = first + thick * len(series) / 2
        parts.append(_text(left - 12, middle + (0 if bar.detail else 5), bar.name, anchor="end"))
        parts.append(_text(left - 12, middle + 14, bar.detail, "quiet small", "end"))
        for number, (value, least) in enumerate(zip(bar.values, bar.least, strict=True)):
            if value:
                parts.append(_bar(x, value, first + thick * number, thick, number, least))
    parts.append(_text(x.at(1), top - 12, even, "quiet", "middle"))
    parts.append(_text((left + right) / 2, bottom + 40, x_label, anchor="middle"))
    return _page(780, bottom + 56, title, parts)


def _bar(x: Scale, value: float, top: float, thick: int, number: int, least: bool) -> str:
    begin, end = sorted((x.at(1), x.at(value)))
    said = ("≥ " if least else "") + short(value)
    return (
        f'<rect class="fc{number}" x="{begin:.1f}" y="{top:.1f}" width="{max(1.0, end - begin):.1f}" '
        f'height="{thick - 2}"/>' + _text(end + 6, top + thick - 3, said, "small")
    )


def _text(x: float, y: float, said: str, kind: str = "", anchor: str = "start") -> str:
    if not said:
        return ""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(said)}</text>'


def _rule(x: float, y: float, to_x: float, to_y: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}"/>'


def _page(width: int, height: float, title: str, parts: Sequence[str]) -> str:
    light, dark = (
        "\n".join(f".fc{n} {{ fill: {c[tone]} }} .sc{n} {{ stroke: {c[tone]} }}" for n, c in enumerate(COLOURS))
        for tone in (0, 1)
    )
    body = "\n".join(part for part in parts if part)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:.0f}" role="img">
<title>{escape(title)}</title>
<style>{STYLE}.small {{ font-size: 11.5px }}
{light}
@media (prefers-color-scheme: dark) {{{DARK}{dark}
}}</style>
<rect class="page" width="{width}" height="{height:.0f}" rx="6"/>
{body}
</svg>
"""


def growth(rows: Sequence[Mapping[str, Any]]) -> str:
    """How the median and the 99th percentile grow with the register, for each number of codes."""
    lines = []
    for series, codes in enumerate(sorted({row["codes"] for row in rows})):
        of_these = sorted((row for row in rows if row["codes"] == codes), key=lambda row: row["points"])
        for measure in ("p50", "p99"):
            points = tuple((row["points"], row[measure] * 1000) for row in of_these)
            name = f"{codes} code{'s' * (codes != 1)}"
            lines.append(Line(series=series, name=name, measure=measure, points=points, dashed=measure == "p99"))
    refused = any(row.get("stopped") for row in rows)
    title = "Time of one plan" + ", at least: some were refused for want of time" * refused
    return line_chart(lines, title=title, x_label="service points in the register", y_label="milliseconds")


def ratios(figures: Mapping[str, Any], *, points: int) -> str:
    """How many times as long as the engine each peer takes, over a register of that size."""
    cells = [cell for cell in figures["cells"] if cell["points"] == points]
    bars = []
    for number, peer in enumerate(cells[0]["peers"]):
        same = [cell["peers"][number] for cell in cells]
        if not peer["name"].startswith("referral"):
            values = tuple(one["ratio_to_three_routes"] for one in same)
            least = tuple(bool(one["capped"]) for one in same)
            bars.append(Bar(name=peer["name"], detail=peer["graph"], values=values, least=least))
    return bar_chart(
        bars,
        title=f"First route by a peer / three routes with backups by the engine, {points:,} points",
        series=[f"{cell['codes']} needed codes" for cell in cells],
        x_label="median over the problems of peer / engine",
        even="as fast",
    )


def main() -> int:
    """Draws what there are figures for."""
    charts: tuple[tuple[str, Callable[[Any], str]], ...] = (
        ("growth", lambda figures: growth(figures["rows"])),
        ("peers", lambda figures: ratios(figures, points=max(cell["points"] for cell in figures["cells"]))),
    )
    for name, drawn in charts:
        source = HERE / f"{name}.json"
        if source.exists():
            figures = json.loads(source.read_text(encoding="utf-8"))
            source.with_suffix(".svg").write_text(drawn(figures), encoding="utf-8")
            print(f"benchmarks/{name}.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
