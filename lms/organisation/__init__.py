"""The organisation and its past: units that are renamed, moved, merged, split or ended, and people who move or act for another.

Words: unit = unit kerja / perangkat daerah; posting = riwayat jabatan; definitive = definitif; acting = pelaksana tugas (Plt., the office
is vacant) or pelaksana harian (Plh., its holder is away); basis = nomor surat keputusan.

Promises: each act has a day, which may lie back as far as the last change and never ahead; what was so on a day of the past is still
answered as it was; whoever acts for another sees the unit for exactly that time; an ended unit is offered nowhere and lost nowhere.
"""
