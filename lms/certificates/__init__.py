"""Certificates: issued when a module or a programme is completed, sealed, downloadable, and verifiable by anyone who holds one.

Words: certificate = sertifikat (`certificates`), number = nomor (`number`), serial = kode verifikasi (`serial`),
revoked = dicabut, superseded = digantikan, design = rancangan, seal = segel elektronik.

Promises: what a certificate says is the snapshot on its row, taken when it was issued; numbers run without gaps within a year;
one live certificate for each round of a module or a programme; the PDF is made once and its bytes never change after that.
"""
