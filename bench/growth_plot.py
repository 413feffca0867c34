"""The plot of docs/performance.md: three panels of lines over logarithmic axes, as SVG."""
import math

WIDTH, HEIGHT, MARGIN = 340, 300, 52
COLOURS = ("#1b6ca8", "#c0392b", "#2e7d32", "#8e44ad")
TITLES = {"size": "octets", "parts": "parts", "recipients": "recipients"}


def decades(values):
    return math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))


class Panel:
    def __init__(self, what, lines, left):
        self.what, self.lines, self.left = what, lines, left
        points = [point for line in lines.values() for point in line]
        self.x_range = decades([x for x, _ in points])
        self.y_range = decades([y for _, y in points])

    def place(self, x, y):
        def scale(value, ends, length):
            return (math.log10(value) - ends[0]) / max(ends[1] - ends[0], 1) * length
        return (self.left + MARGIN + scale(x, self.x_range, WIDTH - MARGIN - 10),
                HEIGHT - MARGIN - scale(y, self.y_range, HEIGHT - MARGIN - 40))

    def text(self, x, y, words, anchor="middle", colour="#333"):
        return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{words}</text>'

    def draw(self):
        x_low, x_high = self.x_range
        y_low, y_high = self.y_range
        for power in range(x_low, x_high + 1):
            x, bottom = self.place(10**power, 10**y_low)
            _, top = self.place(10**power, 10**y_high)
            yield f'<line x1="{x:.1f}" y1="{bottom:.1f}" x2="{x:.1f}" y2="{top:.1f}" stroke="#ddd"/>'
            yield self.text(x, bottom + 15, f"10<tspan dy='-4' font-size='8'>{power}</tspan>")
        for power in range(y_low, y_high + 1):
            left, y = self.place(10**x_low, 10**power)
            right, _ = self.place(10**x_high, 10**power)
            yield f'<line x1="{left:.1f}" y1="{y:.1f}" x2="{right:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
            yield self.text(left - 4, y + 4, f"10<tspan dy='-4' font-size='8'>{power}</tspan>", "end")
        yield self.text(self.left + (WIDTH + MARGIN) / 2, HEIGHT - 16, TITLES[self.what])
        yield from self.slope()
        for number, (name, points) in enumerate(self.lines.items()):
            colour = COLOURS[number % len(COLOURS)]
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (self.place(*point) for point in points))
            yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.6"/>'
            yield self.text(self.left + MARGIN + 8, 52 + 14 * number, name, "start", colour)

    def slope(self):
        """Linear cost through the last point of the dearest line."""
        x, y = max((points[-1] for points in self.lines.values()), key=lambda point: point[1])
        reach = min(math.log10(x) - self.x_range[0], math.log10(y) - self.y_range[0])
        (x1, y1), (x2, y2) = self.place(x / 10**reach, y / 10**reach), self.place(x, y)
        yield (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#888" '
               'stroke-dasharray="4 3"/>')


def draw(series):
    """`series` gives (what, operation): [(n, microseconds of CPU time)]."""
    panels = {}
    for (what, operation), points in series.items():
        panels.setdefault(what, {})[operation] = points
    body = [line for number, (what, lines) in enumerate(panels.items())
            for line in Panel(what, lines, number * WIDTH).draw()]
    width = WIDTH * max(len(panels), 1) + 10
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT}" '
                      f'viewBox="0 0 {width} {HEIGHT}" font-family="sans-serif" font-size="11">',
                      f'<rect width="{width}" height="{HEIGHT}" fill="#fff"/>',
                      '<text x="12" y="20" fill="#333">CPU time in microseconds; dashed: linear</text>', *body, "</svg>", ""])
