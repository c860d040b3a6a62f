"""Assignments: modules and programmes that people are to do, by when, and how each of them stands.

Words: assignment = penugasan, subject = what is to be done (a module or a programme), target = sasaran (whom it is for), hit = somebody
whom it concerns (`assignment_hits`), round = putaran, due date = batas waktu, grace = masa tenggang, waiver = pembebasan.

Promises:
- Whom an assignment hits is worked out from its targets: who joins later is hit, who leaves or no longer fits is not. Newcomers are
  found by the date of appointment on their record, never by the NIP.
- The state of a hit is one pure function (`rules.standing`) of its terms, what was completed and the day. It is kept beside the hit with
  the day on which time alone will change it, and numbers by unit beside that, so that pages of the whole city cost little.
- Nobody is reminded of what is done or waived. What is recommended is never overdue.
"""
