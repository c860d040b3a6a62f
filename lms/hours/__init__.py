"""Learning hours (JP): a ledger of what counts for whom, by rules that are data.

Words: JP = jam pelajaran, 45 minutes; form = bentuk pengembangan kompetensi (PerLAN 10/2018), one to one with SIASN's jenisDiklat; rate =
konversi; raw = what the rate gives; credited = what counts after the caps; ledger = buku JP; target = target JP.

Promises: an entry is never edited, a mistake is reversed or corrected by another entry; what counts depends on what was earned, never on
the order in which it was entered; the sum of the entries is what every page, list and export shows.
"""
