"""Draws the ratios of all sections: a bar a way, on a logarithmic scale."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib import pyplot as plt

mpl.use("svg")
mpl.rcParams |= {"svg.hashsalt": "benchmarks", "font.size": 9}
OURS, OTHERS = "#2f6f8f", "#b9c2c9"
LINE = 0.24  # inches


def draw(sections: Mapping[str, Sequence[tuple[str, float]]], path: str) -> None:
    """``sections`` holds names and ratios by title."""
    heights = [len(bars) + 1.6 for bars in sections.values()]
    figure, axes = plt.subplots(
        len(sections), 1, figsize=(9, sum(heights) * LINE + 0.4), height_ratios=heights, squeeze=False
    )
    for axis, (title, bars) in zip(axes[:, 0], sections.items(), strict=True):
        names, ratios = [name for name, _ in bars], [ratio for _, ratio in bars]
        drawn = axis.barh(names, ratios, color=[OTHERS if number == 0 else OURS for number in range(len(bars))])
        axis.bar_label(drawn, [f"{ratio:.2f}" for ratio in ratios], padding=3)
        axis.set_xscale("log")
        axis.set_xlim(min(0.5, *ratios) * 0.9, max(ratios) * 2)
        axis.set_title(title, loc="left", fontsize=10, fontweight="bold")
        axis.invert_yaxis()
        axis.xaxis.set_visible(False)
        axis.spines[["top", "right", "bottom"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
