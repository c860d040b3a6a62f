"""Learning: who studies which module, how far they are, and when a module is completed.

Words: enrolment = pendaftaran (`enrolments`), round = putaran (`round`), lesson done = pelajaran selesai
(`lesson_progress.done_at`), learning hours = JP (`hours`, 1 JP = 45 minutes), study day = hari belajar (`study_days`).

Promises:
- Completion is one rule (`rules.is_complete`), evaluated in one transaction; it happens once per enrolment and is kept
  when the module changes later.
- The order of a sequential module holds for a typed address as well.
- Reading changes nothing but the place where a person goes on and the minutes of the day.
- A module that leaves the catalogue takes nobody's progress with it.
"""
