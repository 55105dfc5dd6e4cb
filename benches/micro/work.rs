//! What is cleaned: rules that each look for a text of their own, and documents in which the first of these stand.

use std::fmt::Write;

use deboil::Ruleset;

/// The least size of a document, in bytes.
const SIZE: usize = 256 << 10;

/// So many of the rules have their text in a document; there are never fewer rules.
const OCCURRING: u64 = 100;

const WORDS: &[&str] = &[
    "the",
    "a",
    "of",
    "council",
    "harbour",
    "bridge",
    "ferry",
    "teacher",
    "winter",
    "old",
    "narrow",
    "crowded",
    "voted",
    "opened",
    "measured",
    "near",
    "behind",
    "it",
    "that",
    "Monday",
    "café",
    "neighbour’s",
    "well-known",
    "1,200",
];
const ENDS: &[&str] = &[". ", ", ", "; ", "? ", ".” “", " – "];

/// Draws numbers from a seed: Marsaglia, *Xorshift RNGs*, 2003.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn pick<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words[self.below(words.len() as u64) as usize]
    }
}

/// The text that a rule looks for: of a whole line, of the start of one, or inside one.
fn junk(number: u64) -> String {
    match number % 4 {
        0 => format!("Sign up for the {number} Gazette’s newsletter"),
        1 => format!("Advertisement: the {number} Herald!"),
        2 => format!("READ MORE from {number}:"),
        _ => format!("(Story goes on below the video of {number}.)"),
    }
}

/// So many rules.
pub(crate) fn rules(count: usize) -> Ruleset {
    let mut file = String::from("schema = 1\n");
    for number in 0..count as u64 {
        let kind = ["[[line]]", "[[line]]", "[[line]]\nmatch = \"starts\"\nmax_words = 40", "[[phrase]]"];
        let (kind, text) = (kind[number as usize % kind.len()], junk(number));
        write!(file, "\n{kind}\nid = \"junk.{number}\"\ncategory = \"ad\"\nwhy = \"generated\"\nany = [\"{text}\"]\n")
            .expect("a string takes all that is written");
    }
    Ruleset::builder().bundled(false).text("generated.toml", &file).build().expect("the rules are in order")
}

/// A document of which so many of a hundred paragraphs are junk or hold some.
pub(crate) fn document(share: u64) -> String {
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let mut text = String::new();
    while text.len() < SIZE {
        let is_junk = chance.below(100) < share;
        match chance.below(OCCURRING) {
            number if is_junk && number % 4 < 2 => text += &junk(number),
            number if is_junk => text += &format!("{} {}", junk(number), paragraph(&mut chance)),
            _ => text += &paragraph(&mut chance),
        }
        text += "\n\n";
    }
    text
}

fn paragraph(chance: &mut Chance) -> String {
    let mut text = String::from("“");
    for _ in 0..20 + chance.below(100) {
        text += chance.pick(WORDS);
        text += if chance.below(8) == 0 { chance.pick(ENDS) } else { " " };
    }
    text + "end."
}
