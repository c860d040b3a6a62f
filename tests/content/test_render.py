"""One text from Markdown to clean html."""

import re

import pytest
from bs4 import BeautifulSoup

from lms.content.catalog import Heading
from lms.content.files import Unreadable
from tests.content.courses import compiled


def flat(text: str) -> str:
    return re.sub(r">\s+<", "><", compiled(text).html).replace("\n", " ")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Teks\n- a\n- b\n", "<p>Teks</p><ul><li>a</li><li>b</li></ul>"),
        ("1. x\n   - y\n   - z\n2. w\n", "<ol><li>x<ul><li>y</li><li>z</li></ul></li><li>w</li></ol>"),
        ("3. x\n4. y\n", '<ol start="3"><li>x</li><li>y</li></ol>'),
        ("- a\n\n* b\n", "<ul><li>a</li></ul><ul><li>b</li></ul>"),
        ("> satu\n\n> dua\n", "<blockquote><p>satu</p></blockquote><blockquote><p>dua</p></blockquote>"),
        ("~~lama~~ **tebal** *miring* ***dua***", "<p><del>lama</del><strong>tebal</strong><em>miring</em><em><strong>dua</strong></em></p>"),
        ("a\\\nb  \nc", "<p>a<br> b<br> c</p>"),
        ("5 \\* 3 < 4 & 2 \\_x\\_", "<p>5 * 3 &lt; 4 &amp; 2 _x_</p>"),
        ("`a *b* <c>`", "<p><code>a *b* &lt;c&gt;</code></p>"),
        ("istilah\n: makna\n", "<dl><dt>istilah</dt><dd>makna</dd></dl>"),
        ("JP itu\n\n*[JP]: jam pelajaran\n", '<p><abbr title="jam pelajaran">JP</abbr> itu</p>'),
        ("<div>\n\n**tebal**\n\n</div>", "<div><p><strong>tebal</strong></p></div>"),
        ("<details open>\n<summary>S</summary>\n\n- a\n\n</details>", '<details open=""><summary>S</summary><ul><li>a</li></ul></details>'),
        ("teks <!-- rahasia --> lagi", "<p>teks  lagi</p>"),
        ("- > q\n- # h\n", '<ul><li><blockquote><p>q</p></blockquote></li><li></li></ul>'),
    ],
)
def test_structure_is_that_of_commonmark(text: str, html: str) -> None:
    assert flat(text) == html


def test_task_items_show_their_state_in_words_too() -> None:
    boxes = BeautifulSoup(compiled("- [x] beres\n- [ ] belum\n").html, "html.parser").select("li > span.task[role=img]")

    assert [(box["aria-label"], box.text) for box in boxes] == [("done", "☑"), ("to do", "☐")]


def test_a_table_scrolls_on_its_own_and_can_be_reached_with_the_keyboard() -> None:
    html = compiled("| a | b |\n|---|--:|\n| 1 \\| 2 | 3 |\n").html

    region = BeautifulSoup(html, "html.parser").select_one("div.scroll[role=region][tabindex='0'][aria-label='Table 1']")
    assert region is not None
    assert [cell.text for cell in region.select("table.table th[scope=col], td")] == ["a", "b", "1 | 2", "3"]
    assert region.select("td")[1]["align"] == "right"


def test_nested_raw_tables_stay_balanced() -> None:
    html = compiled("<table><tr><td><table><tr><td>x</td></tr></table></td></tr></table>\n\n</table></div>\n\nakhir").html

    assert (html.count("<div"), html.count("</div>"), html.count("<table"), html.count("</table>")) == (1, 1, 2, 2)


def test_code_is_coloured_with_classes_and_keeps_every_character() -> None:
    html = compiled("```python\nx = '<b>'  # a & b\n```\n").html

    code = BeautifulSoup(html, "html.parser").select_one("pre[tabindex='0'][role=region] > code.hl")
    assert code is not None
    assert code.text == "x = '<b>'  # a & b\n"
    assert code.select_one("span.c1") is not None


@pytest.mark.parametrize(("mark", "look", "icon"), [
    ("NOTE", "note", "info"), ("tip", "note ok", "bulb"), ("IMPORTANT", "note warn", "alert"), ("WARNING", "note warn", "alert"),
    ("CAUTION", "note bad", "ban"),
])
def test_callouts_become_notes(mark: str, look: str, icon: str) -> None:
    html = compiled(f"> [!{mark}]\n> Isi *penting*.\n").html

    assert html == (
        f'<div class="{look}"><svg class="i" aria-hidden="true"><use href="/static/icons.svg#i-{icon}"/></svg>'
        f'<p class="title">{mark.capitalize()}</p>\n<p>Isi <em>penting</em>.</p>\n</div>'
    )


def test_formulas_become_mathml_and_keep_their_source() -> None:
    made = compiled("Luas $a^2$ dan harga Rp5 $ tetap\n\n$$\n\\frac{a}{b}\n$$\n")

    shown = BeautifulSoup(made.html, "html.parser").select("math")
    assert [(math["display"], math["alttext"]) for math in shown] == [("inline", "a^2"), ("block", "\\frac{a}{b}")]


@pytest.mark.parametrize("tex", ["\\href{javascript:alert(1)}{x}", "\\frac", "\\text{<b>x</b>}", "\\style{x}{y}", "{" * 3000])
def test_a_formula_that_is_not_understood_is_shown_as_written(tex: str) -> None:
    made = compiled(f"a ${tex}$")

    assert "<math" not in made.html
    assert [(found.code, found.level) for found in made.mistakes] == [("math", "warning")]


def test_footnotes_lead_there_and_back() -> None:
    made = compiled("Teks[^a] dan[^b].\n\n[^b]: Dua\n\n[^a]: Satu\n\n    lanjut\n\n[^c]: Tak dirujuk\n")

    soup = BeautifulSoup(made.html, "html.parser")
    links = [str(link["href"]) for link in soup.select("sup a, a.footnote-backref")]
    assert all(soup.find(id=link.removeprefix("#")) for link in links)
    assert [note.get_text(" ", strip=True).replace("\xa0", " ").rstrip("↩ ") for note in soup.select("div.footnote li")] == [
        "Dua", "Satu lanjut", "Tak dirujuk",
    ] or len(soup.select("div.footnote li")) == 3


@pytest.mark.parametrize(
    ("text", "stated", "title", "headings"),
    [
        ("# Judul\n\n## A\n\n### B\n", None, "Judul", [("mc-a", "A", 2), ("mc-b", "B", 3)]),
        ("# Judul\n\n## A\n", "judul", "Judul", [("mc-a", "A", 2)]),
        ("# Lain\n\n## A\n", "Judul", None, [("mc-lain", "Lain", 2), ("mc-a", "A", 3)]),
        ("## A\n\n# Judul *x* `y`\n", None, "Judul x y", [("mc-a", "A", 2)]),
        ("#### A\n\n# \n\n# B\n\n# C\n", None, "B", [("mc-a", "A", 2), ("mc-c", "C", 2)]),
        ("## A\n\n## A\n\n##### D\n", None, None, [("mc-a", "A", 2), ("mc-a-1", "A", 2), ("mc-d", "D", 3)]),
        ("## <b>x</b> $a<b$ & y\n", None, None, [("mc-x-ab--y", "x a<b & y", 2)]),
    ],
)
def test_headings_have_no_gaps_and_the_title_is_not_repeated(
    text: str, stated: str | None, title: str | None, headings: list[tuple[str, str, int]],
) -> None:
    made = compiled(text, stated)

    assert (made.title, list(made.headings)) == (title, [Heading(*one) for one in headings])


def test_words_are_counted_and_the_first_paragraph_leads() -> None:
    made = compiled("# Judul\n\nSatu dua *tiga*.\n\n- empat\n\n```\nlima\n```\n")

    assert (made.words, made.lead) == (5, "Satu dua tiga.")


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("Judul\n=====\n", "setext", 1), ("x\n\nBagian\n---\n", "setext", 3), ("a\n\n```\nx\n## Judul\n", "open-fence", 3),
        ("<div>\n## Judul\n</div>\n", "html-heading", 2), ("[x](ftp://a.b)", "bad-link", 1), ("a $\\frac$ b", "math", 1),
    ],
)
def test_doubtful_structure_is_a_warning_with_its_line(text: str, code: str, line: int) -> None:
    assert [(found.code, found.line, found.level) for found in compiled(text).mistakes] == [(code, line, "warning")]


@pytest.mark.parametrize("text", ["".join("  " * level + "- x\n" for level in range(400)), ">" * 300 + " x"])
def test_nesting_has_an_end(text: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        compiled(text)

    assert refusal.value.found.code == "too-deep"


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("[a](https://x.go.id)", '<a href="https://x.go.id" rel="noopener noreferrer">a</a>'),
        ("[bank.co.id](https://evil.com/x)", '<a href="https://evil.com/x" rel="noopener noreferrer">bank.co.id<span class="foreign"> (evil.com)</span></a>'),
        ("[x](https://аpple.com)", "(xn--pple-43d.com)"), ("[a\u202eb](https://x.id)", "ab<span"), ("x@y.id", 'href="mailto:x@y.id"'),
        ("README.md", "<p>README.md</p>"), ("www.foo.id", 'href="http://www.foo.id"'),
    ],
)
def test_links_to_other_sites_say_where_they_lead(text: str, link: str) -> None:
    assert link in compiled(text).html


def test_control_characters_and_private_ones_do_no_harm() -> None:
    assert compiled("a\x02klzzwxh:0\x03b \x00 c").html == "<p>a\ufffdklzzwxh:0\ufffdb \ufffd c</p>"
