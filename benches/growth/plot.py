"""Draws each axis as a small log-log chart: what the start takes and what cleaning takes."""
import math
from html import escape

WIDTH, HEIGHT, LEFT, TOP, GAP = 300, 170, 70, 40, 75
COLOURS = {"start": "#a9a9a9", "cleaning": "#2a6f97"}
# Nothing, as the first number of an axis, has no logarithm.
LEAST = 0.5


def picture(axes):
    panels = [part for number, axis in enumerate(axes) for part in panel(axis, number % 2, number // 2)]
    width, height = 2 * (LEFT + WIDTH) + 30, (len(axes) + 1) // 2 * (TOP + HEIGHT + 40) + 10
    joined = "\n".join(panels)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
        f'font-size="11"><rect width="{width}" height="{height}" fill="white"/>\n{joined}\n</svg>\n'
    )


def panel(axis, column, row):
    left, top = column * (LEFT + WIDTH + 10) + LEFT, row * (TOP + HEIGHT + 40) + TOP
    lines = {"start": [(c.number, c.start) for c in axis.counts], "cleaning": [(c.number, c.cleaning) for c in axis.counts]}
    x = scale([max(c.number, LEAST) for c in axis.counts], left, left + WIDTH)
    y = scale([value for line in lines.values() for _, value in line], top + HEIGHT, top)
    yield f'<text x="{left}" y="{top - 18}" font-size="13" font-weight="bold">{escape(axis.title)}</text>'
    for power, at in x.powers:
        yield f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{top}" y2="{top + HEIGHT}" stroke="#eee"/>'
        yield f'<text x="{at:.1f}" y="{top + HEIGHT + 14}" text-anchor="middle" fill="#666">{10.0**power:g}</text>'
    for power, at in y.powers:
        yield f'<line x1="{left}" x2="{left + WIDTH}" y1="{at:.1f}" y2="{at:.1f}" stroke="#eee"/>'
        yield f'<text x="{left - 6}" y="{at + 4:.1f}" text-anchor="end" fill="#666">{10.0**power:g}</text>'
    for at, (name, line) in enumerate(lines.items()):
        points = " ".join(f"{x(max(number, LEAST)):.1f},{y(value):.1f}" for number, value in line)
        yield f'<polyline points="{points}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"/>'
        yield f'<text x="{left + WIDTH - 60 * at}" y="{top - 5}" text-anchor="end" fill="{COLOURS[name]}">{name}</text>'
    yield f'<text x="{left}" y="{top - 5}" fill="#666">instructions, by {escape(axis.unit)}</text>'


def scale(values, low, high):
    """Where a value stands between two places, on a logarithmic scale from a power of ten to another."""
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    last = max(last, first + 1)

    def place(value):
        return low + (high - low) * (math.log10(value) - first) / (last - first)

    place.powers = [(power, place(10.0**power)) for power in range(first, last + 1)]
    return place
