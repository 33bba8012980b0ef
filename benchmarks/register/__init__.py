"""Invented registers of any size, written straight into a SQLite file: `python -m benchmarks.register 10000 FILE`.

Nothing in them exists but the towns. What the numbers are, and why:

- Places: 892 towns of the five countries, Zipf by rank of population (exponent 1): Tashkent has 11 % of the points.
  Who helps sits in the capitals; the numbers of people alone would put 6 % there.
- Rural: 15 %, evenly over places below 20,000 people. Villages have somebody, and seldom two.
- Organizations: 1 to 6 points, 1.42 on average; 85 % of the points in the organization's own town. `data/directory`
  has 1.39.
- Codes: some 210 sets of 1 to 4 codes in 15 fields of work; in a field few sets are everywhere (Zipf). Services of
  the directory have 1.9 codes; counselling and legal information lead there, too.
- Rare codes: `MED-CMR` 0.4 %, `CHD-GRD` 0.3 %, `RET-AVR` 0.2 %, `INT-LNG` 0.05 %, `STA-REF` 0.02 %. Hospitals,
  guardians, return offices; some needs are met in a few towns of a country only.
- Beds: 20 %, of which 15 % at a confidential address. A fifth of the directory; the house whose street nobody may
  know.
- Authorities: 10 %, mostly offices that identify and give papers. They alone offer `IDN-FRM`, `CJS-REP`, `CON-SRV`.
- Remote: 4.5 %, a tenth of them mobile; never a bed, an emergency room or rape care. Helplines and interpreters.
- Hours: 60 % office, 20 % always, 20 % other or unknown. Beds, emergency rooms and the police seldom close; offices
  of the state keep hours.
- Verified: 70 % in time, 5 % too long ago, 25 % only listed. Enough for routes; a steward's telephone is never done.
- Unknown facts: 2 % where verified, 45 % where only listed. Who phoned has asked.
- Closed by gates: 60 to 80 % of what offers a needed code (69 % in cities, `closings.py`). The sparsity that issue 3
  asks for.
- Full: 10 %, reported within the day (beds) or the week.
- Papers or formal status asked for: 4 % and 2.5 % (8 % of beds).
- Response, duration: 0 to 240 and 30 to 120 minutes, on round numbers. So people plan, so many points tie.
- Medicine of rape care: 70 % of the clinics in six cities, none elsewhere. Elsewhere a known danger is all there is
  in time.
- Links: from 29 % of the organizations, 1 to 5 each, most of them near; 7 % over a border, of which three in five
  bind. Agreements are made between neighbours.
- Receptions: 2 for each point that brings people home, two in three binding.

What is kept of a point is what the program keeps: the rows equal those that `Store.load_directory`, `Store.verify` and
`Store.record_capacity` would write (`tests/benchmarks`). There are no changes on record, no hotlines, and one telephone
of zeros each. Registers end on 23 November 2026.
"""

from benchmarks.register.file import SEED, url_of, write_register

__all__ = ["SEED", "url_of", "write_register"]
