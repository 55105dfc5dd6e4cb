"""Prose from word lists: sentences with the punctuation that articles have, and names."""
import random
import re


class Chance:
    """Draws from a seed. Only `random()` is used, whose numbers are the same in every version of Python."""

    def __init__(self, seed):
        self.random = random.Random(seed).random

    def below(self, end):
        return int(self.random() * end)

    def between(self, first, last):
        return first + int(self.random() * (last - first + 1))

    def pick(self, items):
        return items[int(self.random() * len(items))]


NOUNS = """
council harbour bridge tram ferry school market budget report river vote festival mayor teacher driver plan
tunnel station library museum court hospital storm garden orchestra factory union strike lake forest road
village island airport committee study election company bank price tax house roof window letter photograph
newspaper engineer farmer doctor nurse student judge lawyer painter singer winner team coach player season
match stadium ticket train lorry bicycle dog horse harvest apple bread coffee kitchen restaurant hotel guest
summer winter morning evening week decade century neighbour""".split()
VERBS = """
opened closed rejected approved delayed praised criticised visited rebuilt sold bought painted repaired moved
followed welcomed described questioned inspected changed doubled halved replaced promised remembered ignored
measured crossed defended feared won lost found left joined founded crowded filled""".split()
ADJECTIVES = """
old new quiet crowded wooden narrow famous local national empty long short heavy early late bitter cheerful
expensive cheap unfinished broken careful sudden public private northern southern rainy golden ordinary
strange""".split()
PREPOSITIONS = "near behind after before without against beside beyond during despite above below".split()
PEOPLE = """
Anna Tomás Ingrid Joël Miriam Kofi Léa Piotr Yusuf Clara Henrik Noor Dmitri Aoife Rui Salma Björn Esther Milan
Grace""".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
STARTS = """
ba be bo bra da de dor el fa fen gal go har hel ka kel lo lin ma mer nor o pa pel ra ros sa sil ta tor va
wen""".split()
MIDDLES = "ba ben da den ga go la len li lo ma mi na ne no ra re ri sa so ta ti va vi wi".split()
ENDS = "bury dale field ford ham ley mouth port stad ston strand thorpe ton vik wick wood".split()

# Each template is the row of its parts. N is a noun, V a verb, A an adjective, P a preposition, H a person, T a town,
# D a day, # a number.
SENTENCES = [re.split(r"(#|\W)", line) for line in """The A N V the N P the N.
On D the N of T V its N, and the N V the A N.
H T, who V the N last year, said the A N “V us all”.
“We V the N,” said H T. “Nobody V the N P the N.”
It was the N’s A N – not its N – that V the N.
About # people V the N P the N; # of them V it again on D.
The N (the A one) V the N, but T’s N V it.
Mr. T V # of the # N plans P D.
Why the N V the A N isn’t known.
P the N, the A N of T V a N for $#,000, or # percent more than the N.
The N never V it: it V, it V, and then it V the N.
A N, a N and a A N V the N in T, # miles P the N.
H and H V the N… and the N V them.""".split("\n")]
HEADLINES = [re.split(r"(#|\W)", line) for line in """A N V N in T
T N V the A N
How H V the N
N P N: what T V""".split("\n")]


LISTS = {"N": NOUNS, "V": VERBS, "A": ADJECTIVES, "P": PREPOSITIONS, "H": PEOPLE, "D": DAYS}
TOWNS = len(STARTS) * len(MIDDLES) * len(ENDS)
# Shares no divisor with the number of towns, so that towns in a row look different and none comes twice.
STRIDE = 3_571


def town(number):
    """A name: the same for the same number, another one for each of the next `TOWNS`."""
    number, end = divmod(number * STRIDE % TOWNS, len(ENDS))
    start, middle = divmod(number, len(MIDDLES))
    return (STARTS[start] + MIDDLES[middle] + ENDS[end]).capitalize()


def sentence(chance, templates):
    return upper_first("".join(filled(part, chance) for part in chance.pick(templates)))


def filled(part, chance):
    if part in LISTS:
        return chance.pick(LISTS[part])
    if part == "T":
        return town(chance.below(400))
    return str(chance.between(2, 900)) if part == "#" else part


def upper_first(text):
    return text[:1].upper() + text[1:]


def headline(chance):
    return sentence(chance, HEADLINES)


def sentences(chance):
    return [sentence(chance, SENTENCES) for _ in range(chance.between(2, 7))]
