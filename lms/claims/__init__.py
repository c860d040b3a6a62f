"""Training that was done elsewhere or earlier: certificates that people hand in, and what officers enter in bulk.

Words: claim = pengajuan sertifikat luar; evidence = bukti, the photo or PDF of a certificate; to check = memeriksa, by the officer of the
unit; to accept = menerima, by the training office (BKPSDM); training = kegiatan pelatihan, one event with its participants.

Promises: nothing counts before two steps were taken, and never by the hand of whom it is for; what counts stands in the ledger of
`lms.hours` alone; a photo is kept without the place and device in it, and no file is ever handed out as anything that a browser runs;
a list is entered as a whole or not at all.
"""
