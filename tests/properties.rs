//! The promises of the design, on documents and rules that chance makes.

mod generate;
mod promises;
mod reference;

use std::sync::LazyLock;

use bstr::BString;
use deboil::{Categories, Category, Document, Left, Mode, Options, Outcome, Protect, Ruleset, clean};
use proptest::prelude::*;

use generate::{case, documents, spellings};
use promises::{agreement, promises};

static BUNDLED: LazyLock<Ruleset> = LazyLock::new(Ruleset::bundled);

/// How many cases are tried, if `PROPTEST_CASES` does not say. What chance finds becomes a test of its own below.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

fn options() -> impl Strategy<Value = Options> {
    let keep = [None, None, Some(Category::Ad), Some(Category::Share)];
    let mode = prop_oneof![Just(Mode::Extracted), Just(Mode::FullPage)];
    let max_removed = proptest::option::weighted(0.2, 0.0..1.0);
    let protect = (prop::bool::weighted(0.1), prop::bool::weighted(0.1));
    let guards = (max_removed, protect.prop_map(|(quotes, code)| Protect { quotes, code }));
    (mode, proptest::sample::select(keep.to_vec()), any::<(bool, bool)>(), prop::bool::weighted(0.2), guards).prop_map(
        |(mode, keep, (preview, aggressive), tidy, (max_removed, protect))| {
            let keep = keep.into_iter().collect::<Categories>();
            Options { mode, keep, preview, aggressive, tidy, protect, max_removed }
        },
    )
}

/// A document with junk of the bundled rules, taken from their own examples.
fn bundled_document() -> BoxedStrategy<BString> {
    let strips = BUNDLED.rules().flat_map(|(_, rule)| &rule.strips).map(|example| example.text.clone());
    let lines: Vec<String> = strips.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    documents::of(proptest::sample::select(lines).prop_flat_map(|line| spellings::spelled(&line)).boxed())
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn the_promises_hold_for_any_rules((packs, text) in case(), options in options()) {
        promises(&packs.load(), &text, &options)?;
    }

    #[test]
    fn the_library_finds_what_the_reference_finds(
        (packs, text) in case(),
        options in options(),
        named in any::<bool>(),
    ) {
        let source = named.then_some("s");
        let document = Document { source, ..Document::new(&text) };
        agreement(&packs.load(), &document, &Options { tidy: false, ..options })?;
    }
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn the_promises_hold_for_the_bundled_rules(text in bundled_document(), options in options()) {
        promises(&BUNDLED, &text, &options)?;
    }

    #[test]
    fn the_reference_agrees_on_the_bundled_rules(text in bundled_document(), options in options()) {
        agreement(&BUNDLED, &Document::new(&text), &Options { tidy: false, ..options })?;
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn one_plain_entry_finds_every_spelling(spelled in spellings::spelled("Don't miss our \"best\" café offers - sign up, it's free…")) {
        prop_assert_eq!(left_of_spelled(&spelled), "It rained.\n\nIt snowed.\n", "{}", spelled);
    }
}

#[test]
fn one_plain_entry_finds_the_spelling_of_each_row_and_rows_together() {
    for spelled in [
        "Don't miss our \"best\" café offers - sign up, it's free...",
        "Don’t miss our “best” café offers – sign up, it’s free…",
        "Don&rsquo;t miss our &ldquo;best&rdquo; café offers &ndash; sign up, it&#8217;s free&hellip;",
        "Don&amp;rsquo;t miss our &quot;best&quot; caf&eacute; offers &amp;mdash; sign up, it&amp;#8217;s free&amp;hellip;",
        "Donâ€™t miss our â€œbestâ€\u{9d} cafÃ© offers â€” sign up, itâ€™s freeâ€¦",
        "Don't\u{a0}miss\u{a0}our \"best\" café offers - sign\u{a0}up, it's\u{a0}free...",
        "Don't  miss   our\t\"best\" café offers  -  sign \u{2009} up, it's\u{3000}free...",
        "Don't mi\u{ad}ss our \"best\" ca\u{ad}fé of\u{200b}fers - \u{feff}sign up, it's free...",
        "DON'T MISS OUR \"BEST\" CAFÉ OFFERS - SIGN UP, IT'S FREE...",
        "Ｄｏｎ'ｔ miss our \"best\" cafe\u{301} oﬀers - sign up, it's free...",
        "**Don't miss our \"best\" café offers - sign up, it's free...**",
        "[Don't miss our \"best\" café offers - sign up, it's free...](https://example.com/sign_up)",
        "> - **[DON&rsquo;T\u{a0}miss our “best” ca\u{ad}fé offers  – sign up, itâ€™s free&hellip;](/x)**",
        "## __Don&#8217;t  miss our &ldquo;BEST&rdquo; CAFÉ oﬀers\u{a0}&mdash; sign up, it’s fr\u{ad}ee…__ ##",
    ] {
        assert_eq!(left_of_spelled(spelled), "It rained.\n\nIt snowed.\n", "{spelled}");
    }
}

/// What is left of a text with a string in it that a rule looks for in one plain spelling.
fn left_of_spelled(spelled: &str) -> String {
    static RULES: LazyLock<Ruleset> = LazyLock::new(|| {
        let literal = r#""Don't miss our \"best\" café offers - sign up, it's free...""#;
        pack(&format!("[[line]]\nid = 'r'\ncategory = 'signup'\nwhy = 'test'\nany = [{literal}]\n"))
    });
    let text = format!("It rained.\n\n{spelled}\n\nIt snowed.\n");
    let full_page = Options { mode: Mode::FullPage, ..Options::default() };
    String::from_utf8(clean(&RULES, &Document::new(text.as_bytes()), &full_page).text.into_owned()).unwrap()
}

fn pack(rules: &str) -> Ruleset {
    Ruleset::builder().bundled(false).text("test.toml", &format!("schema = 1\n{rules}")).build().unwrap()
}

/// A rule of a kind with the keys that each must have.
fn rule(kind: &str, id: &str, keys: &str) -> String {
    format!("[[{kind}]]\nid = \"{id}\"\ncategory = \"ad\"\nwhy = \"test\"\n{keys}\n")
}

/// What is left of a text, whose promises are kept and on which the reference agrees.
fn left(rules: &[String], text: &str, options: &Options) -> (String, Outcome) {
    let rules = pack(&rules.concat());
    promises(&rules, text.as_bytes(), options).unwrap();
    agreement(&rules, &Document::new(text.as_bytes()), &Options { tidy: false, ..options.clone() }).unwrap();
    let cleaned = clean(&rules, &Document::new(text.as_bytes()), options);
    (String::from_utf8(cleaned.text.into_owned()).unwrap(), cleaned.outcome)
}

// What chance has found, each once.

const PROSE: &str = "The council met on Monday evening and voted for the new harbour after two hours of debate.\n";

#[test]
fn a_line_whose_protection_went_would_go_the_next_time_so_the_document_is_left_alone() {
    let rules =
        [rule("phrase", "tag", "any = [\"(AP)\"]"), rule("line", "label", "any = [\"Photo\"]\nunless = \"(AP)\"")];
    let text = format!("{PROSE}\nPhoto (AP)\n");
    assert_eq!(left(&rules, &text, &Options::default()), (text, Outcome::Left(Left::Unstable)));
}

#[test]
fn blank_lines_that_tidying_takes_may_bring_a_block_together() {
    let rules = [rule("block", "b", "from = \"More here\"\nthrough = \"Share this\"\nmax_lines = 3")];
    let text = format!("{PROSE}\nMore here\n\n\nShare this\n");
    let tidy = Options { tidy: true, ..Options::default() };
    assert_eq!(left(&rules, &text, &tidy), (text.clone(), Outcome::Left(Left::Unstable)));
    assert_eq!(left(&rules, &text, &Options::default()), (text, Outcome::Unchanged));
}

#[test]
fn phrases_that_together_leave_nothing_of_a_line_count_as_a_neighbour() {
    let rules =
        [rule("phrase", "why", "any = [\"(Why?)\"]"), rule("line", "share", "any = [\"Share\"]\nbeside = true")];
    let text = format!("{PROSE}\n(Why?)(Why?)\nShare\n");
    assert_eq!(left(&rules, &text, &Options::default()).0, PROSE);
}

#[test]
fn a_line_that_says_the_same_four_times_says_it_once() {
    let rules = [rule("repeat", "twice", "unit = \"line\"")];
    let text = format!("{PROSE}\nha ha ha ha\n");
    assert_eq!(left(&rules, &text, &Options::default()).0, format!("{PROSE}\nha\n"));
}

#[test]
fn a_version_that_would_fall_into_two_again_stays_with_the_earlier() {
    let rules = [rule("repeat", "versions", "unit = \"versions\"")];
    let text = format!("{PROSE}\nha. ha. ha. ha.\n");
    assert_eq!(left(&rules, &text, &Options::default()), (text, Outcome::Unchanged));
}

#[test]
fn a_pull_quote_is_found_by_any_of_its_copies() {
    let rules = [rule("repeat", "quotes", "unit = \"pullquote\"")];
    let quote = "The council met on Monday evening";
    let text = format!("{PROSE}\n{quote}, as you may know\n\n{quote}\n\n{PROSE}");
    assert_eq!(left(&rules, &text, &Options::default()).0, format!("{PROSE}\n{quote}, as you may know\n\n{PROSE}"));
}

#[test]
fn an_exact_literal_never_reaches_into_the_line_end() {
    let rules = [rule("phrase", "end", "any = [\"ad\\r\"]\nexact = true")];
    let text = "An ad\r\nAn ad\r in the line\r\n";
    assert_eq!(left(&rules, text, &Options::default()).0, "An ad\r\nAn  in the line\r\n");
}

#[test]
fn a_place_that_does_not_fit_hides_none_that_overlaps_it() {
    let rules = [rule("line", "laugh", "any = [\"It ended\"]\nmatch = \"starts\"\nmax_words = 9\nunless = \"ha ha\"")];
    let text = format!("{PROSE}\nIt ended aha ha ha\n");
    assert_eq!(left(&rules, &text, &Options::default()), (text, Outcome::Unchanged));
}
