//! Work grows no faster than the text. Instructions are counted by valgrind, not seconds, so a busy machine makes no difference.
//!
//! It takes minutes, and so is left to `.ci/run`, which names an optimised program: `DEBOIL=target/release/deboil cargo test
//! --test hostile -- --ignored`.

use std::fmt::Write as _;
use std::process::Command;
use std::sync::LazyLock;

use crate::stage::{self, PROSE, Stage};

/// How often the part of a trap is repeated in its shortest text; in the others four and sixteen times as often.
const FEW: usize = 1_000;

/// How much more the last step from text to text may take than the first: four times as much is added, and some of the work is
/// a search in a table.
const GROWTH: f64 = 5.0;

/// One rule of each kind that looks further than at its own line, or may look at it again and again.
static RULES: LazyLock<String> = LazyLock::new(|| {
    let mut rules = String::from("schema = 1\n");
    for (kind, id, keys) in [
        ("phrase", "phrase", "any = ['xlit']"),
        ("phrase", "unless", "any = ['xprot']\nunless = ['never that']"),
        ("phrase", "beside", "any = ['xbes']\nbeside = true"),
        ("phrase", "sentence", "any = ['xsen']\nextend = 'sentence'\nmax_words = 9"),
        ("phrase", "through", "any = ['xthr']\nthrough = ['xend']\nmax_words = 9"),
        ("phrase", "foreign", "any = ['xfor']\nthrough = ['xhere']\nmax_words = 9\nlangs = ['de']"),
        ("line", "line", "any = ['Advertisement']"),
        ("regex", "junk", "pattern = '.*?(?P<junk>xjun.?k).*'"),
        ("regex", "nested", "pattern = '(?:(?:a+)+ )+xnest'\nkeywords = ['aaa']"),
        ("block", "open", "from = ['Open']\nuntil = ['No line']\nmax_lines = 100000000"),
        ("block", "closed", "from = ['Start']\nuntil = ['Close']\nmax_lines = 100000000"),
        ("cut", "cut", "marker = ['Cut']\nmax_fraction = 0.99"),
        ("sequence", "copies", SEQUENCE),
        ("run", "after", "after = ['Menu']\nmin_lines = 3\nmax_words = 3"),
        ("run", "before", "before = ['Uneme']\nmin_lines = 3\nmax_words = 3"),
        ("headline", "headline", "words = [3, 12]\nmodes = ['full-page']"),
        ("repeat", "paragraph", "unit = 'paragraph'"),
        ("repeat", "pullquote", "unit = 'pullquote'"),
        ("repeat", "halves", "unit = 'line'"),
        ("repeat", "versions", "unit = 'versions'"),
    ] {
        writeln!(rules, "[[{kind}]]\nid = \"t.{id}\"\ncategory = \"ad\"\nwhy = \"test\"\n{keys}").unwrap();
    }
    rules
});

/// Steps that come to each line in many ways.
const SEQUENCE: &str = concat!(
    "steps = [{ do = 'drop', any = ['Seq'], optional = true }, { do = 'keep', words = [1, 9], optional = true }, ",
    "{ do = 'keep', copy = true, optional = true }, { do = 'keep', terminal = true, optional = true }, ",
    "{ do = 'keep', words = [1, 9], optional = true }, { do = 'keep', words = [1, 9], copy = true, optional = true }, ",
    "{ do = 'keep', words = [3, 4] }, { do = 'keep', any = ['Never'] }]",
);

/// What is made of a repeated part, by what stands before and behind it.
const TRAPS: &[(&str, &str, &str, &str)] = &[
    ("phrases", "", "keep xlit ", ""),
    ("phrases behind a mark that is folded", "\u{201c}", "keep xlit ", ""),
    ("protected phrases", "", "keep xprot ", ""),
    ("phrases beside nothing", "", "keep xbes ", ""),
    ("sentences", "", "keep xsen ", ""),
    ("short sentences", "", "xsen. ", ""),
    ("initials", "xsen ", "A.", " xsen"),
    ("full stops", "xsen ", ".", " xsen"),
    ("phrases without an end", "", "keep xthr ", ""),
    ("phrases with one end", "", "xthr ", "xend"),
    ("words with one end", "", "xthr-", " xend"),
    ("foreign words with one end", "", "xfor-", " xhere"),
    ("starts of a sequence", "", "Seq\nRope, tar and sails.\n", ""),
    ("lines of which a piece goes", "", "keep xjunk words.\n", ""),
    ("nested repetition", "", "aaaa ", ""),
    ("starts of a block", "", "Open\n", ""),
    ("starts of a block with one end", "", "Start\n", "Close"),
    ("a block with much in it", "Start\n", "Advertisement\n", "Close"),
    ("a cut with much in it", "Cut\n", "Advertisement\n", ""),
    ("starts of a run", "", "Menu\n\n", ""),
    ("ends of a run", "", "Home\nUneme\n", ""),
    ("a run without a marker", "", "Home\n", ""),
    ("paragraphs", "", "The council met in the old hall and spoke of nothing but rope, tar and sails.\n\n", ""),
    (
        "headlines",
        "",
        "A Headline That Stands Alone\n\nThe council met in the hall and spoke of rope and sails for an hour.\n\n",
        "",
    ),
    (
        "quotes of one line",
        "the boats came home again and all of us saw them.\n\n",
        "the boats came home again and\n\n",
        "",
    ),
    ("halves", "", "ha ", ""),
    ("versions", "", "the boats came home. ", ""),
    ("wrapped lines", "", "The council met in the hall and spoke of rope and of sails for an hour or two,\n", ""),
    ("references", "", "&amp;", ""),
    ("nested references", "&", "amp;", "lt;"),
    ("brackets", "", "[", ""),
    ("links", "", "[a](b ", ""),
    ("stars", "", "**a ", ""),
    ("quotation marks", "", "> ", "a"),
    ("misread bytes", "", "Ã", ""),
    ("marks on letters", "a", "\u{301}\u{323}", ""),
    ("columns", "", "| ", ""),
];

fn text(trap: &(&str, &str, &str, &str), count: usize) -> String {
    let (_, before, part, behind) = trap;
    let article = format!("{PROSE}\n").repeat(3);
    format!("{article}{before}{}{behind}\n\n{article}", part.repeat(count))
}

/// How many instructions cleaning a text takes.
fn work(text: &str) -> f64 {
    let stage = Stage::new();
    stage.write("rules.toml", &*RULES);
    stage.write("text.txt", text);
    let mut command = Command::new("valgrind");
    command.args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]);
    command.arg(stage::optimised()).args(["clean", "-q", "-j1", "--isolated", "--no-bundled"]);
    command.args(["--full-page", "--rules", "rules.toml", "text.txt", "-o", "out"]).current_dir(stage.path(""));
    let output = command.output().expect("valgrind is there");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let counted = said.lines().filter(|line| line.contains("refs:")).find_map(|line| line.rsplit_once(' '));
    counted.expect("valgrind counts").1.replace(',', "").parse().unwrap()
}

#[test]
#[ignore = "takes minutes, and needs valgrind and an optimised program"]
fn no_text_takes_more_work_than_its_length() {
    let growth = |trap| {
        let [few, more, many] = [FEW, 4 * FEW, 16 * FEW].map(|count| work(&text(trap, count)));
        (many - more) / (more - few)
    };
    let slow: Vec<_> = TRAPS.iter().map(|trap| (trap.0, growth(trap))).filter(|&(_, growth)| growth > GROWTH).collect();
    assert!(slow.is_empty(), "of four times the text they take so many times the work: {slow:?}");
}
