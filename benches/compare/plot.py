"""Draws the medians as bars on a logarithmic scale, with a whisker from the fastest to the slowest round."""
import math
from html import escape
from statistics import median

from report import CLAIMS, over_limit, ratios, short

LEFT, WIDTH, RIGHT, BAR = 340, 440, 70, 17
# A start that took no longer than the limit's has no logarithm.
LEAST_MS = 0.1
COLOURS = {"": "#ccc", "lines": "#a9d6e5", "exact": "#61a5c2", "variants": "#2a6f97", "bundled": "#013a63"}


def picture(groups):
    """All groups, one below the other."""
    parts, top = [], 30
    for group in groups:
        drawn = [row for row in group.rows if row.runs and not row.fault]
        if drawn:
            parts += panel(group, drawn, top)
            top += 60 + BAR * len(drawn)
    legend = (
        f'<rect x="{20 + at * 170}" y="{top}" width="12" height="12" fill="{colour}"/>'
        f'<text x="{38 + at * 170}" y="{top + 10}">removes {CLAIMS[claim]}</text>'
        for at, (claim, colour) in enumerate(COLOURS.items())
    )
    joined = "\n".join([*parts, *legend])
    width, height = LEFT + WIDTH + RIGHT, top + 30
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
        f'font-size="11"><rect width="{width}" height="{height}" fill="white"/>\n{joined}\n</svg>\n'
    )


def panel(group, rows, top):
    is_start_up = group.name == "start-up"
    unit = f"ms over {group.limit.name}" if is_start_up else f"× {group.limit.name}"
    values = [[max(s * 1e3, LEAST_MS) for s in over_limit(row)] if is_start_up else ratios(row) for row in rows]
    low, high = bounds(min(map(min, values)), max(map(max, values)))

    def x(value):
        return LEFT + WIDTH * (math.log10(value) - low) / (high - low)

    bottom = top + 10 + BAR * len(rows)
    yield f'<text x="20" y="{top}" font-size="13" font-weight="bold">{escape(group.title)}, {escape(unit)}</text>'
    for power in range(low, high + 1):
        at = x(10.0**power)
        yield f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{top + 8}" y2="{bottom}" stroke="#ddd"/>'
        yield f'<text x="{at:.1f}" y="{bottom + 13}" text-anchor="middle" fill="#666">{10.0**power:g}</text>'
    for number, (row, times) in enumerate(zip(rows, values)):
        yield from bar(row, times, top + 10 + BAR * number, x, 10.0**low)
    if not is_start_up:
        # The limit.
        yield f'<line x1="{x(1):.1f}" x2="{x(1):.1f}" y1="{top + 8}" y2="{bottom}" stroke="#c1121f"/>'


def bar(row, times, y, x, start):
    weight = ' font-weight="bold"' if row.tool.name.startswith("deboil") else ""
    name = f"{row.tool.name}, {CLAIMS[row.tool.claim]}, {row.rules:,} rules" + f", 1/{row.share}" * (row.share > 1)
    middle, least, most = median(times), min(times), max(times)
    yield f'<text x="{LEFT - 8}" y="{y + 12}" text-anchor="end"{weight}>{escape(name)}</text>'
    yield (
        f'<rect x="{x(start):.1f}" y="{y + 2}" width="{x(middle) - x(start):.1f}" height="{BAR - 5}" '
        f'fill="{COLOURS[row.tool.claim]}"/>'
    )
    yield f'<line x1="{x(least):.1f}" x2="{x(most):.1f}" y1="{y + 8}" y2="{y + 8}" stroke="black"/>'
    yield f'<text x="{x(most) + 5:.1f}" y="{y + 12}">{short(middle)}</text>'


def bounds(least, most):
    """The powers of ten around all values and around 1; one decade at least."""
    low = min(math.floor(math.log10(least)), 0)
    return low, max(math.ceil(math.log10(most)), low + 1)
