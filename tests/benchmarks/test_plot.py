"""The charts of benchmarks/plot.py: well-formed, text as text, and every value where its axis has it."""

import re
from xml.etree import ElementTree

import pytest

from benchmarks.plot import Bar, Line, Scale, bar_chart, growth, line_chart, ratios, short

ROWS = [
    {"codes": codes, "points": points, "p50": codes / 1000, "p99": codes / 100}
    for codes in (1, 4)
    for points in (10_000, 1_000)
]
FIGURES = {
    "cells": [
        {
            "points": 1_000,
            "codes": codes,
            "peers": [
                {"name": "referral, 3 routes", "graph": "", "ratio_to_three_routes": 1.0, "capped": []},
                {"name": "a <peer>", "graph": "thin", "ratio_to_three_routes": ratio, "capped": capped},
            ],
        }
        for codes, ratio, capped in ((3, 12.34, []), (5, 4321.0, [7]))
    ]
}


def texts(svg):
    """What a reader can read and search for."""
    return [element.text for element in ElementTree.fromstring(svg).iter() if element.tag.endswith("}text")]


def test_growth_has_a_line_for_the_median_and_one_for_the_tail_of_every_number_of_codes():
    """Milliseconds over points; dashed is the 99th percentile."""
    svg = growth(ROWS)

    assert {"1 code", "4 codes", "p50", "p99", "1,000", "10,000", "milliseconds"} <= {*texts(svg)}
    assert svg.count('class="line sc0"') - 1 == svg.count('class="line sc0 dashed"') == 1  # one is in the legend
    assert svg == growth(ROWS[::-1])
    assert "Time of one plan" in texts(svg)


def test_growth_says_when_queries_were_refused():
    """Their time is a lower bound."""
    title = next(text for text in texts(growth([{**row, "stopped": 1} for row in ROWS])) if text)

    assert title == "Time of one plan, at least: some were refused for want of time"


def test_bars_say_their_value_and_which_are_lower_bounds():
    """The engine is the 1 of the axis and has no bar; markup in a name is only text."""
    found = texts(ratios(FIGURES, points=1_000))

    assert {"a <peer>", "12", "≥ 4,320", "3 needed codes", "5 needed codes"} <= {*found}
    assert "referral, 3 routes" not in found


def test_a_bar_begins_at_one_and_goes_left_where_the_peer_is_faster():
    """A logarithmic axis has no 0 to begin at."""
    bars = [
        Bar(name="slow", detail="", values=(10.0,), least=(False,)),
        Bar(name="fast", detail="", values=(0.1,), least=(False,)),
    ]
    svg = bar_chart(bars, title="t", series=["s"], x_label="x", even="as fast")
    slow, fast = re.findall(r'<rect class="fc0" x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="11"', svg)

    assert float(fast[0]) + float(fast[1]) == pytest.approx(float(slow[0]))
    assert float(slow[1]) == pytest.approx(float(fast[1]))


def test_an_axis_holds_all_its_values():
    """Ends are 1, 2 or 5 times a power of ten."""
    scale = Scale([3, 700], 0, 100)

    assert scale.at(2) == 0
    assert scale.at(1000) == pytest.approx(100)
    assert scale.ticks == (10, 100, 1000)
    assert Scale([0.03, 0.4], 0, 100).ticks == pytest.approx((0.02, 0.05, 0.1, 0.2, 0.5))
    assert Scale([10, 10], 0, 100).at(10) == 0


def test_numbers_are_short():
    """Two or three figures."""
    assert [short(value) for value in (0.0123, 1.26, 12.3, 123.4, 1_000_000)] == [
        "0.012",
        "1.3",
        "12",
        "123",
        "1,000,000",
    ]


def test_one_line_of_one_point_is_a_chart():
    """No division by nothing."""
    line = Line(series=0, name="alone", measure="p50", points=((1000, 1.0),))
    drawn = ElementTree.fromstring(line_chart([line], title="t", x_label="x", y_label="y"))
    assert "alone" in "".join(drawn.itertext())
