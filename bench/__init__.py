"""Benchmarks: `python -m bench [votes] [fanout] [reads]`, which `make bench` runs on durable servers of their own."""
