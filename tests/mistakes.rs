//! Each mistake that an author can make in a rule file has its own message: where it is, what is wrong, what to do.
//!
//! The snapshots show each message as its reader gets it, and below it the place that it names.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

#[cfg(feature = "cli")]
use assert_cmd::Command;
use deboil::error::{Error, Errors};
use deboil::rule::set::Ruleset;
use deboil::{check, prove};

#[cfg(feature = "schema")]
mod schema_values;

/// A mistake's name, and the rule file that holds it.
type Case<'a> = (&'a str, &'a str);

/// What each rule of these tests says; a case goes on with what it is about.
const HEAD: &str = "id = \"my.rule\"\ncategory = \"ad\"\nwhy = \"seen on example.com\"\n";

/// A file that holds one rule of a kind.
fn rule(kind: &str, rest: &str) -> String {
    format!("schema = 1\n\n[[{kind}]]\n{HEAD}{rest}\n")
}

/// The mistakes of some rule files, as loading them, and then their examples, tells of them.
fn mistakes_of(bundled: bool, files: &[Case]) -> Vec<Error> {
    let builder = Ruleset::builder().bundled(bundled);
    let builder = files.iter().fold(builder, |builder, (name, text)| builder.text(name, text));
    let loaded = builder.build().and_then(|rules| prove::own_packs(&rules).map(|()| rules));
    match loaded {
        Ok(_) => panic!("nothing is found wrong with {files:?}"),
        Err(Errors(errors)) => errors,
    }
}

/// A message and the place that it names.
fn shown(error: &Error, text: &str) -> String {
    let mut shown = format!("{error}\n");
    let place = error.place.as_ref().expect("each mistake has a place");
    if place.line > 0 {
        let line = text.lines().nth(place.line - 1).expect("the line exists");
        assert!(place.column <= line.chars().count() + 1, "the column exists: {error}");
        writeln!(shown, "    {line}\n    {}^", " ".repeat(place.column - 1)).unwrap();
    }
    assert!(!error.what.is_empty() && !error.cure.is_empty(), "no cure: {error}");
    shown
}

fn assert_snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots/mistakes");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// What the JSON Schema of rule files sees of some mistakes: values, but not what only the program knows of them.
#[allow(dead_code, reason = "without the feature there is no schema")]
enum Schema {
    SeesAllBut(&'static [&'static str]),
    SeesOnly(&'static [&'static str]),
}

/// Compares the messages of single files with a snapshot, and what the schema rejects of them with what it should.
fn assert_mistakes(name: &str, cases: &[(&str, String)], schema: Schema) {
    let mut all = String::new();
    for (what, text) in cases {
        writeln!(all, "# {what}").unwrap();
        for error in mistakes_of(false, &[("x.toml", text)]) {
            all.push_str(&shown(&error, text));
        }
        all.push('\n');
    }
    assert_snapshot(name, &all);
    assert_schema(cases, schema);
}

#[cfg(feature = "schema")]
fn assert_schema(cases: &[(&str, String)], schema: Schema) {
    let validator = schema_values::validator();
    // What is no TOML is nothing that a schema could look at.
    let toml = cases.iter().filter_map(|(name, text)| Some((*name, schema_values::json_of(text)?)));
    let (accepted, rejected): (Vec<_>, Vec<_>) = toml.partition(|(_, json)| validator.is_valid(json));
    let (seen, names) = match schema {
        Schema::SeesAllBut(names) => (accepted, names),
        Schema::SeesOnly(names) => (rejected, names),
    };
    assert_eq!(seen.iter().map(|(name, _)| *name).collect::<Vec<_>>(), names);
}

#[cfg(not(feature = "schema"))]
fn assert_schema(_: &[(&str, String)], _: Schema) {}

#[test]
fn keys() {
    let line = |rest: &str| rule("line", rest);
    assert_mistakes(
        "keys",
        &[
            ("an unknown key, nearly a known one", line("anny = [\"Advertisement\"]")),
            ("an unknown key like none", line("any = [\"Advertisement\"]\ncolour = \"red\"")),
            ("a key of another kind", line("any = [\"Advertisement\"]\nthrough = \"End\"")),
            ("an unknown kind, nearly a known one", rule("lines", "any = [\"Advertisement\"]")),
            ("an unknown kind like none", rule("zebra", "any = [\"Advertisement\"]")),
            ("an unknown key above all tables", "schema = 1\nlanguages = [\"en\"]\n".to_owned()),
            ("a rule's key above all tables", "schema = 1\ncategory = \"ad\"\n".to_owned()),
            ("an unknown key of a source", "[source]\nid = \"gazette\"\nhost = [\"gazette.example\"]\n".to_owned()),
            (
                "an unknown key of a signature",
                "[source]\nid = \"gazette\"\n[[source.signature]]\nall = [\"The Gazette\"]\n".to_owned(),
            ),
            ("an unknown key of a marker", rule("cut", "marker = { patern = 'Ends here' }\nmax_fraction = 0.3")),
            ("an unknown key of a step", rule("sequence", "steps = [{ do = \"drop\", word = [1, 3] }]")),
            ("an unknown key of a test", "[[test]]\ninput = \"\"\"\nx\n\"\"\"\nouput = \"\"\n".to_owned()),
            ("no id", "[[line]]\ncategory = \"ad\"\nwhy = \"seen\"\nany = [\"Advertisement\"]\n".to_owned()),
            ("no category", "[[line]]\nid = \"my.rule\"\nwhy = \"seen\"\nany = [\"Advertisement\"]\n".to_owned()),
            ("no why", "[[line]]\nid = \"my.rule\"\ncategory = \"ad\"\nany = [\"Advertisement\"]\n".to_owned()),
            ("a phrase without any", rule("phrase", "")),
            ("a line without any", line("")),
            ("a regex without a pattern", rule("regex", "")),
            ("a block without from", rule("block", "until = \"End\"\nmax_lines = 5")),
            ("a block without an end", rule("block", "from = \"Start\"\nmax_lines = 5")),
            ("a block with two ends", rule("block", "from = \"Start\"\nuntil = \"A\"\nthrough = \"B\"\nmax_lines = 5")),
            ("a block without max_lines", rule("block", "from = \"Start\"\nuntil = \"End\"")),
            ("a cut without a marker", rule("cut", "max_fraction = 0.3")),
            ("a cut without max_fraction", rule("cut", "marker = \"End\"")),
            ("a sequence without steps", rule("sequence", "")),
            ("a step without do", rule("sequence", "steps = [{ any = [\"Advertisement\"] }]")),
            ("a run without min_lines", rule("run", "max_words = 4")),
            ("a run without max_words", rule("run", "min_lines = 4")),
            ("a headline without words", rule("headline", "")),
            ("a repeat without a unit", rule("repeat", "")),
            ("a source without an id", "[source]\nhosts = [\"gazette.example\"]\n".to_owned()),
            ("a test without an output", "[[test]]\ninput = \"x\"\n".to_owned()),
        ],
        Schema::SeesAllBut(&[]),
    );
}

#[test]
fn types_and_syntax() {
    let line = |rest: &str| rule("line", &format!("any = [\"Advertisement\"]\n{rest}"));
    assert_mistakes(
        "types-and-syntax",
        &[
            ("a string instead of a list", rule("line", "any = \"Advertisement\"")),
            ("a number in a list of strings", rule("line", "any = [\"Advertisement\", 7]")),
            ("a number instead of a string", rule("regex", "pattern = 7")),
            ("a string instead of a number", line("max_words = \"12\"")),
            ("a fraction instead of a whole number", line("max_words = 1.5")),
            ("a string instead of true", line("beside = \"yes\"")),
            ("a string instead of a list of modes", line("modes = \"full-page\"")),
            ("a string instead of a list of languages", "langs = \"en\"\n".to_owned()),
            ("a number where a matcher must be", line("unless = 7")),
            ("a number in a list of matchers", line("unless = [\"x y\", 7]")),
            ("a number where an id must be", line("needs = 7")),
            ("a string instead of a share", rule("cut", "marker = \"End\"\nmax_fraction = \"30%\"")),
            ("a list instead of a text", rule("regex", "pattern = ['Photo .+']")),
            ("a number in a list over several lines", rule("line", "any = [\n  \"Advertisement\",\n  7,\n]")),
            ("a string instead of steps", rule("sequence", "steps = [\"Advertisement\"]")),
            ("a range of one number", rule("headline", "modes = [\"full-page\"]\nwords = [3]")),
            ("a range of three numbers", rule("headline", "modes = [\"full-page\"]\nwords = [3, 4, 5]")),
            ("a number instead of a range", rule("headline", "modes = [\"full-page\"]\nwords = 3")),
            ("a schema in quotes", "schema = \"1\"\n".to_owned()),
            ("a table instead of an array of tables", "[line]\nid = \"my.rule\"\n".to_owned()),
            ("an array of tables instead of a table", "[[source]]\nid = \"gazette\"\n".to_owned()),
            (
                "a signature that is no array of tables",
                "[source]\nid = \"g\"\nsignature = \"The Gazette\"\n".to_owned(),
            ),
            ("a date in quotes", line("last_seen = \"2026-11-01\"")),
            ("a date with a time", line("last_seen = 2026-11-01T12:00:00Z")),
            ("a time without a date", line("last_seen = 12:00:00")),
            ("a date that the calendar does not have", line("last_seen = 2026-02-30")),
            ("a date in another order", line("last_seen = 01.11.2026")),
            ("a string without an end", rule("line", "any = [\"Advertisement]")),
            ("a string without a start", rule("line", "any = [Advertisement\"]")),
            ("a list without an end", rule("line", "any = [\"Advertisement\"")),
            ("a list without a comma", rule("line", "any = [\"Advertisement\" \"Anzeige\"]")),
            ("a text without quotes", rule("line", "any = [Advertisement]")),
            ("a key without a value", rule("line", "any =")),
            ("a line that is no TOML", rule("line", "Advertisement")),
            ("a key with a colon", rule("line", "any: [\"Advertisement\"]")),
            ("a key twice", rule("line", "any = [\"Advertisement\"]\nany = [\"Anzeige\"]")),
            ("a table twice", "[source]\nid = \"a\"\n[source]\nid = \"b\"\n".to_owned()),
            ("a string with its own quote in it", rule("line", "any = ['Let's block ads!']")),
            ("a true that is capital", line("beside = True")),
            ("a text of several lines without an end", rule("line", "any = [\"\"\"Advertisement]")),
            ("a marker without its bracket", rule("cut", "marker = { any = [\"End\"]\nmax_fraction = 0.3")),
            ("a kind without its second bracket", "[[line]\nid = \"my.rule\"\n".to_owned()),
            ("a backslash in double quotes", rule("regex", "pattern = \"Photo \\d+\"")),
            ("curly quotes around a text", rule("line", "any = [“Advertisement”]")),
        ],
        Schema::SeesAllBut(&["a date in quotes"]),
    );
}

#[test]
fn literals() {
    let line = |rest: &str| rule("line", rest);
    assert_mistakes(
        "literals",
        &[
            ("an empty list", line("any = []")),
            ("an empty literal", line("any = [\"Advertisement\", \"\"]")),
            ("an empty literal that is exact", line("any = [\"\"]\nexact = true")),
            ("a literal that folds to nothing", line("any = [\"\\u00ad\\u200b\"]")),
            ("a literal of white space", line("any = [\"  \"]")),
            ("a literal with a line break", line("any = [\"\"\"First line\nsecond line\"\"\"]")),
            ("an empty list in unless", line("any = [\"Advertisement\"]\nunless = []")),
            (
                "a through that may delete nothing",
                rule("phrase", "any = [\"Read more:\"]\nthrough = \"here.\"\nmax_words = 0"),
            ),
            ("a match that there is not", line("any = [\"Advertisement\"]\nmatch = \"begins\"\nmax_words = 9")),
            ("starts without max_words", line("any = [\"Advertisement\"]\nmatch = \"starts\"")),
            ("ends without max_words", line("any = [\"Advertisement\"]\nmatch = \"ends\"")),
            ("contains without max_words", line("any = [\"Advertisement\"]\nmatch = \"contains\"")),
            ("through without max_words", rule("phrase", "any = [\"Read more:\"]\nthrough = \"here.\"")),
            ("extend without max_words", rule("phrase", "any = [\"Read more:\"]\nextend = \"sentence\"")),
            ("an extend that there is not", rule("phrase", "any = [\"Read more:\"]\nextend = \"line\"\nmax_words = 9")),
            (
                "through and extend",
                rule("phrase", "any = [\"Read more:\"]\nthrough = \"x\"\nextend = \"sentence\"\nmax_words = 9"),
            ),
            ("an empty through", rule("phrase", "any = [\"Read more:\"]\nthrough = [\"\"]\nmax_words = 9")),
            ("a through of no literal", rule("phrase", "any = [\"Read more:\"]\nthrough = []\nmax_words = 9")),
            ("an empty literal in unless", line("any = [\"Advertisement\"]\nunless = \"\"")),
            ("a marker that says nothing", rule("cut", "marker = {}\nmax_fraction = 0.3")),
            ("a list of no marker", rule("cut", "marker = []\nmax_fraction = 0.3")),
            ("a list of no from", rule("block", "from = []\nuntil = \"End\"\nmax_lines = 5")),
            ("a list of no end", rule("block", "from = \"Start\"\nuntil = []\nmax_lines = 5")),
            ("an empty literal in a marker", rule("cut", "marker = { any = [\"\"] }\nmax_fraction = 0.3")),
            ("an empty literal in a step", rule("sequence", "steps = [{ do = \"drop\", any = [\"\"] }]")),
            ("an empty keyword", rule("regex", "pattern = '\\d+'\nkeywords = [\"\"]")),
        ],
        Schema::SeesAllBut(&["a literal that folds to nothing", "a literal of white space"]),
    );
}

#[test]
fn named_patterns() {
    let file = |patterns: &str, pattern: &str| {
        format!("schema = 1\n\n[patterns]\n{patterns}\n\n[[regex]]\n{HEAD}pattern = '{pattern}'\n")
    };
    let named = |level: usize| format!("a{level} = '{}'\n", format!("(?&a{})", level - 1).repeat(4));
    let growing = format!("a0 = 'May, June and July'\n{}", (1..6).map(named).collect::<String>());
    assert_mistakes(
        "named-patterns",
        &[
            ("a name nearly right", file("month = 'May|June'", "Printed in (?&mont)")),
            ("a name that no pattern has", file("month = 'May|June'\nday = '\\d+'", "Printed on the (?&weekday)")),
            ("a name, and no named patterns", rule("regex", "pattern = 'Printed in (?&month)'")),
            ("a name that stands below", file("date = '(?&month) \\d+'\nmonth = 'May|June'", "Printed in (?&date)")),
            ("a pattern that holds itself", file("month = 'May|(?&month)'", "Printed in (?&month)")),
            ("a broken named pattern", file("month = 'May|June('", "Printed in (?&month) or (?&month)")),
            ("a broken one in a list", file("month = [\n  'May',\n  'July',\n  'June (',\n]", "Printed in (?&month)")),
            ("a curly quote in a named pattern", file("month = 'May’s'", "Printed in (?&month)")),
            ("an empty list", file("month = []", "Printed in (?&month)")),
            ("an empty named pattern", file("month = ''", "Printed in (?&month)")),
            ("a number", file("month = 5", "Printed in (?&month)")),
            ("a comment at its end", file("month = '(?x) May # or June'", "Printed in (?&month)")),
            ("names in names that grow too long", file(&growing, "Printed in (?&a5)")),
            ("a table nearly right", "schema = 1\n\n[pattern]\nmonth = 'May'\n".to_owned()),
            ("a name with a space", file("'the month' = 'May'", "Printed in (?&the month)")),
            ("a mistake behind a name", file("month = 'May|June'", "Printed in (?&month) (at")),
            ("a group of another name behind a name", file("month = 'May'", "Printed in (?&month) (?P<day>x)")),
            ("a group of another name in a named pattern", file("day = '(?P<day>x+)'", "Printed on (?&day) of May")),
            ("a group twice, by its name", file("day = '(?P<junk>x+)'", "Printed on (?&day) or (?&day)")),
        ],
        Schema::SeesOnly(&["an empty list", "a number", "a table nearly right", "a name with a space"]),
    );
}

#[test]
fn patterns() {
    let regex = |rest: &str| rule("regex", rest);
    assert_mistakes(
        "patterns",
        &[
            ("a group without an end", regex("pattern = 'Photo (by'")),
            ("a group without an end, in double quotes after escapes", regex("pattern = \"\\\\d \\u00e9 Photo (by\"")),
            ("a group without an end, over several lines", regex("pattern = '''\nPhoto\n(by'''")),
            ("a class without an end", regex("pattern = 'Photo [a-z'")),
            ("a repetition of nothing", regex("pattern = '*Photo'")),
            ("a look-ahead", regex("pattern = 'Photo(?= by)'")),
            ("a back-reference", regex(r"pattern = '(Photo) \1'")),
            ("an unknown class", regex(r"pattern = 'Photo \p{Greeek}'")),
            ("a group name twice", regex("pattern = '(?P<junk>Photo) (?P<junk>by)'")),
            ("an empty pattern", regex("pattern = ''")),
            ("a pattern without a keyword", regex(r"pattern = '\d+'")),
            ("alternatives of which one has no keyword", regex(r"pattern = 'Photo|\d+'")),
            ("a curly quote", regex("pattern = 'Today’s photo'")),
            ("a long dash", regex("pattern = 'Photo — .+'")),
            ("two spaces", regex("pattern = 'Photo  by'")),
            ("an ellipsis", regex("pattern = 'Read more…'")),
            ("a line break", regex(r"pattern = 'Photo\nby'")),
            ("a soft hyphen", regex("pattern = 'Photo\u{ad}graph'")),
            ("a tab", regex(r"pattern = 'Photo\tby'")),
            ("a group of a name nearly right", regex("pattern = '(?P<jnk>Photo) by .+'")),
            ("a group of another name", regex("pattern = 'Photo by (?<photographer>.+)'")),
            ("a pattern that grows too large", regex(r"pattern = 'Photo (\w{1,500}\W{1,500}){1,500}'")),
            ("a broken pattern in unless", rule("line", "any = [\"Advertisement\"]\nunless = { pattern = 'a(' }")),
            ("a broken pattern in a marker", rule("cut", "marker = [{ pattern = 'a(' }]\nmax_fraction = 0.3")),
            ("a broken pattern in a step", rule("sequence", "steps = [{ do = \"drop\", pattern = 'a(' }]")),
            (
                "a broken pattern in a signature",
                "[source]\nid = \"gazette\"\n[[source.signature]]\npattern = 'a('\n".to_owned(),
            ),
            (
                "a signature without a literal",
                "[source]\nid = \"gazette\"\n[[source.signature]]\npattern = '\\d+'\n".to_owned(),
            ),
            (
                "an exact signature",
                "[source]\nid = \"gazette\"\n[[source.signature]]\nany = [\"The Gazette\"]\nexact = true\n".to_owned(),
            ),
            ("a signature that says nothing", "[source]\nid = \"gazette\"\n[[source.signature]]\n".to_owned()),
        ],
        Schema::SeesOnly(&["a signature that says nothing"]),
    );
}

#[test]
fn kinds_and_modifiers() {
    let line = |rest: &str| rule("line", &format!("any = [\"Advertisement\"]\n{rest}"));
    let bare = |id: &str, category: &str, why: &str| {
        format!("[[line]]\nid = \"{id}\"\ncategory = \"{category}\"\nwhy = \"{why}\"\nany = [\"Advertisement\"]\n")
    };
    assert_mistakes(
        "kinds-and-modifiers",
        &[
            ("an empty id", bare(" ", "ad", "seen")),
            ("an id with spaces", bare("my rule", "ad", "seen")),
            ("an empty why", bare("my.rule", "ad", "")),
            ("an unknown category, nearly a known one", bare("my.rule", "signin", "seen")),
            ("an unknown category like none", bare("my.rule", "weather", "seen")),
            ("an id twice", bare("my.rule", "ad", "seen").repeat(2)),
            ("an unknown where", line("where = \"top\"")),
            ("an unknown mode", line("modes = [\"fullpage\"]")),
            ("an unknown status", line("status = \"beta\"")),
            ("an unknown confidence", line("confidence = \"medium\"")),
            ("a language with a region", line("langs = [\"en-GB\"]")),
            ("a language by its name", line("langs = [\"English\"]")),
            ("no words at all", line("max_words = 0")),
            ("fewer words than none", line("max_words = -3")),
            ("a block of no lines", rule("block", "from = \"Start\"\nuntil = \"End\"\nmax_lines = 0")),
            ("a run of no lines", rule("run", "min_lines = 0\nmax_words = 4")),
            ("a share of nothing", rule("cut", "marker = \"End\"\nmax_fraction = 0.0")),
            ("a share of more than all", rule("cut", "marker = \"End\"\nmax_fraction = 30")),
            ("a share that is no number", rule("cut", "marker = \"End\"\nmax_fraction = nan")),
            ("a cut in the body", rule("cut", "marker = \"End\"\nmax_fraction = 0.3\nwhere = \"body\"")),
            ("a range upside down", rule("headline", "modes = [\"full-page\"]\nwords = [20, 3]")),
            ("a range below nothing", rule("headline", "modes = [\"full-page\"]\nwords = [-1, 3]")),
            ("a headline in a generic pack", rule("headline", "words = [3, 20]")),
            (
                "a headline in a generic pack, in both modes",
                rule("headline", "words = [3, 20]\nmodes = [\"extracted\", \"full-page\"]"),
            ),
            ("an article rule for all texts", rule("article", "ends = \"Comments\"")),
            ("a sequence of no steps", rule("sequence", "steps = []")),
            (
                "a sequence of too many steps",
                rule("sequence", &format!("steps = [{}]", "{ do = \"drop\", words = [1, 3] }, ".repeat(101))),
            ),
            ("a sequence that keeps all", rule("sequence", "steps = [{ do = \"keep\", any = [\"Advertisement\"] }]")),
            ("a step that says nothing", rule("sequence", "steps = [{ do = \"drop\" }]")),
            ("a step that does something else", rule("sequence", "steps = [{ do = \"delete\", words = [1, 3] }]")),
            ("an unknown unit", rule("repeat", "unit = \"sentence\"")),
            ("an unknown mode of a test", "[[test]]\nmode = \"page\"\ninput = \"x\"\noutput = \"x\"\n".to_owned()),
        ],
        Schema::SeesAllBut(&["an id twice", "a range upside down"]),
    );
}

#[test]
fn files_and_sources() {
    let source = |rest: &str| format!("schema = 1\n\n[source]\nid = \"gazette\"\n{rest}\n");
    assert_mistakes(
        "files-and-sources",
        &[
            ("an unknown schema", "schema = 2\n".to_owned()),
            ("a newer program", "min_version = \"99.0\"\n".to_owned()),
            ("a language of all rules", "langs = [\"en_GB\"]\n".to_owned()),
            ("a version that is none", "min_version = \"new\"\n".to_owned()),
            ("an empty source id", "[source]\nid = \"\"\n".to_owned()),
            ("an unknown role", source("role = \"blog\"")),
            ("a host with a scheme", source("hosts = [\"https://gazette.example\"]")),
            ("a host with a path", source("hosts = [\"gazette.example/news\"]")),
            ("a host in capitals", source("hosts = [\"Gazette.example\"]")),
            ("a host without a dot", source("hosts = [\"gazette\"]")),
            ("a host with a star", source("hosts = [\"*.gazette.example\"]")),
            ("a host with a stray dot", source("hosts = [\"gazette..example\"]")),
            ("a broken glob", source("paths = [\"**/gazette[/**\"]")),
            ("an empty glob", source("paths = [\"\"]")),
            ("an unknown rule in disable", source("disable = [\"generic.sharebar\"]")),
            ("an unknown source in extends", source("extends = [\"wordpres\"]")),
            ("an unknown rule in needs", rule("line", "any = [\"Advertisement\"]\nneeds = \"my.rul\"")),
            (
                "an unknown rule in needs, like none",
                rule("line", "any = [\"Advertisement\"]\nneeds = [\"other.thing\"]"),
            ),
            ("an unknown source in needs", rule("line", "any = [\"Advertisement\"]\nneeds = \"source:gazete\"")),
            ("a rule that needs itself", rule("line", "any = [\"Advertisement\"]\nneeds = \"my.rule\"")),
            (
                "two rules that need each other",
                "[[line]]\nid = \"my.a\"\ncategory = \"ad\"\nwhy = \"seen\"\nany = [\"A b c\"]\nneeds = \"my.b\"\n\
                 [[line]]\nid = \"my.b\"\ncategory = \"ad\"\nwhy = \"seen\"\nany = [\"D e f\"]\nneeds = \"my.a\"\n"
                    .to_owned(),
            ),
            ("a source that extends itself", source("extends = [\"gazette\"]")),
        ],
        Schema::SeesAllBut(&[
            "a newer program",
            "a broken glob",
            "an unknown rule in disable",
            "an unknown source in extends",
            "an unknown rule in needs",
            "an unknown rule in needs, like none",
            "an unknown source in needs",
            "a rule that needs itself",
            "two rules that need each other",
            "a source that extends itself",
        ]),
    );
}

/// Compares the messages of what is loaded together with a snapshot; `bundled` says whether the bundled rules are.
fn assert_together(name: &str, bundled: bool, cases: &[(&str, &[Case])]) {
    let mut all = String::new();
    for (what, files) in cases {
        writeln!(all, "# {what}").unwrap();
        for error in mistakes_of(bundled, files) {
            let place = error.place.as_ref().expect("each mistake has a place");
            let (_, text) =
                files.iter().find(|(name, _)| *name == place.file).expect("the mistake is in one of the files");
            all.push_str(&shown(&error, text));
        }
        all.push('\n');
    }
    assert_snapshot(name, &all);
}

#[test]
fn several_files() {
    let source = |id: &str, rest: &str| format!("[source]\nid = \"{id}\"\n{rest}\n");
    let (a, b, c) = (source("a", "extends = [\"b\"]"), source("b", "extends = [\"c\", \"a\"]"), source("c", ""));
    let rules = |id: &str, needs: &str| {
        format!(
            "[[line]]\nid = \"{id}\"\ncategory = \"ad\"\nwhy = \"seen\"\nany = [\"Line of {id}\"]\nneeds = [{needs}]\n"
        )
    };
    let (x, y) = (rules("my.x", "\"my.z\", \"my.y\""), rules("my.y", "\"my.x\"") + &rules("my.z", ""));
    assert_together(
        "several-files",
        false,
        &[
            ("sources that extend each other", &[("a.toml", &a), ("b.toml", &b), ("c.toml", &c)]),
            ("rules that need each other", &[("x.toml", &x), ("y.toml", &y)]),
            (
                "mistakes in several files and tables",
                &[
                    ("a.toml", "schema = 1\nlang = [\"en\"]\n\n[[line]]\nid = \"my.a\"\ncategory = \"adz\"\n"),
                    (
                        "b.toml",
                        "[[line]]\nid = \"my.b\"\ncategory = \"adz\"\nwhy = \"\"\nany = [\"Advertisement\"]\n\n\
                         [[lines]]\nid = \"my.c\"\n\n[[lines]]\nid = \"my.d\"\n\n\
                         [[phrase]]\nid = \"my.e\"\ncategory = \"ad\"\nwhy = \"seen\"\nany = \"Advertisement\"\nbesides = true\n",
                    ),
                    ("c.toml", "[[line]\n"),
                ],
            ),
        ],
    );
}

#[test]
fn beside_the_bundled_rules() {
    let source = |rest: &str| format!("[source]\nid = \"gazette\"\n{rest}\n");
    let (disable, extends) = (source("disable = [\"generic.sharebar\"]"), source("extends = [\"wordpres\"]"));
    let needs = rule("line", "any = [\"Advertisement\"]\nneeds = [\"source:wpematic\", \"wpematico.foter\"]");
    assert_together(
        "beside-the-bundled-rules",
        true,
        &[
            ("a rule that is nearly one", &[("x.toml", &disable)]),
            ("a source that is nearly one", &[("x.toml", &extends)]),
            ("needs that are nearly some", &[("x.toml", &needs)]),
        ],
    );
}

#[test]
fn proofs() {
    let line = |rest: &str| rule("line", &format!("any = [\"Advertisement\"]\n{rest}"));
    assert_mistakes(
        "proofs",
        &[
            ("a strips that is not stripped", line("strips = [\"Advertisement\", \"An advertisement\"]")),
            ("a strips that unless protects", line("unless = \"Scroll\"\nstrips = [\"Advertisement Scroll\"]")),
            ("a keeps that is not kept", line("keeps = [\"ADVERTISEMENT\"]")),
            ("several in one file", line("strips = [\"Anzeige\"]\nkeeps = [\"advertisement\"]")),
        ],
        Schema::SeesOnly(&[]),
    );
}

/// What `check` finds in a rule file that loads.
#[test]
fn checks() {
    let line = |rest: &str| rule("line", rest);
    let test = "[[test]]\nname = \"a label\"\ninput = \"\"\"\nRain fell.\nAdvertisement\n\"\"\"\noutput = \"\"\"\nRain fell\n\"\"\"\n";
    let cases = [
        ("a rule without strips", line("any = [\"Advertisement\"]\nkeeps = [\"x\"]")),
        ("a rule without keeps", line("any = [\"Advertisement\"]\nstrips = [\"Advertisement\"]")),
        ("a rule that no test exercises", rule("repeat", "unit = \"line\"")),
        (
            "a test that fails",
            line("any = [\"Advertisement\"]\nstrips = [\"Advertisement\"]\nkeeps = [\"x\"]") + test,
        ),
        (
            "a rule whose bound is too low",
            line("any = [\"Sign up for our letter\"]\nmatch = \"starts\"\nmax_words = 3\nstrips = []\nkeeps = [\"x\"]"),
        ),
        (
            "a rule that protects its own literals",
            line("any = [\"Sign up here\"]\nunless = \"sign up\"\nkeeps = [\"x\"]"),
        ),
        (
            "a literal that is too common",
            rule("phrase", "any = [\"more\"]\nstrips = [\"Read more\"]\nkeeps = [\"x\"]"),
        ),
        (
            "keywords that say less than their pattern",
            rule("regex", "pattern = 'Photograph by .+'\nkeywords = [\"photo\"]\nstrips = [\"Photograph by A. Keeper\"]\nkeeps = [\"x\"]"),
        ),
        (
            "a literal twice",
            line("any = [\"Advertisement\", \"ADVERTISEMENT\"]\nstrips = [\"Advertisement\"]\nkeeps = [\"x\"]"),
        ),
        (
            "a pack that would not know its own output",
            "[source]\nid = \"gazette\"\ndisable = [\"gazette.name\"]\n[[source.signature]]\nany = [\"The Gazette | News\"]\n\
             [[line]]\nid = \"gazette.name\"\ncategory = \"masthead\"\nwhy = \"seen\"\nany = [\"The Gazette | News\"]\n\
             strips = [\"The Gazette | News\"]\nkeeps = [\"x\"]\n\
             [[line]]\nid = \"gazette.motto\"\ncategory = \"masthead\"\nwhy = \"seen\"\nany = [\"The Gazette | News\"]\n\
             strips = [\"The Gazette | News\"]\nkeeps = [\"x\"]\n"
                .to_owned(),
        ),
    ];
    let mut all = String::new();
    for (what, text) in &cases {
        writeln!(all, "# {what}").unwrap();
        let rules = Ruleset::builder().bundled(false).text("x.toml", text).build().unwrap();
        let findings = check::check(&rules, 0);
        assert!(!findings.is_empty(), "nothing is found in {what}");
        for finding in findings {
            write!(all, "{:?}: {}", finding.severity, shown(&finding.error, text)).unwrap();
        }
        all.push('\n');
    }
    assert_snapshot("checks", &all);
}

#[test]
fn files_that_cannot_be_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    fs::create_dir(path("empty")).unwrap();
    fs::write(path("empty/notes.txt"), "no rules").unwrap();
    fs::write(path("latin.toml"), b"schema = 1\n# caf\xe9\n").unwrap();
    fs::write(path("utf16.toml"), b"\xff\xfes\0c\0h\0e\0m\0a\0").unwrap();
    let message = |path: &Path| {
        let errors = Ruleset::builder().bundled(false).path(path).build().unwrap_err();
        errors.to_string().replace(directory.path().to_str().unwrap(), "DIR")
    };
    let all: Vec<String> =
        ["missing.toml", "empty", "latin.toml", "utf16.toml"].iter().map(|name| message(&path(name))).collect();
    assert_snapshot("files", &all.join("\n"));
}

/// The program ends with status 2, tells the mistake, and writes nothing.
#[cfg(feature = "cli")]
#[test]
fn the_program_writes_nothing() {
    let cases = [
        ("x.toml:7:1: unknown key `anny`; did you mean `any`?\n", rule("line", "anny = [\"Advertisement\"]")),
        ("x.toml:3:1: missing key `any`; add `any = [\"…\"]`\n", rule("line", "")),
        (
            "x.toml:8:10: this example of `keeps` is not kept by `my.rule`; narrow the rule or mend the example\n",
            rule("line", "any = [\"Advertisement\"]\nkeeps = [\"ADVERTISEMENT\"]"),
        ),
    ];
    for (message, text) in cases {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("x.toml"), text).unwrap();
        fs::write(directory.path().join("x.txt"), "Advertisement\n").unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_deboil"));
        command.current_dir(directory.path()).args(["clean", "--isolated", "--rules", "x.toml", "x.txt", "-o", "out"]);
        let output = command.output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), message);
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout.is_empty());
        assert!(!directory.path().join("out").exists());
    }
}
