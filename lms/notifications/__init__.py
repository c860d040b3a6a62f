"""Notices: what people are told, on a page of their own and by mail.

Words: notice = pemberitahuan; mail = surel; digest = ringkasan harian; outbox = kotak keluar; channel = cara dikirim.

Promises: a notice and its mail are rows of the transaction that caused them, so nobody is told of what did not happen; under one key
a person is told once; mail is sent by the worker, again and again with longer waits, and rests on the page "Outgoing mail" when it cannot
be delivered; a mail is sent twice only if the connection broke, or the worker died, between the server's acceptance and our noting it, and
then under the same Message-ID; one-time links are sealed while they wait and wiped once sent, dropped or dead.

A new kind of notice is one entry in `kinds.KINDS`; whoever causes it calls `service.notify(person_id, kind, ...)`.
"""
