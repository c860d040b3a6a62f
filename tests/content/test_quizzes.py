"""Quiz files: what they say, and every mistake with its line and remedy."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from lms.content.catalog import Quiz, QuizSettings
from lms.content.quizzes import load_quiz
from tests.questions.reading import question, render

FILE = Path("quizzes/uji.md")
GOOD = "- [x] A\n- [ ] B\n"


def load(text: str) -> Quiz:
    quiz, mistakes = load_quiz(FILE, text, render=render)
    assert mistakes == ()
    assert quiz is not None
    return quiz


def faults(text: str) -> list[tuple[int, str, str]]:
    """(line, level, code) of each mistake; each must have a sentence and a remedy that can be filled in."""
    quiz, mistakes = load_quiz(FILE, text, render=render)
    for mistake in mistakes:
        assert " - " in mistake.text(str)
        assert mistake.text(str).startswith(f"quizzes/uji.md:{mistake.line}: ")
        assert mistake.subject == "uji"
    assert (quiz is None) is any(mistake.level == "error" for mistake in mistakes)
    return [(mistake.line, mistake.level, mistake.code) for mistake in mistakes]


def test_the_quiz_of_the_format_reads_as_it_says() -> None:
    quiz = load('''---
title: "Kuis: Pelayanan Prima"
preset: quiz
pass: 70
---

Selamat mengerjakan.

# Dasar {draw=1 points=2}

Tiga soal tentang loket.

## Menyapa warga {#menyapa tags=loket,sapa}

Apa langkah pertama ketika warga tiba di loket?

- [x] Menyapa dengan ramah
- [ ] Meminta berkas
  > Berkas diminta sesudah menyapa.

> Sapaan membuka komunikasi.

## Menutup {points=1,5}

- [x] Simpulkan {#a}
- [ ] Pergi {#b}
''')

    first, second = quiz.questions
    assert (quiz.id, quiz.title, quiz.intro_html, quiz.drawn) == ("uji", "Kuis: Pelayanan Prima", "<p>Selamat mengerjakan.</p>\n", 1)
    assert [(pool.title, pool.intro_html, pool.draw) for pool in quiz.pools] == [("Dasar", "<p>Tiga soal tentang loket.</p>\n", 1)]
    assert (first.id, first.title, first.points, first.tags) == ("menyapa", "Menyapa warga", Decimal(2), ("loket", "sapa"))
    assert first.face["prompt"] == "Apa langkah pertama ketika warga tiba di loket?"
    assert [option["html"] for option in first.face["options"]] == ["Menyapa dengan ramah", "Meminta berkas"]
    assert list(first.key["feedback"].values()) == ["Berkas diminta sesudah menyapa."]
    assert first.key["explanation"] == "Sapaan membuka komunikasi."
    assert (second.id, second.points, second.face["prompt"]) == ("menutup", Decimal("1.5"), "Menutup")
    assert second.key["right"] == "a"


@pytest.mark.parametrize(("front", "expected"), [
    ("preset: practice", {"preset": "practice", "attempts": 0, "shuffle": False, "feedback": "immediate"}),
    ("", {}),
    ("preset: exam", {"preset": "exam", "attempts": 1, "time_limit": timedelta(hours=1), "feedback": "after-close"}),
    ("preset: exam\ntime_limit: 0\nattempts: 2\nshuffle: no", {
        "preset": "exam", "attempts": 2, "shuffle": False, "feedback": "after-close"}),
    ("pass: 66,5\ncounts: mean\nwait: 12 h\ntime_limit: 45 min\nshow_score: false\nfeedback: never", {
        "pass_percent": Decimal("66.5"), "counts": "mean", "wait": timedelta(hours=12), "time_limit": timedelta(minutes=45),
        "show_score": False, "feedback": "never"}),
    ("pass: 80%\nwait: 2 d\nnavigation: free\ncertainty: false", {"pass_percent": Decimal(80), "wait": timedelta(days=2)}),
    ("open: 2026-01-31\nclose: 2026-01-31", {
        "opens": datetime(2026, 1, 30, 17, tzinfo=UTC), "closes": datetime(2026, 1, 31, 17, tzinfo=UTC)}),
    ("open: 2026-01-31 08:00\nclose: 2026-01-31 16:00", {
        "opens": datetime(2026, 1, 31, 1, tzinfo=UTC), "closes": datetime(2026, 1, 31, 9, tzinfo=UTC)}),
])
def test_a_preset_gives_defaults_that_each_key_overrides(front: str, expected: dict[str, object]) -> None:
    defaults: dict[str, object] = {
        "preset": "quiz", "pass_percent": Decimal(70), "attempts": 3, "counts": "best", "wait": timedelta(0), "time_limit": None,
        "shuffle": True, "feedback": "after-pass", "show_score": True, "opens": None, "closes": None,
    }

    quiz = load(f"---\n{front}\n---\n## Soal\n\n{GOOD}")

    assert quiz.settings == QuizSettings(**{**defaults, **expected})  # type: ignore[arg-type]


@pytest.mark.parametrize("front", [
    "pass: tinggi", "pass: 101", "attempts: -1", "attempts: banyak", "wait: 30",
    "time_limit: satu jam", "counts: highest", "feedback: always",
    "shuffle: mungkin", "open: besok", "close: 2026-02-30", "open: 2026-01-31 25:00", "preset: ujian", "pass: [70]", "id: a/b",
])
def test_a_setting_that_is_not_understood_is_an_error_at_its_line(front: str) -> None:
    assert faults(f"---\ntitle: x\n{front}\n---\n## Soal\n\n{GOOD}") == [(3, "error", "bad-setting")]


@pytest.mark.parametrize(("front", "expected"), [
    ("certainty: true", [(2, "error", "key-not-yet")]), ("navigation: forward", [(2, "error", "key-not-yet")]),
    ("password: ujian-1", [(2, "error", "key-not-yet")]), ("atempts: 3", [(2, "warning", "unknown-key")]),
    ("open: 2026-02-01\nclose: 2026-01-01", [(3, "error", "closes-before-open")]),
    ("title: Kuis: Prima", [(2, "error", "yaml-colon")]),
])
def test_front_matter_that_cannot_stand(front: str, expected: list[tuple[int, str, str]]) -> None:
    assert faults(f"---\n{front}\n---\n## Soal\n\n{GOOD}") == expected


def test_an_unknown_key_says_what_was_meant() -> None:
    _, (key, attribute) = load_quiz(FILE, f"---\natempts: 3\n---\n## Soal {{pionts=2}}\n\n{GOOD}", render=render)

    assert key.text(str).endswith("Did you mean “attempts”?")
    assert attribute.text(str).endswith("Did you mean “points”?")


@pytest.mark.parametrize(("text", "expected"), [
    ("## S\n\n- [x]A\n- [ ] B\n", [(3, "error", "bad-box")]),
    ("## S\n\n- [x] A\n- [] B\n", [(4, "error", "bad-box")]),
    ("## S\n\n- [x] A\n- [ ]B\n", [(4, "error", "bad-box")]),
    ("## S\n\n1. [x] A\n2. [ ] B\n", [(3, "error", "numbered-options")]),
    ("## S\n\n- [x] A\n- B\n", [(3, "warning", "one-option"), (4, "error", "item-without-box")]),
    ("## S\n\n- [x] A\n- [ ]\n", [(4, "error", "empty-option")]),
    ("## S\n\n- [ ] A\n- [ ] B\n", [(1, "error", "no-right-answer")]),
    ("## S {type=multiple}\n\n- [ ] A\n- [ ] B\n", [(1, "error", "no-right-answer")]),
    ("## S {type=single}\n\n- [x] A\n- [x] B\n", [(4, "error", "several-right")]),
    ("## S\n\n- [x] A\n- [ ]  A\n", [(4, "error", "equal-options")]),
    ("## S\n\n- [x] A {#a}\n- [ ] B {#a}\n", [(4, "error", "duplicate-option-id")]),
    ("## S\n\n- [x] A {#benar}\n- [ ] B {#b}\n", [(3, "error", "telling-id")]),
    ("## S\n\n- [x] A {#a b}\n- [ ] B {#b/c}\n", [(4, "error", "bad-id")]),
    ("## S\n\n- [x] (50%) A\n- [ ] B\n", [(3, "error", "weight-of-right")]),
    ("## S\n\n- [x] A\n- [x] B\n- [ ] (50%) C\n", [(5, "error", "weight-in-multiple")]),
    ("## S\n\n- [x] A\n- [ ] (150%) B\n", [(4, "error", "bad-weight")]),
    ("## S\n\n- [x] A\n", [(3, "warning", "one-option")]),
    ("## S\n\n- [x] A\n\nLalu?\n\n- [ ] B\n", [(3, "warning", "one-option"), (5, "warning", "text-after-answers"),
    (7, "error", "second-list")]),
    ("## S\n\n- [x] A\n- [ ] B\n> Umpan\n", [(5, "warning", "quote-not-indented")]),
    ("## S\n\n- [x] A\n- [ ] B\n\n> Satu\n\n> Dua\n", [(8, "warning", "second-explanation")]),
    ("## S\n\n- [x] A\n- [ ] B\n\n```answer\nx\n```\n", [(1, "error", "two-kinds")]),
    ("## S\n\nIsi [[x]]\n\n- [x] A\n- [ ] B\n", [(1, "error", "two-kinds")]),
    ("## S\n\nIsi [[x]]\n\n```answer\nx\n```\n", [(1, "error", "two-kinds")]),
    ("## S {type=essay}\n\n- [x] A\n- [ ] B\n", [(1, "error", "two-kinds")]),
    ("## S {type=short}\n\n- [x] A\n- [ ] B\n", [(1, "error", "two-kinds")]),
    ("## S\n\n[x] A\n[ ] B\n", [(3, "error", "box-without-list")]),
    ("## S\n\n-[x] A\n-[ ] B\n", [(3, "error", "box-without-list")]),
    ("## S\n\n```jawaban\nx\n```\n", [(3, "error", "answer-block-name")]),
    ("## S\n\nApa?\n", [(1, "error", "no-answers")]),
    ("## S\n\n```answer\n```\n", [(1, "error", "empty-answer-block")]),
    ("## S\n\n```answer\n50%: kota\n```\n", [(4, "error", "no-right-answer")]),
    ("## S\n\n```answer\nkota\n150%: desa\n```\n", [(5, "error", "bad-answer-weight")]),
    ("## S\n\n```answer\nkota\n-5%: desa\n```\n", [(5, "error", "bad-answer-weight")]),
    ("## S\n\n```answer\n1.500\n```\n", [(4, "error", "unclear-number")]),
    ("## S\n\n```answer\n20\n21..19\n```\n", [(5, "error", "range-reversed")]),
    ("## S {type=numeric}\n\n```answer\ndua\n```\n", [(4, "error", "not-a-number")]),
    ("## S\n\n```answer\na\n```\n\n```answer\nb\n```\n", [(7, "error", "second-answer-block")]),
    ("## S {type=match}\n\nApa?\n", [(1, "error", "no-table")]),
    ("## S {type=match}\n\n| a | b | c |\n|-|-|-|\n| 1 | 2 | 3 |\n", [(1, "error", "no-pairs"), (3, "error", "not-two-columns")]),
    ("## S {type=match}\n\n| a | b |\n|-|-|\n| 1 | 2 |\n| 3 | |\n", [(6, "error", "empty-right-cell")]),
    ("## S {type=match}\n\n| a | b |\n|-|-|\n| 1 | 2 |\n| 1 | 3 |\n", [(6, "error", "equal-rows")]),
    ("## S {type=match}\n\n| a | b |\n|-|-|\n|  | 2 |\n", [(1, "error", "no-pairs")]),
    ("## S {type=order}\n\n- A\n- B\n", [(3, "error", "unnumbered-order")]),
    ("## S {type=order}\n\n1. A\n2. A\n", [(4, "error", "equal-items")]),
    ("## S {type=order}\n\n1. A\n", [(3, "error", "one-item")]),
    ("## S {type=order}\n\nApa?\n", [(1, "error", "no-list")]),
    ("## S {type=order grading=half}\n\n1. A\n2. B\n", [(1, "error", "unknown-grading")]),
    ("## S\n\nSatu [[dua\n\ntiga]]\n", [(3, "error", "unpaired-blank")]),
    ("## S\n\nSatu [[dua [[tiga]]\n", [(3, "error", "unpaired-blank")]),
    ("## S\n\nSatu\n[[]]\n", [(4, "error", "empty-blank")]),
    ("## S\n\nSatu [[a / b]]\n", [(3, "error", "menu-without-right")]),
    ("## S\n\nSatu [[*a / *b]]\n", [(3, "error", "menu-without-right")]),
    ("## S\n\nSatu [[*a / a]]\n", [(3, "error", "equal-choices")]),
    ("## S\n\nSatu\ndua [[1.500]]\n", [(4, "error", "unclear-number")]),
    ("## S {type=cloze}\n\nSatu\n", [(1, "error", "no-blanks")]),
    ("## S\n\nLihat ![Peta [[x]] kota](a.png)\n", [(1, "error", "blank-in-markup")]),
    ("## S {type=essay words=banyak}\n", [(1, "error", "bad-words")]),
    ("## S {type=essay}\n\n- (4) A\n- B\n", [(4, "error", "bad-rubric-line")]),
    ("## S {type=hotspot}\n\nApa?\n", [(1, "error", "type-not-yet")]),
    ("## S {type=scale}\n\n- a\n", [(1, "error", "type-not-yet")]),
    ("## S {type=singel}\n\n- [x] A\n- [ ] B\n", [(1, "error", "unknown-type")]),
    ("## S {penalty=25%}\n\n- [x] A\n- [ ] B\n", [(1, "error", "key-not-yet")]),
    ("## S {points=0}\n\n- [x] A\n- [ ] B\n", [(1, "error", "bad-points")]),
    ("## S {points=dua}\n\n- [x] A\n- [ ] B\n", [(1, "error", "bad-points")]),
    ("## S {shuffle=mungkin}\n\n- [x] A\n- [ ] B\n", [(1, "error", "not-true-or-false")]),
    ("## S {words=100}\n\n- [x] A\n- [ ] B\n", [(1, "warning", "idle-key")]),
    ("## S {#a draw}\n\n- [x] A\n- [ ] B\n", [(1, "warning", "strange-attribute")]),
    ("## S {#a}\n\n- [x] A\n- [ ] B\n\n## T {#a}\n\n- [x] A\n- [ ] B\n", [(6, "error", "duplicate-question-id")]),
    ("## S\n\n- [x] A\n- [ ] B\n\n## s!\n\n- [x] A\n- [ ] B\n", [(6, "error", "duplicate-question-id")]),
    ("# P {draw=2}\n\n## S\n\n- [x] A\n- [ ] B\n", [(1, "error", "draw-too-many")]),
    ("# P {draw=0}\n\n## S\n\n- [x] A\n- [ ] B\n", [(1, "error", "bad-draw")]),
    ("# P\n\n# Q\n\n## S\n\n- [x] A\n- [ ] B\n", [(1, "warning", "empty-pool")]),
    ("Teks saja.\n", [(1, "error", "no-questions")]),
    ("", [(1, "error", "no-questions")]),
    ("## S\n\nApa\n---\n\n- [x] A\n- [ ] B\n", [(3, "warning", "setext-heading")]),
    ("##S\n\n## T\n\n- [x] A\n- [ ] B\n", [(1, "warning", "heading-without-space")]),
    ("## S\n\n- [x] A\n- [ ] B\n\n```\n\n## T\n", [(6, "warning", "swallowed-heading"), (6, "warning", "text-after-answers")]),
])
def test_a_mistake_is_located(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert faults(text) == expected


def test_all_mistakes_of_a_file_are_reported_at_once() -> None:
    assert faults("---\npass: x\n---\n# P {draw=9}\n\n## A\n\n- [x]a\n- [ ] b\n\n## B\n\nIsi [[\n") == [
        (2, "error", "bad-setting"), (4, "error", "draw-too-many"), (8, "error", "bad-box"), (13, "error", "unpaired-blank"),
    ]


def test_the_remedy_of_a_bad_box_shows_the_line_as_it_should_be() -> None:
    _, (mistake,) = load_quiz(FILE, "## S\n\n- [x] B\n- []A\n", render=render)

    assert mistake.text(str) == "quizzes/uji.md:4: “[]” is not read as an option's box. - Write “- [ ] A”."


def test_the_remedy_of_an_unclear_number_shows_both_readings() -> None:
    _, (mistake,) = load_quiz(FILE, "## S\n\n```answer\n1.500\n```\n", render=render)

    assert mistake.text(str) == "quizzes/uji.md:4: “1.500” can be read in two ways. - Write 1500 or 1,5000."


def test_a_plain_list_before_the_first_option_belongs_to_the_prompt() -> None:
    asked = question("Perhatikan:\n\n- satu\n- dua\n\n- [x] A\n- [ ] B\n")

    assert [option["html"] for option in asked.face["options"]] == ["A", "B"]
    assert "<li>satu</li>" in asked.face["prompt"].replace("\n", "").replace("<p>", "").replace("</p>", "")


def test_deeper_headings_quotes_and_code_belong_to_the_prompt() -> None:
    asked = question("### Kasus\n\n> Kata warga.\n\n```python\n## bukan judul\n```\n\n- [x] A\n- [ ] B\n")

    assert all(text in asked.face["prompt"] for text in ("<h3>Kasus</h3>", "Kata warga.", "## bukan judul"))
    assert asked.key["explanation"] is None


def test_an_option_holds_several_blocks_and_its_text_comes_first() -> None:
    asked = question("- [x] Ini (50%) {#a}\n\n  ```\n  kode\n  ```\n\n  > Umpan *satu*\n  > dua\n\n  lanjutan\n- [ ] \\(50%) B {#b}\n")

    first, second = asked.face["options"]
    assert first == {"id": "a", "html": "<p>Ini (50%)</p>\n<pre><code>kode\n</code></pre>\n<p>lanjutan</p>"}
    assert second == {"id": "b", "html": "(50%) B"}
    assert asked.key["feedback"] == {"a": "Umpan <em>satu</em>\ndua"}
    assert asked.key["weights"] == {"a": "1"}


def test_closing_quotes_are_hints_in_order_and_one_explanation() -> None:
    asked = question(f"{GOOD}\n> [!TIP]\n> Satu\n\n> [!NOTE]\n> Karena **itu**.\n\n> [!tip] Dua\n")

    assert asked.key["hints"] == ["Satu", "Dua"]
    assert asked.key["explanation"] == "Karena <strong>itu</strong>."


def test_a_cloze_explains_itself_after_its_text() -> None:
    asked = question("> Kutipan dalam [[soal]].\n\nAkhir.\n\n> Pembahasan.\n")

    assert asked.key["explanation"] == "Pembahasan."
    assert asked.face["parts"] == ["<blockquote>\n<p>Kutipan dalam ", ".</p>\n</blockquote>\n<p>Akhir.</p>"]


def test_blanks_are_never_found_in_code_mathematics_or_after_a_backslash() -> None:
    asked = question("Isi **[[satu]]**, bukan `[[dua]]`, $[[3]]$ atau \\[[empat]].\n\n```\n[[lima]]\n```\n\n    [[enam]]\n")

    assert [blank["solution"] for blank in asked.key["blanks"]] == ["satu"]
    assert asked.face["parts"][0] == "<p>Isi <strong>"
    assert "[[empat]]" in asked.face["parts"][1]


def test_a_blank_in_a_table_separates_its_texts_with_an_escaped_bar() -> None:
    asked = question("| Hak | JP |\n|---|---|\n| PNS [[a\\|b]] | [[20]] |\n")

    assert asked.key["blanks"][0]["texts"] == ["a", "b"]
    assert len(asked.face["parts"]) == 3


def test_a_blank_in_the_heading_is_told_neither_by_title_nor_by_id() -> None:
    asked = question("## Ibu kota Sumatera Utara adalah [[Medan]]\n")

    assert "medan" not in f"{asked.id} {asked.title} {asked.face}".lower()


@pytest.mark.parametrize(("heading", "id", "title"), [
    ("Menyapa warga", "menyapa-warga", "Menyapa warga"), ("Apa itu *JP*?", "apa-itu-jp", "Apa itu JP?"),
    ("Judul {#x}", "x", "Judul"),
    ("Judul {#x} ##", "x", "Judul"), ("Himpunan {1, 2}", "himpunan-1-2", "Himpunan {1, 2}"), ('J {tags="a b, c"}', "j", "J"),
    ("Çay été", "çay-été", "Çay été"),
])
def test_a_question_is_named_by_its_id_or_its_heading(heading: str, id: str, title: str) -> None:
    asked = question(f"## {heading}\n\n{GOOD}")

    assert (asked.id, asked.title) == (id, title)


def test_a_heading_of_signs_alone_still_has_an_id() -> None:
    assert question(f"## ???\n\n{GOOD}").id.startswith("q-")


def test_the_points_of_an_essay_are_written_or_the_sum_of_its_rubric() -> None:
    rubric = "\nCeritakan.\n\n- (2) A\n- (4,5) B\n"

    assert question(f"## S {{type=essay}}\n{rubric}").points == Decimal("6.5")
    assert question(f"## S {{type=essay points=10}}\n{rubric}").points == Decimal(10)
    assert question("## S {type=essay}\n").points == Decimal(1)


def test_a_list_without_points_belongs_to_the_prompt_of_an_essay() -> None:
    asked = question("## S {type=essay}\n\nBahas:\n\n- satu\n- dua\n")

    assert asked.key["rubric"] == []
    assert "<li>satu</li>" in asked.face["prompt"]


def test_the_type_follows_from_the_answers() -> None:
    assert [question(text).type for text in (
        "- [x] A\n- [ ] B\n", "- [x] A\n- [x] B\n", "```answer\nx\n```\n",
        "```answer\n20\n50%: 1e3 +/- 2%\n```\n", "```answer\n20\nx\n```\n",
        "[[x]]\n", "## S {type=multiple}\n\n- [x] A\n- [ ] B\n", "## S {type=short}\n\n```answer\n007\n```\n",
    )] == ["single", "multiple", "short", "numeric", "short", "cloze", "multiple", "short"]


def test_a_revision_changes_with_what_is_asked_and_what_is_right_and_with_nothing_else() -> None:
    base = load(f"## S {{#s}}\n\nApa?\n\n{GOOD}")
    spaced = load(f"\n\n## S {{#s}}\n\n\nApa?\n\n\n{GOOD}\n")
    other_key = load("## S {#s}\n\nApa?\n\n- [ ] A\n- [x] B\n")
    other_pass = load(f"---\npass: 80\n---\n## S {{#s}}\n\nApa?\n\n{GOOD}")

    assert (spaced.revision, spaced.questions) == (base.revision, base.questions)
    assert other_key.questions[0].face == base.questions[0].face
    assert other_key.questions[0].revision != base.questions[0].revision
    assert other_pass.questions == base.questions
    assert len({base.revision, other_key.revision, other_pass.revision}) == 3


def test_questions_before_any_pool_form_one_and_the_first_pool_gives_a_title() -> None:
    quiz = load(f"## S\n\n{GOOD}\n# Lanjutan\n\n## T\n\n{GOOD}")

    assert quiz.title == "Lanjutan"
    assert [(pool.title, [question.id for question in pool.questions]) for pool in quiz.pools] == [(None, ["s"]), ("Lanjutan", ["t"])]


def test_windows_line_ends_comments_and_dividing_lines_change_nothing() -> None:
    plain = load(f"## S\n\nApa?\n\n{GOOD}")

    assert load(f"<!-- draf -->\n\n## S\n\nApa?\n\n{GOOD}\n---\n\n<!-- selesai -->\n").questions == plain.questions


@pytest.mark.parametrize("text", [
    "[" * 20_000, "> " * 2_000 + "x", "- " * 500 + "[x] a", "#" * 5_000, "`" * 5_000, "[[" * 5_000, "|" * 5_000,
])
def test_c10_odd_text_is_answered_with_mistakes_not_with_a_crash(text: str) -> None:
    quiz, mistakes = load_quiz(FILE, f"## S\n\n{text}\n", render=str)

    assert quiz is None
    assert mistakes
