"""Programmes: ways through several modules, seminars and certificates from outside, and who has gone them to the end.

Words: programme = program (`programme_id`), item = butir, step = langkah (an item, or a choice among items), way = alur,
participant = peserta (`programme_participants`), completion = penyelesaian (`programme_completions`), round = putaran.

Promises:
- Where somebody stands is worked out from facts (modules completed, seminars attended, certificates accepted) and never stored; only
  that a programme was completed is, once for each round, with the items and JP of that day. What was completed stays when the file changes.
- Whoever does the last item completes the programme, whether she had joined it or not; joining puts it on the start page.
- The JP of a programme tell how long it is. The ledger of learning hours credits its items, never the programme again.
- Seminars and certificates from outside come through `sources`: a room that knows them is named in wiring, none is imported here.
"""
