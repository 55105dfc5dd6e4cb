"""What is marked as wrong comes back as lines of rule files, and these do what they say."""

import json
import re
import tomllib
from pathlib import Path

from conftest import PROSE
from test_reading import NO_BUNDLED

FIXTURES = Path(__file__).parent.parent / "fixtures"


def files(page):
    """The corrected files, by name."""
    page.keyboard.press("c")
    boxes = page.locator(".file")
    return dict(zip(boxes.locator("h3").all_inner_texts(), boxes.locator("pre").all_text_contents()))


def mark(page, address, key="x", removal=0):
    """Marks a removal of a document with a key."""
    page.evaluate("address => { location.hash = address }", address)
    page.locator(f"#list a[aria-current][href='{address}']").wait_for()
    page.locator("del.gone").nth(removal).focus()
    page.keyboard.press(key)


def put_rule(folder, table):
    """Puts a rule in the place of the one of its id in the rule file."""
    rules = folder.read("rules.toml").decode()
    rule_id = tomllib.loads(table)[re.match(r"\[\[(\w+)", table)[1]][0]["id"]
    tables = re.split(r"(?=^\[\[)", rules, flags=re.MULTILINE)
    folder.write("rules.toml", "".join(table if f'id = "{rule_id}"' in old else old for old in tables))


def test_an_exception_keeps_the_text_and_no_other(texts, show):
    page = show(texts.review(*NO_BUNDLED), "#/documents/1")
    page.locator("del.gone").first.hover()
    page.get_by_role("button", name="This is wrong").click()
    assert page.locator("del.corrected").count() == 1
    assert page.locator("#corrections-count").inner_text() == "1"
    [(name, table)] = files(page).items()
    assert name == "rules.toml:9"
    rule = tomllib.loads(table)["line"][0]
    assert rule["unless"] == [{"any": ['Ad "special"'], "match": "equals"}]
    assert rule["strips"] == ["Advertisement"], "an example that the exception spoils is left out"
    assert rule["keeps"] == ["Advertisement revenue fell in March.", 'Ad "special"']
    put_rule(texts, table)
    assert texts.clean("in/gazette/b.txt", *NO_BUNDLED) == f'Ad "special"\n\n{PROSE}\n'


def test_an_exception_joins_those_that_are_there(texts, show):
    page = show(texts.review(*NO_BUNDLED))
    mark(page, "#/documents/0", removal=1)
    [table] = files(page).values()
    assert tomllib.loads(table)["phrase"][0]["unless"] == [
        "we said",
        "end of next year. Read more here. Officials said",
    ]
    put_rule(texts, table)
    left = texts.clean("in/gazette/a.txt", *NO_BUNDLED)
    assert "Read more here." in left and "Advertisement" not in left


def test_a_rule_is_disabled_for_a_source_of_ones_own(texts, show):
    texts.write("generic.toml", '[[line]]\nid = "x.prose"\ncategory = "ad"\nany = ["Buy tea"]\nwhy = "test"\n')
    texts.write("in/gazette/a.txt", f"{PROSE}\n\nBuy tea\n")
    texts.write("in/other.txt", f"{PROSE}\n\nBuy tea\n")
    rules = [*NO_BUNDLED, "--rules", "generic.toml"]
    page = show(texts.review(*rules))
    mark(page, "#/documents/0", "s")
    assert files(page) == {"rules.toml": 'disable = ["x.prose"]\n'}
    texts.write("rules.toml", texts.read("rules.toml").replace(b"[source]\n", b'[source]\ndisable = ["x.prose"]\n'))
    assert "Buy tea" in texts.clean("in/gazette/a.txt", *rules)
    assert "Buy tea" not in texts.clean("in/other.txt", *rules)


def test_a_rule_is_switched_off_where_no_source_is_known(texts, show):
    texts.write("rules.toml", texts.read("rules.toml").replace(b'paths = ["**/gazette/**"]', b'paths = ["**"]'))
    texts.write("generic.toml", '[[line]]\nid = "x.ad"\ncategory = "ad"\nany = ["Advertisement"]\nwhy = "test"\n')
    only = ["--no-bundled", "--rules", "generic.toml"]
    page = show(texts.review(*only))
    mark(page, "#/documents/0", "s")
    [(name, table)] = files(page).items()
    assert name == "generic.toml:2" and tomllib.loads(table)["line"][0]["status"] == "preview"
    texts.write("generic.toml", table)
    assert "Advertisement" in texts.clean("in/gazette/a.txt", *only)


BUNDLED = f"{PROSE}\n\nDownload on the App Store\n\n{PROSE}\n\nPowered by WPeMatico\n"


def test_bundled_rules_are_corrected_in_a_file_of_ones_own(folder, show):
    folder.write("in/a.txt", BUNDLED)
    page = show(folder.review("--isolated"))
    assert "App Store" not in folder.clean("in/a.txt", "--isolated")
    mark(page, "#/documents/0", removal=0)
    mark(page, "#/documents/0", removal=1)
    corrected = files(page)
    assert list(corrected) == ["corrections.toml"]
    folder.write("corrections.toml", corrected["corrections.toml"])
    assert folder.clean("in/a.txt", "--isolated", "--rules", "corrections.toml") == BUNDLED
    checked = folder.deboil("rules", "check", "corrections.toml")
    assert checked.returncode == 0, checked.stdout.decode()


def test_a_rule_is_disabled_for_a_bundled_source(folder, show):
    text = f"{PROSE}\n\nDownload on the App Store\n\n{PROSE}\n"
    folder.write("in/theguardian.com/a.txt", text)
    folder.write("in/b.txt", text)
    page = show(folder.review("--isolated"))
    assert "theguardian" in page.locator("#list a").nth(1).inner_text()
    mark(page, "#/documents/1", "s")
    [(name, text_of_file)] = files(page).items()
    source = tomllib.loads(text_of_file)["source"]
    assert name == "theguardian.toml" and source.keys() == {"id", "disable"}
    folder.write(name, text_of_file)
    assert folder.clean("in/theguardian.com/a.txt", "--isolated", "--rules", name) == text
    assert folder.clean("in/b.txt", "--isolated", "--rules", name) != text


def test_marking_again_forgets_and_a_new_visit_remembers(texts, show):
    path = texts.review(*NO_BUNDLED)
    page = show(path)
    mark(page, "#/documents/0")
    assert page.locator("#corrections-count").inner_text() == "1"
    page.reload()
    assert page.locator("#corrections-count").inner_text() == "1"
    mark(page, "#/documents/1", removal=1)
    assert page.locator("#corrections-count").is_hidden(), "it is the same text and rule"
    mark(page, "#/documents/0", "s")
    page.keyboard.press("c")
    assert "gazette.ad is switched off for gazette" in page.locator(".collected").inner_text()
    page.get_by_role("button", name="Forget all").click()
    assert "Nothing is marked" in page.locator("#corrections").inner_text()


def test_the_lines_are_copied(texts, show):
    page = show(texts.review(*NO_BUNDLED))
    mark(page, "#/documents/0")
    [text] = files(page).values()
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == text


STRANGE = [
    "He said \"Buy \\ now\" 'today'",
    "Buy\ttea\u00a0now \u200b\u202e!",
    "'''Buy''' \"\"\"tea\"\"\"",
    "**Buy** [tea](https://tea.example/?a=1&amp;b=2) # now",
    "> - Buy — “tea” … ﬁne \u0085 now \x7f",
    "Buy caf\ufffd",
]


def test_strange_lines_come_out_as_toml_that_keeps_them(folder, show):
    folder.write(
        "rules.toml",
        """schema = 1
[[regex]]
id = "x.buy"
category = "ad"
pattern = '.*Buy.*'
why = "test"
""",
    )
    text = "\n\n".join(f"{PROSE}\n\n{line}" for line in STRANGE) + "\n"
    folder.write("in/a.txt", text.encode().replace("\ufffd".encode(), b"\xe9"))
    page = show(folder.review(*NO_BUNDLED))
    for removal in range(len(STRANGE)):
        mark(page, "#/documents/0", removal=removal)
    [table] = files(page).values()
    folder.write("rules.toml", table)
    done = folder.deboil("clean", "in/a.txt", "--quiet", *NO_BUNDLED)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout == folder.read("in/a.txt")


MARK_ALL = """
async () => {
  const wait = () => new Promise((done) => requestAnimationFrame(done));
  const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  const documents = document.querySelectorAll("#list a").length;
  for (let index = 0; index < documents; index += 1) {
    location.hash = `#/documents/${index}`;
    dispatchEvent(new Event("hashchange"));
    for (const gone of document.querySelectorAll("del.gone")) {
      if (gone.classList.contains("corrected")) continue;
      gone.focus();
      press("x");
      if (!gone.classList.contains("corrected")) press("s");
    }
    if (index % 20 === 0) await wait();
  }
}
"""


def went(path):
    """Each text that a rule deletes from a document: the document, the rule, what would keep the text."""
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', path.read_text())[1])
    causes = [
        (document["name"], data["rules"][str(cause["rule"])]["id"], json.dumps(cause.get("unless", {}).get("text")))
        for document in data["documents"]
        for part in document.get("parts", [])
        if isinstance(part, dict)
        for cause in part["by"]
    ]
    return set(causes)


def test_with_all_marked_as_wrong_no_rule_deletes_again_what_it_did(folder, show):
    """With the bundled rules, on texts in the form of each source. Where two rules delete a line, one may hide the
    other until it is corrected; that one is another cause."""
    for fixture in sorted(FIXTURES.glob("*/*.txt")):
        folder.write(f"in/{fixture.parent.name}/{fixture.name}", fixture.read_bytes())
    path = folder.review("--isolated")
    before = went(path)
    page = show(path)
    page.evaluate(MARK_ALL)
    for name, text in files(page).items():
        folder.write(f"rules/{name}", text)
    after = went(folder.review("--isolated", "--rules", "rules"))
    assert len(before) > 1000
    assert after & before == set()
    assert len(after) < len(before) / 10
