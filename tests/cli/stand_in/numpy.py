"""Stands in for NumPy where Google Benchmark's compare.py imports it (see scipy/stats.py)."""


class array(list):
    def any(self):
        return any(value != 0 for value in self)
