"""Looking after the running program: the audit log and its chain, who read whose data, jobs that failed.

Words: entry (catatan audit), chain (rantai), head (ujung), check (pemeriksaan), reading (pembacaan), job (pekerjaan).
Promises: an entry that was changed, removed, added or moved is found by the next check and named by its number; the check needs the
same memory for a million entries as for ten; every export is an entry itself.
"""
