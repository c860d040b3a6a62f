"""Courses in Markdown: folders of plain text become a catalogue that the rest of the program reads.

Pure: knows neither Flask nor the database. An author's file passes through these steps:

- `files` reads it, bounded and inside the content folder only; `frontmatter` and `schema` type its metadata.
- `render` compiles the text in a child process (`pool`, `child`): normalise, Python-Markdown, arrange, sanitise.
- `links` and `media` put the addresses of lessons and pictures into the compiled text.
- `modules` turns a folder into a draft; `check` looks at all drafts together.
- `library` keeps the last good revision of everything in service and watches the folders.

Promises: a broken or half-written file never replaces a good one; nothing an author writes runs in a reader's
browser; every mistake has a file, a line and a remedy; no word of the text is lost.
"""
