"""What a reader sees, finds and reaches."""

from conftest import PROSE
from playwright.sync_api import expect

# The text that is open, without some of its elements.
TEXT = """
() => {
  const text = document.querySelector("#text").cloneNode(true);
  text.querySelectorAll("%s").forEach((element) => element.remove());
  return text.textContent;
}
"""
ORIGINAL, LEFT = TEXT % ".card", TEXT % ".card, del"

NO_BUNDLED = ("--no-bundled", "--rules", "rules.toml")


def names(page):
    return [name.split("/")[-1] for name in page.locator("#list .name").all_inner_texts()]


def heading(page):
    return page.locator("#reader h2").inner_text().split("/")[-1]


def current(page):
    return page.locator("del.current").inner_text()


def test_the_overview_counts(texts, show):
    page = show(texts.review(*NO_BUNDLED))
    assert page.title() == "in – deboil review"
    facts = dict(zip(page.locator(".facts dt").all_inner_texts(), page.locator(".facts dd").all_inner_texts()))
    assert (facts["documents"], facts["changed"], facts["nothing fired"], facts["failed"]) == ("5", "3", "2", "0")
    rows = page.get_by_role("table", name="Rules").locator("tr").all_inner_texts()
    assert [row.split() for row in rows] == [["gazette.ad", "ad", "4"], ["gazette.more", "related", "1"]]
    sources = page.get_by_role("table", name="Sources").locator("tr").all_inner_texts()
    assert [row.split() for row in sources] == [["gazette", "4"], ["unknown", "1"]]
    page.get_by_label("Length of the bars: Rules").select_option("bytes")
    assert "bytes" in page.get_by_role("table", name="Rules").inner_text()


def test_the_text_is_all_there_and_what_is_not_struck_is_what_clean_leaves(texts, show):
    page = show(texts.review(*NO_BUNDLED), "#/documents")
    for index in range(5):
        page.locator("#list a").nth(index).click()
        name = page.locator("#reader h2").inner_text()
        assert page.evaluate(ORIGINAL) == texts.read(name).decode()
        assert page.evaluate(LEFT) == texts.clean(name, *NO_BUNDLED)


def test_a_bar_leads_to_its_documents(texts, show):
    page = show(texts.review(*NO_BUNDLED))
    page.get_by_role("link", name="gazette.more").click()
    assert names(page) == ["a.txt"]
    page.locator("#list a").click()
    assert page.locator("del.faint").count() == 1
    page.keyboard.press("n")
    assert current(page) == "Read more here."
    page.get_by_role("button", name="Clear filters").click()
    assert len(names(page)) == 5
    assert page.locator("del.faint").count() == 0


def test_filters_and_search_leave_what_they_say(texts, show):
    page = show(texts.review(*NO_BUNDLED), "#/documents")
    for field, value, left in [
        ("Source", "gazette", ["a.txt", "b.txt", "c.txt", "long.txt"]),
        ("Source", "(unknown)", ["other.txt"]),
        ("Category", "related", ["a.txt"]),
        ("What became of it", "unchanged", ["c.txt", "other.txt"]),
        ("Order", "share", ["b.txt", "a.txt", "long.txt", "c.txt", "other.txt"]),
    ]:
        page.get_by_label(field, exact=True).select_option(value)
        assert names(page) == left, field
        page.get_by_label(field, exact=True).select_option(index=0)
    page.keyboard.press("/")
    page.keyboard.type("SPECIAL")
    expect(page.locator("#list li")).to_have_count(1)
    assert names(page) == ["b.txt"]
    page.keyboard.press("Enter")
    assert heading(page) == "b.txt"
    assert page.evaluate("[...CSS.highlights.get('found')].map(String)") == ["special"]


def test_keys_lead_through_documents_and_removals(texts, show):
    page = show(texts.review(*NO_BUNDLED))
    page.keyboard.press("l")
    page.keyboard.press("n")
    assert (heading(page), current(page)) == ("a.txt", "Advertisement")
    page.keyboard.press("n")
    assert current(page) == "Read more here."
    page.keyboard.press("n")
    assert (heading(page), current(page)) == ("b.txt", 'Ad "special"')
    page.keyboard.press("p")
    assert (heading(page), current(page)) == ("a.txt", "Read more here.")
    page.keyboard.press("Escape")
    assert page.locator(".card").count() == 0
    for expected in ["b.txt", "c.txt", "long.txt"]:
        page.keyboard.press("j")
        assert heading(page) == expected
    page.keyboard.press("n")
    assert page.locator("del.current").bounding_box()["y"] < page.viewport_size["height"], (
        "what is gone to is in sight"
    )
    page.keyboard.press("k")
    assert heading(page) == "c.txt"
    page.go_back()
    assert heading(page) == "long.txt"
    page.keyboard.press("v")
    assert page.locator("#text del:visible").count() == 0
    page.keyboard.press("o")
    assert page.locator("#overview").is_visible()


def test_help_opens_and_closes(texts, show):
    page = show(texts.review(*NO_BUNDLED))
    page.keyboard.press("?")
    assert page.get_by_role("dialog").get_by_text("next and previous removal").is_visible()
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0


def test_rule_and_reason_are_shown_on_hover_and_on_focus(texts, show):
    page = show(texts.review(*NO_BUNDLED), "#/documents/0")
    page.locator("del.gone").first.hover()
    card = page.locator(".card")
    card.wait_for()
    for said in ["ad", "gazette.ad", "label of an ad slot", "line in rules.toml:9", "4 removals in 3 documents"]:
        assert said in card.inner_text()
    page.locator("#reader h2").hover()
    card.wait_for(state="detached")
    page.locator("del.gone").nth(1).focus()
    assert "a link's text, glued to the paragraph" in card.inner_text()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "This is wrong"


def test_what_was_left_alone_shows_what_would_have_gone(folder, show):
    folder.write("in/gazette/a.txt", "Advertisement\n" * 20 + f"\n{PROSE}\n" + "Advertisement\n" * 20)
    folder.write("in/b.bin", b"\0\1\2")
    page = show(folder.review(*NO_BUNDLED))
    left = page.locator(".list-of", has_text="Left alone")
    assert "would have lost 40 of its 56 words" in left.inner_text()
    assert "a binary file, not a text" in left.inner_text()
    left.get_by_role("link", name="a.txt").click()
    assert page.locator("#text.is-left del.gone").count() == 40
    page.keyboard.press("k")
    assert "It is not shown" in page.locator("#reader").inner_text()


def test_a_sample_of_many_documents_is_the_same_each_time(folder, show):
    for number in range(50):
        folder.write(f"in/{number:02}.txt", f"{PROSE}\n")
    pages = [folder.review(*NO_BUNDLED, "--limit", "7", "-j", threads).read_bytes() for threads in "13"]
    assert pages[0] == pages[1]
    page = show(folder.path / "review.html")
    assert "7 of them shown here" in page.locator(".facts").inner_text()
    page.keyboard.press("l")
    assert len(names(page)) == 7


def test_a_telephone_shows_one_thing_at_a_time(texts, show):
    page = show(texts.review(*NO_BUNDLED), viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    width = "document.documentElement.scrollWidth"
    assert page.evaluate(width) == 390
    page.get_by_role("link", name="Documents", exact=True).tap()
    assert page.locator("#reader").is_hidden()
    page.locator("#list a").first.tap()
    assert page.locator(".finder").is_hidden()
    page.locator("del.gone").first.tap()
    card = page.locator(".card").bounding_box()
    assert (card["x"], card["width"]) == (0, 390)
    assert page.evaluate(width) == 390
    page.get_by_role("link", name="All documents").tap()
    assert page.locator("#list").is_visible()


# The contrast of the text of an element with what is behind it, as WCAG reckons it; colours are read off a canvas.
CONTRAST = """
([selector, pseudo]) => [...document.querySelectorAll(selector)].map((shown) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const part = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const weights = [0.2126, 0.7152, 0.0722];
  const luminance = (colour) => rgb(colour).reduce((sum, value, at) => sum + part(value / 255) * weights[at], 0);
  const style = getComputedStyle(shown, pseudo);
  const [dark, light] = [luminance(style.color), luminance(style.backgroundColor)].sort((one, other) => one - other);
  return (light + 0.05) / (dark + 0.05);
})
"""

ALL_CATEGORIES = """
() => document.body.append(...data.categories.flatMap(({ name }) => {
  const gone = document.createElement("del");
  gone.className = `gone probe is-${name}`;
  const chip = document.createElement("span");
  chip.className = `chip probe is-${name}`;
  return [gone, chip];
}))
"""


def test_each_category_can_be_read_and_told_apart(texts, show):
    for scheme in ["light", "dark"]:
        page = show(texts.review(*NO_BUNDLED), color_scheme=scheme)
        # The names of a module are not those of the page.
        page.evaluate("globalThis.data = JSON.parse(document.getElementById('data').textContent)")
        page.evaluate(ALL_CATEGORIES)
        for selector, pseudo in [(".gone.probe", None), (".gone.probe", "::before"), (".chip.probe", None)]:
            contrasts = page.evaluate(CONTRAST, [selector, pseudo])
            assert len(contrasts) == 20 and min(contrasts) >= 4.5, (scheme, selector, pseudo, contrasts)
        colours = "[...document.querySelectorAll('.gone.probe')].map((gone) => getComputedStyle(gone).color)"
        assert len(set(page.evaluate(colours))) == 20


def test_a_category_is_named_beside_its_colour(texts, show):
    page = show(texts.review(*NO_BUNDLED), "#/documents/0")
    label = "getComputedStyle(document.querySelector('del.gone'), '::before').content"
    assert page.evaluate(label) == '"ad"'


def test_without_scripts_the_page_says_so(texts, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(texts.review(*NO_BUNDLED).as_uri())
    assert "needs JavaScript" in page.locator("body").inner_text()
    context.close()
