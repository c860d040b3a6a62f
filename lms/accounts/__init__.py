"""Accounts: how a person proves who she is, and the browsers in which she is signed in.

Words: sign-in = masuk, a signed-in browser (sesi); activation code = kode aktivasi; second factor = langkah kedua.

Promises: a sign-in lives in a row of ours, so that signing out ends it everywhere; a new role, another password or a
deactivation ends it at once; no password is ever sent, printed or kept readable.
"""
