//! Rule files: all kinds with any modifiers.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// The strings that the rules of a case look for.
type Pool = Vec<&'static str>;

const PATTERNS: &[&str] = &[
    r"Photo: .+",
    r"(?i)share this( article)?",
    r"(?P<junk>Read more\.\.\.).*",
    r".*? ?(?P<junk>\(Why\?\))",
    r"\d+ comments?",
    r"(?i:advertisement|publicité)",
    r"Related: (?P<junk>.*)",
    r"Updated: (?P<published>.*)",
    r"Office f(?P<junk>inder)?.*",
    r"Café|.*straße",
];

const ANYWHERE: &[&str] = &[r"council", r"\(", r"^Share", r"[0-9]"];

/// A rule file of generic rules and one of a source, as texts.
#[derive(Clone, Debug)]
pub(crate) struct Packs {
    pub(crate) generic: String,
    pub(crate) source: String,
}

impl Packs {
    /// Loads them.
    pub(crate) fn load(&self) -> deboil::Ruleset {
        let builder = deboil::Ruleset::builder().bundled(false);
        match builder.text("generic.toml", &self.generic).text("source.toml", &self.source).build() {
            Ok(rules) => rules,
            Err(errors) => panic!("{errors}\n{self:#?}"),
        }
    }
}

/// Rule files whose rules look for some strings.
pub(crate) fn packs(pool: &Pool) -> BoxedStrategy<Packs> {
    let role = select(&["publisher", "platform", "archive", "agency"][..]);
    let disabled = prop::option::weighted(0.3, Just("r0"));
    (vec(rule(pool), 1..6), vec(rule(pool), 1..3), role, matcher(pool), disabled)
        .prop_map(|(generic, own, role, signature, disabled)| {
            let mut numbers = 0..;
            let mut render = |rules: Vec<Rule>, is_generic| -> String {
                rules.into_iter().zip(&mut numbers).map(|(rule, number)| rule.render(number, is_generic)).collect()
            };
            let generic = format!("schema = 1\n{}", render(generic, true));
            let disable = disabled.map_or(String::new(), |id| format!("disable = [\"{id}\"]\n"));
            let source = format!(
                "schema = 1\n[source]\nid = \"s\"\nrole = \"{role}\"\n{disable}[[source.signature]]\n{}\n{}",
                Matcher { exact: false, ..signature }.as_keys(),
                render(own, false)
            );
            Packs { generic, source }
        })
        .boxed()
}

/// A rule: its kind, the kind's keys, and what is written for any kind.
#[derive(Clone, Debug)]
struct Rule {
    kind: &'static str,
    keys: String,
    common: Common,
}

#[derive(Clone, Debug)]
struct Common {
    place: Option<&'static str>,
    unless: Option<Matcher>,
    needs: Option<(bool, prop::sample::Index)>,
    beside: bool,
    max_words: u32,
    has_max_words: bool,
    category: &'static str,
    other: Option<&'static str>,
}

impl Rule {
    fn render(self, number: usize, is_generic: bool) -> String {
        let Common { place, unless, needs, beside, max_words, has_max_words, category, other } = self.common;
        let mut text = format!(
            "\n[[{}]]\nid = \"r{number}\"\ncategory = \"{category}\"\nwhy = \"chance\"\n{}",
            self.kind, self.keys
        );
        let is_cut = self.kind == "cut";
        if let Some(place) = place.filter(|place| !is_cut || *place != "body") {
            text += &format!("where = \"{place}\"\n");
        }
        if let Some(unless) = unless {
            text += &format!("unless = {}\n", unless.as_value());
        }
        match needs {
            Some((true, _)) => text += "needs = \"source:s\"\n",
            Some((false, other)) if number > 0 => text += &format!("needs = [\"r{}\"]\n", other.index(number)),
            _ => {}
        }
        if beside {
            text += "beside = true\n";
        }
        // Some kinds must say it, all can.
        if has_max_words || self.kind == "run" || self.keys.contains("# long") {
            text += &format!("max_words = {max_words}\n");
        }
        // Headlines of all texts are for whole pages alone.
        let full_page = (is_generic && self.kind == "headline").then_some("modes = [\"full-page\"]");
        if let Some(other) = full_page.or(other) {
            text += &format!("{other}\n");
        }
        text
    }
}

fn rule(pool: &Pool) -> BoxedStrategy<Rule> {
    let kind = prop_oneof![
        4 => phrase(pool),
        4 => line(pool),
        3 => regex(pool),
        2 => block(pool),
        1 => cut(pool),
        2 => sequence(pool),
        2 => run(pool),
        1 => (0..6_u32, 6..16_u32).prop_map(|(least, most)| ("headline", format!("words = [{least}, {most}]\n"))),
        2 => select(&["paragraph", "pullquote", "line", "versions"][..])
            .prop_map(|unit| ("repeat", format!("unit = \"{unit}\"\n"))),
    ];
    (kind, common(pool)).prop_map(|((kind, keys), common)| Rule { kind, keys, common }).boxed()
}

fn common(pool: &Pool) -> BoxedStrategy<Common> {
    let other = [
        "status = \"preview\"",
        "status = \"deprecated\"",
        "confidence = \"low\"",
        "modes = [\"full-page\"]",
        "modes = [\"extracted\"]",
        "langs = [\"de\"]",
        "langs = [\"en\", \"de\"]",
        "langs = [\"ja\"]",
    ];
    (
        prop::option::weighted(0.25, select(&["head", "body", "tail"][..])),
        prop::option::weighted(0.15, matcher_of(pool, ANYWHERE)),
        prop::option::weighted(0.15, any::<(bool, prop::sample::Index)>()),
        prop::bool::weighted(0.15),
        2..24_u32,
        prop::bool::weighted(0.2),
        select(&["ad", "share", "related"][..]),
        prop::option::weighted(0.1, select(other.to_vec())),
    )
        .prop_map(|(place, unless, needs, beside, max_words, has_max_words, category, other)| Common {
            place,
            unless,
            needs,
            beside,
            max_words,
            has_max_words,
            category,
            other,
        })
        .boxed()
}

fn phrase(pool: &Pool) -> BoxedStrategy<(&'static str, String)> {
    let reach = prop_oneof![
        3 => Just(String::new()),
        1 => literals(pool).prop_map(|ends| format!("through = {ends} # long\n")),
        1 => Just("extend = \"sentence\" # long\n".to_owned()),
    ];
    (literals(pool), reach, flags())
        .prop_map(|(any, reach, flags)| ("phrase", format!("any = {any}\n{reach}{flags}")))
        .boxed()
}

fn line(pool: &Pool) -> BoxedStrategy<(&'static str, String)> {
    let how = select(
        &[
            "",
            "",
            "match = \"equals\"\n",
            "match = \"starts\" # long\n",
            "match = \"ends\" # long\n",
            "match = \"contains\" # long\n",
        ][..],
    );
    (literals(pool), how, flags()).prop_map(|(any, how, flags)| ("line", format!("any = {any}\n{how}{flags}"))).boxed()
}

fn regex(pool: &Pool) -> BoxedStrategy<(&'static str, String)> {
    let keywords = prop::option::weighted(0.2, literals(pool));
    (select(PATTERNS), keywords)
        .prop_map(|(pattern, keywords)| {
            let keywords = keywords.map_or(String::new(), |keywords| format!("keywords = {keywords}\n"));
            ("regex", format!("pattern = '{pattern}'\n{keywords}"))
        })
        .boxed()
}

fn block(pool: &Pool) -> BoxedStrategy<(&'static str, String)> {
    (matcher(pool), select(&["until", "through"][..]), matcher(pool), 1..8_u32)
        .prop_map(|(from, how, end, lines)| {
            let (from, end) = (from.as_value(), end.as_value());
            ("block", format!("from = {from}\n{how} = {end}\nmax_lines = {lines}\n"))
        })
        .boxed()
}

fn cut(pool: &Pool) -> BoxedStrategy<(&'static str, String)> {
    (matcher(pool), 1..10_u32)
        .prop_map(|(marker, tenths)| {
            ("cut", format!("marker = [{}]\nmax_fraction = {:.1}\n", marker.as_value(), f64::from(tenths) / 10.0))
        })
        .boxed()
}

fn sequence(pool: &Pool) -> BoxedStrategy<(&'static str, String)> {
    let step = (
        prop::bool::weighted(0.6),
        prop::option::of(matcher(pool)),
        prop::option::weighted(0.3, any::<bool>()),
        prop::option::weighted(0.3, (0..4_u32, 4..20_u32)),
        prop::option::weighted(0.2, any::<bool>()),
        prop::option::weighted(0.3, any::<bool>()),
        prop::bool::weighted(0.3),
    );
    let step = step.prop_map(|(drop, matcher, terminal, words, copy, exact_case, optional)| {
        let mut keys = vec![format!("do = \"{}\"", if drop { "drop" } else { "keep" })];
        keys.extend(matcher.filter(|matcher| matcher.place.is_none() && !matcher.exact).map(|m| m.keys().join(", ")));
        keys.extend(terminal.map(|terminal| format!("terminal = {terminal}")));
        keys.extend(copy.map(|copy| format!("copy = {copy}")));
        let words = words.unwrap_or((0, 30));
        keys.push(format!("words = [{}, {}]", words.0, words.1));
        keys.extend(exact_case.map(|exact| format!("exact_case = {exact}")));
        keys.push(format!("optional = {optional}"));
        format!("{{ {} }}", keys.join(", "))
    });
    let last = "{ do = \"drop\", any = [\"Share\", \"Read more...\", \"ha ha\"], match = \"starts\" }";
    (vec(step, 0..3), any::<bool>())
        .prop_map(move |(mut steps, at_front)| {
            steps.insert(if at_front { 0 } else { steps.len() }, last.to_owned());
            ("sequence", format!("steps = [{}]\n", steps.join(", ")))
        })
        .boxed()
}

fn run(pool: &Pool) -> BoxedStrategy<(&'static str, String)> {
    let marker = || prop::option::weighted(0.3, matcher(pool));
    (1..5_u32, marker(), marker())
        .prop_map(|(lines, after, before)| {
            let after = after.map_or(String::new(), |after| format!("after = {}\n", after.as_value()));
            let before = before.map_or(String::new(), |before| format!("before = {}\n", before.as_value()));
            ("run", format!("min_lines = {lines}\n{after}{before}"))
        })
        .boxed()
}

/// What a line must look like.
#[derive(Clone, Debug)]
struct Matcher {
    any: Vec<&'static str>,
    how: Option<&'static str>,
    pattern: Option<&'static str>,
    place: Option<&'static str>,
    exact: bool,
}

impl Matcher {
    fn keys(&self) -> Vec<String> {
        let mut keys = Vec::new();
        if !self.any.is_empty() {
            keys.push(format!("any = {}", list(&self.any)));
        }
        keys.extend(self.how.map(|how| format!("match = \"{how}\"")));
        keys.extend(self.pattern.map(|pattern| format!("pattern = '{pattern}'")));
        keys.extend(self.place.map(|place| format!("where = \"{place}\"")));
        if self.exact {
            keys.push("exact = true".to_owned());
        }
        keys
    }

    fn as_keys(&self) -> String {
        self.keys().join("\n")
    }

    fn as_value(&self) -> String {
        match (&self.any[..], self.keys().len()) {
            ([text], 1) => quoted(text),
            _ => format!("{{ {} }}", self.keys().join(", ")),
        }
    }
}

fn matcher(pool: &Pool) -> BoxedStrategy<Matcher> {
    matcher_of(pool, PATTERNS)
}

fn matcher_of(pool: &Pool, patterns: &'static [&'static str]) -> BoxedStrategy<Matcher> {
    let how = prop::option::weighted(0.4, select(&["equals", "starts", "ends", "contains"][..]));
    let place = prop::option::weighted(0.15, select(&["head", "body", "tail"][..]));
    let literal = (vec(select(pool.clone()), 1..3), how, place.clone(), prop::bool::weighted(0.1));
    let literal = literal.prop_map(|(any, how, place, exact)| Matcher { any, how, pattern: None, place, exact });
    let pattern = (select(patterns), place).prop_map(|(pattern, place)| Matcher {
        any: vec![],
        how: None,
        pattern: Some(pattern),
        place,
        exact: false,
    });
    prop_oneof![4 => literal, 1 => pattern].boxed()
}

fn literals(pool: &Pool) -> BoxedStrategy<String> {
    vec(select(pool.clone()), 1..4).prop_map(|texts| list(&texts)).boxed()
}

fn flags() -> impl Strategy<Value = String> {
    let flag = |key: &'static str, value| prop::bool::weighted(0.1).prop_map(move |on| (on, key, value));
    (flag("exact", true), flag("boundary", false)).prop_map(|flags| {
        let flags = [flags.0, flags.1].into_iter().filter(|(on, _, _)| *on);
        flags.map(|(_, key, value)| format!("{key} = {value}\n")).collect()
    })
}

fn list(texts: &[&str]) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
