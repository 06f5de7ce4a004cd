"""Benchmarks: ``make bench`` measures and writes RESULTS.md."""
