"""Every mistake the checker knows for modules and lessons: its level, what is wrong, what to write instead."""

from __future__ import annotations

import dataclasses

from lms.content.catalog import Level, Mistake


def N_(message: str) -> str:
    """Mark a msgid for the translators' extraction."""
    return message


KNOWN: dict[str, tuple[Level, str, str]] = {
    # reading
    "not-readable": ("error", N_("The file cannot be read: %(reason)s."), N_("Check that it is a plain file and its permissions.")),
    "outside": ("error", N_("%(path)s lies outside the content folder."), N_("Copy the file into the module's folder.")),
    "too-large": ("error", N_("The file is larger than %(limit)s."), N_("Split it into several lessons.")),
    "not-utf8": ("error", N_("The text is not UTF-8 (column %(column)s)."), N_("Save the file with the encoding UTF-8.")),
    "still-written": ("error", N_("The file is still being written."), N_("Save and close it in the editor.")),
    "too-costly": ("error", N_("The text takes too much time or memory to render."),
                   N_("Look for long runs of brackets or deep nesting near this line and shorten them.")),
    "bad-html": ("error", N_("The HTML in this text cannot be read."), N_("Remove unusual HTML; Markdown is enough.")),
    "too-deep": ("error", N_("Lists, quotes or tags are nested deeper than %(limit)s levels."), N_("Use fewer levels.")),
    # front matter
    "yaml-broken": ("error", N_("The front matter is not valid YAML: %(reason)s."), N_("Write one `key: value` per line.")),
    "yaml-colon": ("error", N_("A value contains a bare colon."), N_("Put the value in quotes: `title: \"Kuis: Etika\"`.")),
    "yaml-duplicate": ("error", N_("The key `%(key)s` stands twice (first in line %(first)s)."), N_("Keep one of the two.")),
    "yaml-alias": ("error", N_("Anchors, aliases and tags (`&`, `*`, `!`) are not allowed in front matter."),
                   N_("Write the value out in full.")),
    "yaml-deep": ("error", N_("The front matter is nested too deeply."), N_("Use plain `key: value` lines.")),
    "yaml-long": ("error", N_("The front matter is longer than %(limit)s."), N_("Keep metadata only; put text below the second `---`.")),
    "yaml-open": ("error", N_("The front matter is not closed."), N_("Write a line `---` after the last key.")),
    "toml-front-matter": ("warning", N_("Front matter between `+++` lines is not read."), N_("Write it as YAML between `---` lines.")),
    # schema
    "unknown-key": ("warning", N_("The key `%(key)s` is not known."), N_("Remove it.")),
    "unknown-key-near": ("warning", N_("The key `%(key)s` is not known."), N_("Did you mean `%(near)s`?")),
    "bad-value": ("warning", N_("`%(key)s: %(value)s` is not understood and is left out."), N_("Write %(wanted)s.")),
    "bad-id": ("warning", N_("The id `%(id)s` is not plain; `%(near)s` is used."), N_("Write `id: %(near)s`.")),
    # identity and references
    "duplicate-id": ("error", N_("The id `%(id)s` is already used by %(other)s."), N_("Give one of the two another `id`.")),
    "renamed-id": ("warning", N_("Another lesson has the name `%(taken)s`; this one is called `%(id)s`."),
                   N_("Write an `id:` into the front matter.")),
    "missing-quiz": ("error", N_("There is no quiz `%(id)s`."), N_("Create quizzes/%(id)s.md or correct the name.")),
    "missing-quiz-near": ("error", N_("There is no quiz `%(id)s`."), N_("Did you mean `%(near)s`?")),
    "broken-quiz": ("error", N_("The quiz `%(id)s` has no good revision."), N_("Correct the mistakes in its file.")),
    "missing-certificate": ("error", N_("There is no certificate design `%(id)s`."),
                            N_("Create certificates/%(id)s/certificate.html or correct the name.")),
    "missing-certificate-near": ("error", N_("There is no certificate design `%(id)s`."), N_("Did you mean `%(near)s`?")),
    "missing-module": ("error", N_("`requires` names the module `%(id)s`, which does not exist."), N_("Remove it or correct the name.")),
    "missing-module-near": ("error", N_("`requires` names the module `%(id)s`, which does not exist."), N_("Did you mean `%(near)s`?")),
    "requires-circle": ("error", N_("`requires` goes in a circle: %(path)s."), N_("Remove one of these requirements.")),
    "no-lessons": ("warning", N_("The module has no lessons."), N_("Add a Markdown file beside this one.")),
    "markdown-in-media": ("warning", N_("%(path)s lies in a media folder and is no lesson."), N_("Move it to the module's folder.")),
    # programmes
    "programme-empty": ("error", N_("The programme has no items."), N_("List them under `items:`, one on each line with `- ` before it.")),
    "programme-nothing": ("error", N_("Nothing in this programme has to be done, so nobody could finish it."),
                          N_("Write `choose:` with a number above 0, or an item that stands by itself.")),
    "programme-long": ("error", N_("The programme has more than %(limit)s items."), N_("Make two programmes of it.")),
    "programme-item": ("error", N_("`%(item)s` is no item of a programme."),
                       N_("Write a module's id, `seminar:CODE` in small letters, digits and hyphens, or `external:NAME`.")),
    "programme-twice": ("error", N_("The item `%(item)s` stands twice (first in line %(first)s)."), N_("Keep one of the two.")),
    "programme-from": ("error", N_("A choice offers nothing."), N_("List what to choose from under `from:`.")),
    "programme-choose": ("error", N_("How many of the items under `from:` have to be done is not said or not understood."),
                         N_("Write `choose:` with a number from 0 to %(count)s, or `all`.")),
    "programme-module": ("error", N_("There is no module `%(id)s`."), N_("Remove it or correct the name.")),
    "programme-module-near": ("error", N_("There is no module `%(id)s`."), N_("Did you mean `%(near)s`?")),
    "programme-seminar": ("warning", N_("No seminar with the code `%(id)s` is planned yet."),
                          N_("Leave it if it will be; else correct the code.")),
    "programme-draft": ("warning", N_("The module `%(id)s` is not in service, so nobody can finish it."),
                        N_("Publish the module or take it out of the programme.")),
    "programme-hours": ("warning", N_("The hours of the module `%(id)s` come from the module; those written here are left out."),
                        N_("Remove `hours`.")),
    # text
    "setext": ("warning", N_("A heading underlined with `=` or `-`."), N_("Write it as `%(marks)s %(title)s`.")),
    "open-fence": ("warning", N_("A code block is never closed and takes in the rest of the text."), N_("Close it with %(marks)s.")),
    "html-heading": ("warning", N_("HTML takes in a heading."), N_("Leave an empty line before the heading.")),
    "math": ("warning", N_("The formula `%(tex)s` is not understood and is shown as written."), N_("Check its braces and commands.")),
    "no-alt": ("warning", N_("A picture has no alternative text."), N_("Write what it shows: `![Warga di loket](%(path)s)`.")),
    "missing-media": ("warning", N_("There is no file %(path)s."), N_("Add the file or correct the path.")),
    "missing-media-near": ("warning", N_("There is no file %(path)s."), N_("Did you mean %(near)s?")),
    "bad-picture": ("warning", N_("The picture %(path)s cannot be read."), N_("Save it again as JPEG, PNG, WebP or SVG.")),
    "picture-too-large": ("warning", N_("The picture %(path)s has more than %(limit)s million pixels."), N_("Save it smaller.")),
    "media-too-large": ("warning", N_("The file %(path)s is larger than %(limit)s."), N_("Make it smaller.")),
    "remote-media": ("warning", N_("%(url)s is on another server and is not loaded."), N_("Copy the file into the module's media folder.")),
    "bad-link": ("warning", N_("The link `%(url)s` is not allowed."), N_("Use https, http, mailto or a relative path.")),
    "broken-link": ("warning", N_("The link leads nowhere: %(path)s."), N_("Correct the path.")),
    "broken-link-near": ("warning", N_("The link leads nowhere: %(path)s."), N_("Did you mean %(near)s?")),
    "broken-anchor": ("warning", N_("There is no heading `#%(anchor)s` in %(path)s."), N_("Correct the part after #.")),
    "broken-anchor-near": ("warning", N_("There is no heading `#%(anchor)s` in %(path)s."), N_("Did you mean `#%(near)s`?")),
}


def mistake(code: str, file: str, line: int = 1, *, subject: str | None = None, **params: str) -> Mistake:
    """A located mistake from the table above."""
    level, message, remedy = KNOWN[code]
    return Mistake(file, line, level, code, message, tuple(params.items()), remedy, subject)


def near_mistake(code: str, file: str, line: int = 1, *, near: str | None, **params: str) -> Mistake:
    """The same with "did you mean", when something near is known."""
    if near is None:
        return mistake(code, file, line, **params)
    return mistake(f"{code}-near", file, line, near=near, **params)


def about(found: Mistake, subject: str) -> Mistake:
    """The mistake as one of this module or quiz."""
    return dataclasses.replace(found, subject=subject)


def is_fatal(found: Mistake) -> bool:
    """Whether the file cannot be served as it is."""
    return found.level == "error"
