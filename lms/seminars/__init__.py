"""Seminars and workshops: events with sessions, registration with a waiting list, attendance, and the learning hours that come of it.

Words: seminar = acara (seminar, workshop, sosialisasi, bimtek, …) with its code (`seminar:<code>` elsewhere); session = sesi, one stretch
of a day; seat = kursi; waiting list = daftar tunggu; nomination = penugasan oleh atasan; walk-in = hadir tanpa mendaftar;
attendance = kehadiran (daftar hadir: hadir, terlambat, tidak hadir); quota = kuota per perangkat daerah.

Promises: of those who register at once exactly as many get a seat as there are seats, and the others wait in the order of their commits,
without gap or tie; whoever waits moves up by itself in the transaction that frees a seat, and is told; attendance that changes later
corrects the ledger. Modules: `planning` (the event), `service` (registration), `attending` (attendance and hours), `calendars` (iCalendar).
"""
