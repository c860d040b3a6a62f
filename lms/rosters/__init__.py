"""Rosters: lists of people and units that offices send as CSV or XLSX, and what they would change.

Words: import = impor; plan = rencana impor, what a file would do; layout = pemetaan kolom; scope = cakupan, of whom a file says that it
lists them all; leaving = keluar; returning = kembali.

How a file goes: `sheets` opens it (`delimited`, or `archives`, `workbook`), `columns` says what its columns mean, `importing_people` or
`importing_units` reads it row by row into a plan; `service` keeps it until it is confirmed, then reads it once more and writes.

Promises: all or nothing, and nothing but what was shown; every mistake has its cell and its remedy; memory does not grow with the file;
nobody is deleted by a list, and none gives another role than supervisor; an imported person gets a one-time code and no password.
"""
