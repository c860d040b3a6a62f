"""Content that attacks, breaks off or disappears: the check says where, and learners keep what they had."""

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from lms.assessment import queries
from tests import build
from tests.abuse.conftest import Publish
from tests.assessment.build import begun, quiz, serve, studied
from tests.house.town import SignIn
from tests.inspecting import words

MODULE = "---\nid: m\ntitle: Modul\nsummary: Uji.\nhours: 1\n{}---\n"
LESSON = "# Satu\n\nKalimat lama.\n"
SCRIPTS = [
    "<script>alert(1)</script>", "<ScRiPt src=//evil></sCrIpT>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
    "[x](java&#09;script:alert(1))", "<javascript:alert(1)>", "![x](x\"onerror=\"alert(1))", "<svg onload=alert(1)></svg>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>", "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "```<script>\nalert(1)\n```", "{: onclick=alert(1) }", "# x {onclick=alert(1)}", "<details ontoggle=alert(1) open>x</details>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>", "<base href=//evil>", "<meta http-equiv=refresh content='0;//evil'>",
    "<form action=//evil><button formaction=javascript:alert(1)>x</button></form>", "<style>*{background:url(//evil)}</style>",
    "<p style='background:url(//evil)'>x</p>", "<!--><script>alert(1)</script>-->", "\x02klzzwxh:0001\x03<script>alert(1)</script>",
]
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9))


@pytest.mark.parametrize("text", SCRIPTS)
def test_script_in_a_lesson_is_never_markup(app: Flask, sign_in: SignIn, publish: Publish, text: str) -> None:
    publish({"modules/m/module.md": MODULE.format(""), "modules/m/10-satu.md": f"{LESSON}\n{text}\n\nAkhir.\n"})
    trainer = sign_in(build.person(role="admin"))

    page = BeautifulSoup(trainer.get("/modules/m/satu/").get_data(as_text=True), "html.parser")

    prose = page.find(class_="prose")
    assert prose is not None
    assert "Akhir." in prose.get_text()
    assert prose.find_all(["script", "iframe", "base", "meta", "style", "object", "embed"]) == []
    assert prose.select("form:not([action^='/modules/']), [formaction]") == []
    assert [tag for tag in prose.find_all(True) if any(name.startswith("on") or name == "style" for name in tag.attrs)] == []
    assert [tag for tag in prose.find_all(href=True) if not str(tag["href"]).startswith(("http", "/", "#", "mailto:"))] == []


@pytest.mark.parametrize("key", ["title", "summary", "category", "authors", "objectives"])
def test_script_in_front_matter_is_text(app: Flask, sign_in: SignIn, publish: Publish, key: str) -> None:
    value = '["<script>alert(1)</script>"]' if key in {"authors", "objectives"} else '"<script>alert(1)</script>"'
    publish({"modules/m/module.md": f"---\nid: m\nhours: 1\n{key}: {value}\n---\n", "modules/m/10-satu.md": LESSON})
    browser = sign_in(build.person(role="admin"))

    for address in ("/modules/", "/modules/m/", "/modules/m/satu/", "/content/"):
        page = BeautifulSoup(browser.get(address).get_data(as_text=True), "html.parser")
        assert [tag for tag in page.find_all("script") if not tag.get("src")] == []


def test_c05_f16_a_yaml_bomb_is_a_located_mistake_and_the_last_good_revision_stays(app: Flask, sign_in: SignIn, publish: Publish) -> None:
    publish({"modules/m/module.md": MODULE.format(""), "modules/m/10-satu.md": LESSON})

    found = publish({"modules/m/module.md": MODULE.format(BOMB)})

    assert [(one.file, one.level, one.code) for one in found.mistakes if one.level == "error"] == [
        ("modules/m/module.md", "error", "yaml-alias"),
    ]
    assert sign_in(build.person(role="admin")).get("/modules/m/satu/").status_code == 200


def test_c10_f16_a_lesson_of_fifty_megabytes_is_a_mistake_and_the_last_good_revision_stays(
    app: Flask, sign_in: SignIn, publish: Publish,
) -> None:
    publish({"modules/m/module.md": MODULE.format(""), "modules/m/10-satu.md": LESSON})

    found = publish({"modules/m/10-satu.md": "# Satu\n\n" + "Panjang sekali. " * 3_300_000})

    assert [(one.file, one.code) for one in found.mistakes if one.level == "error"] == [("modules/m/10-satu.md", "too-large")]
    page = sign_in(build.person(role="admin")).get("/modules/m/satu/")
    assert "Kalimat lama." in words(page.get_data(as_text=True))


def test_a_quiz_without_a_right_answer_is_a_located_mistake(app: Flask, publish: Publish) -> None:
    found = publish({"quizzes/q.md": "---\ntitle: Kuis\n---\n\n## Apa? {#apa}\n\n- [ ] Ini {#ini}\n- [ ] Itu {#itu}\n"})

    errors = [(one.file, one.line > 0, bool(one.text(str))) for one in found.mistakes if one.level == "error"]
    assert errors == [("quizzes/q.md", True, True)]
    assert dict(found.quizzes) == {}


def test_modules_that_require_each_other_are_a_mistake_in_each(app: Flask, publish: Publish) -> None:
    found = publish({
        "modules/a/module.md": "---\nid: a\ntitle: A\nhours: 1\nrequires: [b]\n---\n", "modules/a/10-x.md": LESSON,
        "modules/b/module.md": "---\nid: b\ntitle: B\nhours: 1\nrequires: [a]\n---\n", "modules/b/10-x.md": LESSON,
    })

    circles = sorted((one.file, one.code) for one in found.mistakes if one.code == "requires-circle")
    assert circles == [("modules/a/module.md", "requires-circle"), ("modules/b/module.md", "requires-circle")]


def test_a_trainer_reads_each_mistake_on_a_page(app: Flask, sign_in: SignIn, publish: Publish) -> None:
    publish({"modules/m/module.md": MODULE.format(BOMB), "modules/m/10-satu.md": LESSON, "quizzes/<b>.md": "---\ntitel: x\n---\n"})

    page = sign_in(build.person(role="admin")).get("/content/")

    assert "modules/m/module.md" in words(page.get_data(as_text=True))


def test_q22_a_quiz_removed_during_an_attempt_is_answered_and_submitted_through_the_pages(app: Flask, sign_in: SignIn) -> None:
    serve(app, quiz())
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)
    browser = sign_in(sari)
    serve(app)

    saved = browser.send(f"/attempts/{attempt_id}/", f"/attempts/{attempt_id}/answers/", **{"q1-version": "0", "q1-option": "sapa"})
    browser.send(f"/attempts/{attempt_id}/summary/", f"/attempts/{attempt_id}/submit/")
    result = browser.get(f"/attempts/{attempt_id}/review/")

    assert saved.status_code == 303
    assert result.status_code == 200
    assert queries.sheet(attempt_id).state != "open"


def test_a_module_removed_during_an_attempt_leaves_the_attempt_and_the_start_page_whole(app: Flask, sign_in: SignIn) -> None:
    serve(app, quiz())
    sari = build.person()
    studied(sari)
    attempt_id = begun(sari)
    browser = sign_in(sari)
    library = app.extensions["library"]
    library.current = type(library.current)({}, {}, frozenset(), (), 2)

    browser.send(f"/attempts/{attempt_id}/", f"/attempts/{attempt_id}/answers/", **{"q1-version": "0", "q1-option": "sapa"})
    browser.send(f"/attempts/{attempt_id}/summary/", f"/attempts/{attempt_id}/submit/")
    pages = [browser.get(address).status_code for address in ("/", "/modules/", f"/attempts/{attempt_id}/review/", "/certificates/")]

    assert pages == [200, 200, 200, 200]
    assert browser.get("/modules/modul/").status_code == 404
    assert browser.get("/quizzes/kuis/").status_code == 404
