"""People and units: who works here, where, in which role, and how they sign in.

Words: person = pegawai; unit = unit kerja / perangkat daerah; NIP = nomor induk pegawai; employment = jenis kepegawaian (PNS,
PPPK, PPPK paruh waktu); position = jabatan; rank = golongan. Roles: learner = peserta, trainer = pengajar, supervisor = atasan
langsung, admin.

Promises: a supervisor sees exactly the subtree of her unit; a sign-in lives in a row of ours, so that signing out ends it
everywhere; an imported person gets a one-time activation code and no password.
"""
