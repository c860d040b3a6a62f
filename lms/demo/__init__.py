"""The demo city: 40 units and 600 people with a past, loaded once into an instance folder of its own.

Words: named = the people whom README and tests call by NIP, one for each state a learner can be in; chapter = what one
person did in one module.

Promises: every row of learning, assessment and certificates is written by the services of those rooms, at a stopped clock;
all dates are relative to the day of loading; the same day and the same content give the same city, but for what
the services draw by chance (questions, serials).
"""
