"""Benchmarks: rezfast beside rez and pyrer, on rez's own benchmark. Run by `make bench`."""
