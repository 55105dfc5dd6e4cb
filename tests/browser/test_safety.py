"""Texts and names that try to be more than texts and names."""

from conftest import PROSE
from test_reading import LEFT, NO_BUNDLED, ORIGINAL

SCRIPT = "<img src=x onerror=hacked=1></script><script>hacked=1</script><!--"


def test_hostile_texts_and_names_stay_texts_and_names(folder, show):
    name = "<img src=x onerror=hacked=1> & \"quoted\" 'name'.txt"
    text = f"{SCRIPT}\n\n{PROSE}\u2028{PROSE}\u2029\n\n{{{{ data }}}} {{% raw %}} ${{hacked}}\n\nAdvertisement\n"
    folder.write(f"in/gazette/{name}", text)
    page = show(folder.review(*NO_BUNDLED), "#/documents/0")
    assert page.evaluate("typeof hacked") == "undefined"
    assert page.locator("#reader h2").inner_text() == f"in/gazette/{name}"
    assert page.evaluate(ORIGINAL) == text
    page.keyboard.press("n")
    page.keyboard.press("x")
    page.keyboard.press("c")
    page.keyboard.press("o")
    assert page.evaluate("typeof hacked") == "undefined"
    assert page.locator("img").count() == 0


def test_a_hostile_rule_stays_a_rule(folder, show):
    folder.write(
        "rules.toml",
        f"""schema = 1
[[line]]
id = "x.ad"
category = "ad"
any = ["Advertisement"]
why = '''{SCRIPT}'''
""",
    )
    folder.write("in/a.txt", f"{PROSE}\n\nAdvertisement\n")
    page = show(folder.review(*NO_BUNDLED), "#/documents/0")
    page.keyboard.press("n")
    assert SCRIPT in page.locator(".card").inner_text()
    assert page.evaluate("typeof hacked") == "undefined"


def test_bytes_that_are_not_utf8_are_shown_as_such(folder, show):
    folder.write("in/gazette/a.txt", b"caf\xe9 " + PROSE.encode() + b"\n\nAdvertisement\n")
    page = show(folder.review(*NO_BUNDLED), "#/documents/0")
    assert page.evaluate(LEFT) == f"caf\ufffd {PROSE}\n"


def test_nothing_of_the_page_may_fetch_or_run_what_a_text_says(texts, browser):
    page = browser.new_page()
    page.goto(texts.review(*NO_BUNDLED).as_uri())
    policy = page.locator("meta[http-equiv='Content-Security-Policy']").get_attribute("content")
    assert "default-src 'none'" in policy and "connect-src" not in policy
    refused = "() => { try { document.body.innerHTML = '<b>'; } catch (error) { return error.name; } }"
    assert page.evaluate(refused) == "TypeError"
    page.close()
