"""The junk: strings as sites print them, and how extraction varies them."""
from dataclasses import dataclass

from words import TOWNS, town

LINE, START, INSIDE = "line", "start", "inside"
# So many of twenty in a row are of each kind, so that the mix is the same for any number of rules.
CYCLE = [LINE, LINE, INSIDE, LINE, START] * 3 + [LINE, INSIDE, LINE, INSIDE, LINE]
OUTLETS = "Herald Gazette Courier Tribune Observer Mercury Chronicle Dispatch".split()
# Each text starts and ends as no other one does, so that no text can stand inside another.
TEMPLATES = {
    LINE: """Sign up for the {} newsletter here
Advertisement: {}!
Subscribe to {} for full access today
Don’t miss {}’s morning briefing
Follow {} on Twitter and Instagram
© 2017 {} Media. All rights reserved.
Thank you for reading {} – your account is not active
“Best of {}” is sent every Friday
This story first appeared in {}, our partner
Please log in to {}’s website to comment""".split("\n"),
    START: """READ MORE from {}:
Photograph by {}:
Related video on {}:
Recommended by {}’s editors:""".split("\n"),
    INSIDE: """Click here to follow {} on Facebook.
(Story goes on below {}’s video player.)
Get {}’s stories in your inbox.
Listen to “{} Today” wherever you get podcasts.
Help {} keep its reporting free.""".split("\n"),
}


@dataclass(frozen=True)
class Junk:
    kind: str
    text: str


def junk_strings(count):
    """The first `count` strings; those of a smaller count are the first of a greater one."""
    return [Junk(kind, text_of(kind, number)) for number, kind in zip(range(count), CYCLE * (count // 20 + 1))]


def text_of(kind, number):
    templates = TEMPLATES[kind]
    # The outlet moves on by one when the towns begin again, so that no name comes twice.
    name = f"{town(number)} {OUTLETS[(number + number // TOWNS) % len(OUTLETS)]}"
    return templates[number // 7 % len(templates)].format(name)


def variants(text):
    """The forms in which a text also occurs: other case, other quotes, other spaces."""
    straight = text.replace("’", "'").replace("“", '"').replace("”", '"')
    forms = [text.upper(), text.lower(), straight, text.replace(" ", "  ", 1), text.replace(" ", "\u00a0", 2)]
    return [form for form in forms if form != text]
