"""Competencies: what a position requires, what a person can, and what lies between.

Words: competency = kompetensi; level = level kompetensi, 1 to 5; indicator = indikator perilaku; dictionary = kamus kompetensi;
requirement = level yang dipersyaratkan; evidence = bukti kompetensi; confirmation = konfirmasi atasan; gap = kesenjangan, held - required.
Codes: M.1 to M.8 managerial and SK.1 sociocultural (PermenPANRB 38/2017), others are the agency's own technical ones.

Promises: a level rests on evidence that has a day and an end, and every gap names both the evidence and the requirement; what held on a
day of the past stays answerable; evidence is withdrawn with a reason, never deleted; nobody confirms her own level.
"""
