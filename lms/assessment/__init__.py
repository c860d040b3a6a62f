"""Assessment: attempts at quizzes, grading, marking by trainers, and what trainers see of the results.

Words: attempt = percobaan, item = soal in an attempt, share = the part of a question's points that was earned (-1 to 1),
counted score = the score that decides (best, last, first or mean), pretest = prates, marking = penilaian.

Promises:
- An attempt keeps the questions, their order and their keys as they were when it began.
- An answer that was acknowledged is stored durably; a newer answer is never overwritten by an older page.
- The server's clock decides what is late; what was saved in time is graded.
- Submitting twice, or fifty times at once, gives one result.
- Keys, feedback and explanations leave the server only when the feedback policy allows it.
"""
