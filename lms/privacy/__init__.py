"""Personal data (UU 27/2022): the notice, my data, requests about them, retention, erasure, the report of a breach.

Words: notice = pemberitahuan privasi; request = permohonan; correction = perbaikan; retention = retensi; erasure = penghapusan;
breach = kegagalan pelindungan data pribadi; data subject = subjek data pribadi.

Promises: a person gets all that the rooms name as hers and never a secret (their `personal.py`); every wish has one row with its deadline
of 3 x 24 hours (Ps 30-32); what is deleted by age stands in one table (`retention.py`); erasing needs two officers and keeps certificates,
results and the audit log.
"""
