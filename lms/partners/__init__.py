"""Partners of training, and study programmes (tugas belajar): who teaches with the agency, under which agreement, and who studies there.

Words: partner = mitra (universities, agencies, other bodies); agreement = perjanjian, MoU = nota kesepahaman, PKS = perjanjian kerja sama
(Permendagri 22/2020); expert = narasumber; offer = tawaran; programme = program studi; application = permohonan tugas belajar; opinion =
pertimbangan atasan; decree = keputusan; transcript = transkrip nilai.

Promises: what was agreed, offered or decided is ended, never deleted; contacts of outsiders are shown to the training office alone; nobody
gives an opinion or decides on her own application; a semester counts once confirmed, and what was confirmed by mistake is taken back.
"""
