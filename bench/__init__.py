"""Measurements against the goals of the design: ratios on one machine in one run, never absolute promises."""
