"""How fast the program is, as ratios inside one run, and whether what it answers is exact: `make bench`."""
