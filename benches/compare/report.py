"""The tables, and the page that holds them between two marker comments."""
import os
import platform
from statistics import median

BEGIN = "<!-- measured: made by benches/compare, changes here are lost -->"
END = "<!-- /measured -->"
# What the tables call a claim.
CLAIMS = {"": "nothing", "nothing": "nothing", "lines": "lines", "exact": "all kinds", "variants": "variants", "bundled": "more"}


def ratios(row):
    """How many times as long as the limit of its round each run took."""
    return [run.seconds / limit.seconds for run, limit in zip(row.runs, row.limits)]


def over_limit(row):
    """By how many seconds each run took longer than the limit of its round."""
    return [run.seconds - limit.seconds for run, limit in zip(row.runs, row.limits)]


def table(group, expected):
    return (start_up_table if group.name == "start-up" else work_table)(group, expected)


def work_table(group, expected):
    def figures(row):
        seconds, values = median(run.seconds for run in row.runs), ratios(row)
        speed = expected[group.work][str(row.share)]["nothing"]["bytes"] / seconds / 1e6
        return f"{seconds:.3f}", short(median(values)), f"{short(min(values))}–{short(max(values))}", short(speed), peak(row)

    lines = [
        f"| tool | removes | rules | share | seconds | × `{group.limit.name}` | min–max | MB/s | peak MB |",
        "| --- | --- | --: | --: | --: | --: | --: | --: | --: |",
        *(line(row, (f"{row.rules:,}", share(row)), figures, 5) for row in group.rows),
    ]
    limits = limits_of(group)
    if limits:
        lines.append(f"\n`{group.limit.name}` itself: " + ", ".join(limits) + ".")
    return "\n".join(lines)


def start_up_table(group, _expected):
    def figures(row):
        values = [seconds * 1e3 for seconds in over_limit(row)]
        return f"{median(values):.1f}", f"{min(values):.1f}–{max(values):.1f}", peak(row)

    lines = [
        f"| tool | removes | rules | ms over `{group.limit.name}` | min–max | peak MB |",
        "| --- | --- | --: | --: | --: | --: |",
        *(line(row, (f"{row.rules:,}",), figures, 3) for row in group.rows),
    ]
    return "\n".join(lines)


def line(row, work, figures, columns):
    """The line of a row: its figures, or its fault in the first of their columns."""
    measured = row.runs and not row.fault
    cells = figures(row) if measured else (row.fault, *[""] * (columns - 1))
    return "| " + " | ".join((row.tool.name, CLAIMS[row.tool.claim], *work, *cells)) + " |"


def limits_of(group):
    """The median time of the limit on each share that a row had."""
    shares = {}
    for row in group.rows:
        shares.setdefault(row.share, []).extend({id(limit): limit.seconds for limit in row.limits}.values())
    return [f"{median(times):.3f} s for {share_name(of)}" for of, times in sorted(shares.items()) if times]


def share(row):
    return f"1/{row.share}" if row.share > 1 else "all" if row.share else ""


def share_name(of):
    return f"1/{of} of it" if of > 1 else "all"


def peak(row):
    return f"{max(run.peak_kib for run in row.runs) / 1024:.0f}"


def short(value):
    """Three digits."""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def machine():
    """The processor, how many cores may be used, the system."""
    model = platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
        model = models[0] if models else model
    return f"{model}, {len(os.sched_getaffinity(0))} cores, {platform.system()} {platform.release()}"


def text(groups, expected, facts, picture):
    """The part of the page that is made."""
    parts = [f"![Times over those of the limits]({picture})", facts]
    for group in groups:
        parts.append(f"### {group.title}\n\n{table(group, expected)}")
    return "\n\n".join(parts)


def around(path):
    """What stands before and after the made part of a page. Without markers all stands before; there may be no page."""
    page = ""
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            page = file.read()
    before, begin, rest = page.partition(BEGIN)
    if not begin:
        return page and page.rstrip("\n") + "\n\n", "\n"
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"{path}: below `{BEGIN}` there is no `{END}`")
    return before, after


def write(path, before, made, after):
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{before}{BEGIN}\n\n{made}\n\n{END}{after}")
