//! Turns the text of a rule file into checked rules, or into a list of its mistakes, each with its place and its cure.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::{Range, RangeInclusive};

use super::anchor::Anchor;
use super::file::{
    Action, ArticleTable, BlockTable, Common, CutTable, HeadlineTable, LineTable, MatcherSpec, MatcherTable, Matchers,
    PhraseTable, RegexTable, RepeatTable, RuleFile, RunTable, SequenceTable, SourceTable, StepTable, TestTable, Text,
    Texts,
};
use super::kind::regex::{JUNK, METADATA};
use super::kind::sequence::STEPS_MAX;
use super::kind::{self, Kind};
use super::literal::{How, Literal};
use super::matcher::Matcher;
use super::named::{self, Expanded, NamedPatterns};
use super::pattern::{self, Anchoring, LITERAL_MIN, Pattern, PatternError, folded_piece};
use super::spanned::Spanned;
use super::words::{Choice, Word};
use super::{
    Categories, Category, Date, Example, Mode, Need, Pack, Packed, Reference, Rule, Source, Test, Where, toml_text,
};
use crate::error::{Error, Errors, Place, Places, did_you_mean};
use crate::fold::{self, Case};

/// The version of the rule file format that this program reads.
pub const SCHEMA: i64 = 1;

/// Reads a rule file. `file` is what mistakes call it.
///
/// # Errors
///
/// All mistakes of the file; of broken TOML only the first, and of a file for a newer program that it is one.
pub fn load(file: &str, text: &str, bundled: bool) -> Result<Pack, Errors> {
    let (mirror, errors) = toml_text::read(file, text)?;
    let patterns = NamedPatterns::new(!errors.is_empty());
    let mut loader = Loader { file, text, places: Places::of(file, text), bundled, patterns, errors };
    if let Some(error) = loader.too_new(&mirror) {
        return Err(error.into());
    }
    let pack = loader.pack(&mirror);
    if loader.errors.is_empty() {
        return Ok(pack);
    }
    loader.errors.sort_by_key(|error| error.place.as_ref().map(|place| (place.line, place.column)));
    loader.errors.dedup();
    Err(Errors(loader.errors))
}

/// Collects what is wrong with a file.
struct Loader<'a> {
    file: &'a str,
    text: &'a str,
    places: Places<'a>,
    /// Whether the file is part of the program: a test compiles its patterns, so that they can wait until they are needed.
    bundled: bool,
    patterns: NamedPatterns,
    errors: Vec<Error>,
}

impl Loader<'_> {
    fn place(&self, span: Range<usize>) -> Place {
        self.places.at(span.start)
    }

    fn err(&mut self, span: Range<usize>, what: impl Into<String>, cure: impl Into<String>) {
        self.errors.push(Error::at(self.place(span), what, cure));
    }

    fn pack(&mut self, mirror: &RuleFile) -> Pack {
        self.versions(mirror);
        self.named_patterns(mirror);
        let langs = self.langs(&mirror.langs);
        let source = mirror.source.as_ref().map(|table| self.source(table).into());
        let mut rules = self.rules(mirror);
        self.reject_duplicates(&rules);
        for rule in rules.iter_mut().filter(|rule| rule.langs.is_empty()) {
            rule.langs.clone_from(&langs);
        }
        let tests = mirror.test.iter().enumerate().filter_map(|(index, table)| self.test(index, table));
        let tests = tests.collect::<Vec<_>>().into();
        let rules = rules.into_iter().map(Packed::from).collect();
        let warnings = self.unused_patterns(mirror);
        Pack { file: self.file.to_owned(), bundled: self.bundled, source, rules, tests, warnings }
    }

    /// Reads the named patterns from the first to the last, as each may hold those above it.
    fn named_patterns(&mut self, mirror: &RuleFile) {
        let mut written: Vec<_> = mirror.patterns.iter().collect();
        written.sort_by_key(|(_, value)| value.span().start);
        for (name, value) in written {
            if !named::is_name(name) {
                let cure = "use letters, digits, `-` and `_`, as in `month`";
                self.err(value.span(), format!("bad name of a pattern `{name}`"), cure);
            }
            let each = value.get_ref().each(value.span());
            if each.is_empty() {
                self.err(value.span(), "empty list", "put a pattern into it, or delete it");
            }
            let texts: Vec<Text> = each.into_iter().map(|(text, span)| Spanned::new(span, text.clone())).collect();
            let alternatives: Option<Vec<String>> = texts.iter().map(|text| self.named_pattern(text)).collect();
            let inserted = self.patterns.insert(name, &alternatives.unwrap_or_else(|| vec![name.clone()]));
            // A broken one stands for its name, so that patterns that hold it are not called broken, too.
            if let Err(PatternError { what, cure, .. }) = inserted {
                self.err(value.span(), what, cure);
                let _ = self.patterns.insert(name, std::slice::from_ref(name));
            }
        }
    }

    fn named_pattern(&mut self, text: &Text) -> Option<String> {
        let expanded = self.expand(text)?;
        let checked = pattern::check(&expanded.text).map_err(|error| written_at(error, &expanded));
        checked.map_err(|error| self.pattern_error(text, error)).ok()?;
        if pattern::check(&format!("(?:{})", expanded.text)).is_err() {
            let cure = "end it in a line break if it ends in a comment";
            self.err(text.span(), "the pattern cannot be put into another one", cure);
            return None;
        }
        Some(expanded.text)
    }

    fn unused_patterns(&self, mirror: &RuleFile) -> Vec<Error> {
        let unused = mirror.patterns.iter().filter(|(name, _)| !self.patterns.is_used(name));
        let warning = |(name, value): (&String, &Spanned<_>)| {
            let cure = format!("write `(?&{name})` in a pattern, or delete it");
            Error::at(self.place(value.span()), format!("no pattern holds `{name}`"), cure)
        };
        unused.map(warning).collect()
    }

    fn versions(&mut self, mirror: &RuleFile) {
        if let Some(schema) = mirror.schema.as_ref().filter(|schema| *schema.get_ref() != SCHEMA) {
            let what = format!("unknown schema {}", schema.get_ref());
            self.err(
                schema.span(),
                what,
                format!("this deboil reads `schema = {SCHEMA}`; update deboil or write the file for it"),
            );
        }
        let bad = mirror.min_version.as_ref().filter(|wanted| version(wanted.get_ref()).is_none());
        if let Some(bad) = bad {
            let what = format!("bad version `{}`", bad.get_ref());
            self.err(bad.span(), what, "write it as in `min_version = \"0.1\"`");
        }
    }

    /// What a newer program reads may look like mistakes to this one, so nothing else is said of such a file.
    fn too_new(&self, mirror: &RuleFile) -> Option<Error> {
        let wanted = mirror.min_version.as_ref()?;
        let program = env!("CARGO_PKG_VERSION");
        (version(wanted.get_ref()) > version(program)).then(|| {
            let what = format!("the file needs deboil {}, this is {program}", wanted.get_ref());
            Error::at(self.place(wanted.span()), what, "update deboil")
        })
    }

    fn reject_duplicates(&mut self, rules: &[Rule]) {
        let mut lines: HashMap<&str, usize> = HashMap::new();
        for rule in rules {
            match lines.entry(&rule.id) {
                Entry::Vacant(free) => drop(free.insert(rule.origin.line)),
                Entry::Occupied(taken) => {
                    let what = format!("the id `{}` is taken by the rule in line {}", rule.id, taken.get());
                    self.errors.push(Error::at(rule.origin.clone(), what, "give each rule of a file its own id"));
                }
            }
        }
    }

    fn source(&mut self, table: &SourceTable) -> Source {
        self.check_id(&table.id, "example");
        table.hosts.iter().for_each(|host| self.check_host(host));
        table.paths.iter().for_each(|path| self.check_glob(path));
        let role = table.role.as_ref().and_then(|role| self.choice("role", role)).unwrap_or_default();
        let signatures = table.signature.iter().filter_map(|table| self.signature(table)).collect();
        Source {
            id: table.id.get_ref().clone(),
            role,
            name: table.name.as_ref().unwrap_or(&table.id).get_ref().clone(),
            hosts: strings(&table.hosts),
            paths: strings(&table.paths),
            extends: self.references(&table.extends),
            disable: self.references(&table.disable),
            keep: Categories::default(),
            signatures,
            origin: self.place(table.id.span()),
        }
    }

    fn signature(&mut self, table: &Spanned<MatcherTable>) -> Option<Matcher> {
        let matcher = self.matcher_table(table.get_ref(), table.span(), How::Equals, Anchoring::Whole)?;
        if matcher.anchors().is_empty() {
            let (what, cure) = if matcher.literals.iter().any(|literal| literal.exact) {
                ("a signature is looked for in folded text, where an exact literal does not stand", "leave `exact` out")
            } else {
                let cure = "add one under `any`, or a longer literal to the pattern";
                ("no literal can be derived from the signature", cure)
            };
            self.err(table.span(), what, cure);
        }
        Some(matcher)
    }

    fn references(&self, texts: &[Text]) -> Vec<Reference> {
        texts.iter().map(|text| Reference { id: text.get_ref().clone(), place: self.place(text.span()) }).collect()
    }

    fn check_host(&mut self, host: &Text) {
        let text = host.get_ref();
        let labels = text.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
        let chars = text.chars().all(|c| (c.is_alphanumeric() && !c.is_uppercase()) || c == '.' || c == '-');
        if !(labels && chars && text.contains('.')) {
            self.err(
                host.span(),
                format!("bad host `{text}`"),
                "write the bare name in lower case, such as `example.com`",
            );
        }
    }

    fn check_glob(&mut self, path: &Text) {
        let cure = "write it as in `paths = [\"**/example.com/**\"]`";
        match globset::Glob::new(path.get_ref()) {
            Err(error) => self.err(path.span(), format!("bad glob: {}", error.kind()), cure),
            Ok(_) if path.get_ref().is_empty() => self.err(path.span(), "empty glob", cure),
            Ok(_) => {}
        }
    }

    fn rules(&mut self, mirror: &RuleFile) -> Vec<Rule> {
        let mut rules = Vec::new();
        rules.extend(mirror.phrase.iter().filter_map(|table| self.phrase(table.get_ref())));
        rules.extend(mirror.line.iter().filter_map(|table| self.line(table.get_ref())));
        rules.extend(mirror.regex.iter().filter_map(|table| self.regex(table.get_ref())));
        rules.extend(mirror.block.iter().filter_map(|table| self.block(table)));
        rules.extend(mirror.cut.iter().filter_map(|table| self.cut(table)));
        rules.extend(mirror.sequence.iter().filter_map(|table| self.sequence(table)));
        rules.extend(mirror.run.iter().filter_map(|table| self.run(table)));
        rules.extend(mirror.headline.iter().filter_map(|table| self.headline(table, mirror.source.is_none())));
        rules.extend(mirror.repeat.iter().filter_map(|table| self.repeat(table.get_ref())));
        rules.extend(mirror.article.iter().filter_map(|table| self.article(table)));
        rules.sort_by_key(|rule| (rule.origin.line, rule.origin.column));
        rules
    }

    /// A rule of what its table has in common with all others; `None` if the kind's own part was wrong.
    fn rule(&mut self, common: &Common, kind: Option<Kind>) -> Option<Rule> {
        self.check_id(common.id, "example.ad-label");
        self.check_why(common.why);
        let category = self.category(common.category);
        let needs = self.needs(common.needs);
        let unless = self.matchers(common.unless, How::Contains, Anchoring::Anywhere);
        let max_words = common.max_words.and_then(|words| self.count("max_words", words));
        let place = common.place.and_then(|place| self.choice("where", place)).flatten();
        let modes = common.modes.iter().filter_map(|mode| self.choice("modes", mode)).collect();
        let status = common.status.and_then(|status| self.choice("status", status)).unwrap_or_default();
        let confidence = common.confidence.and_then(|level| self.choice("confidence", level)).unwrap_or_default();
        let last_seen = common.last_seen.and_then(|date| self.date(date));
        Some(Rule {
            id: common.id.get_ref().clone(),
            category: category?,
            why: common.why.get_ref().clone(),
            kind: kind?,
            last_seen,
            strips: self.examples(common.strips),
            keeps: self.examples(common.keeps),
            max_words,
            place,
            unless,
            needs,
            beside: common.beside,
            modes,
            langs: self.langs(common.langs),
            status,
            confidence,
            origin: self.place(common.id.span()),
        })
    }

    fn phrase(&mut self, table: &PhraseTable) -> Option<Rule> {
        let any = self.literals("any", table.any.span(), table.any.get_ref(), table.exact, table.boundary);
        let reach = self.reach(table);
        let kind = any.zip(reach).map(|(any, reach)| Kind::Phrase(kind::phrase::Phrase { any, reach }));
        self.rule(&table.common(), kind)
    }

    fn reach(&mut self, table: &PhraseTable) -> Option<kind::phrase::Reach> {
        use kind::phrase::Reach;
        match (&table.through, &table.extend) {
            (None, None) => Some(Reach::Literal),
            (Some(through), Some(_)) => {
                self.err(through.span(), "`through` and `extend` exclude each other", "leave one of them out");
                None
            }
            (Some(through), None) => {
                let texts: Vec<Text> = spanned(&table.through);
                let through_literals = self.literals("through", through.span(), &texts, table.exact, table.boundary)?;
                let max_words = self.max_words(&table.max_words, through.span(), "`through`")?;
                Some(Reach::Through(through_literals, max_words))
            }
            (None, Some(extend)) => {
                self.choice("extend", extend)?;
                let max_words = self.max_words(&table.max_words, extend.span(), "`extend`")?;
                Some(Reach::Sentence(max_words))
            }
        }
    }

    /// The bound of a rule that must have one; `span` is where it is missed.
    fn max_words(&mut self, value: &Option<Spanned<i64>>, span: Range<usize>, by: &str) -> Option<u32> {
        if value.is_none() {
            let cure = "say how much it may delete at most, such as `max_words = 20`";
            self.err(span, format!("{by} needs `max_words`"), cure);
        }
        self.count("max_words", value.as_ref()?)
    }

    fn line(&mut self, table: &LineTable) -> Option<Rule> {
        let any = self.literals("any", table.any.span(), table.any.get_ref(), table.exact, table.boundary);
        let how = self.how(table.how.as_ref(), How::Equals);
        if let Some(written) = table.how.as_ref().filter(|_| how != How::Equals && table.max_words.is_none()) {
            let what = format!("`match = \"{}\"` needs `max_words`", written.get_ref());
            self.err(written.span(), what, "say how long a line it may delete, such as `max_words = 12`");
        }
        self.rule(&table.common(), any.map(|any| Kind::Line(kind::line::Line { any, how })))
    }

    fn regex(&mut self, table: &RegexTable) -> Option<Rule> {
        let pattern = self.pattern(&table.pattern, Anchoring::Whole);
        pattern.iter().for_each(|pattern| self.check_groups(pattern, &table.pattern));
        let keywords = if table.keywords.is_empty() {
            pattern.iter().for_each(|pattern| self.check_anchors(pattern, &table.pattern));
            Vec::new()
        } else {
            self.keywords(table)
        };
        let kind = pattern.map(|pattern| Kind::Regex(kind::regex::Regex { pattern: pattern.into(), keywords }));
        self.rule(&table.common(), kind)
    }

    /// A group of another name is kept as nothing: its author meant one that is.
    fn check_groups(&mut self, pattern: &Pattern, text: &Text) {
        let known = || METADATA.iter().chain([&JUNK]).copied();
        for (name, offset) in pattern.groups.iter().filter(|(name, _)| known().all(|other| other != name)) {
            let at = toml_text::offset_in(self.text, text.span(), *offset);
            self.err(at..at, format!("unknown group `{name}`"), did_you_mean(name, known()));
        }
    }

    fn keywords(&mut self, table: &RegexTable) -> Vec<Anchor> {
        if self.literals("keywords", table.pattern.span(), &table.keywords, None, None).is_none() {
            return Vec::new();
        }
        let needles = table.keywords.iter().map(|keyword| folded_piece(keyword.get_ref()));
        needles.map(|needle| Anchor { needle, exact: false, how: How::Contains }).collect()
    }

    fn check_anchors(&mut self, pattern: &Pattern, text: &Text) {
        if pattern.anchors.is_empty() {
            let cure = "add `keywords = […]`, literals of which every matching line holds one";
            self.err(
                text.span(),
                format!("no literal of {LITERAL_MIN} bytes or more can be derived from the pattern"),
                cure,
            );
        }
    }

    fn block(&mut self, table: &Spanned<BlockTable>) -> Option<Rule> {
        let (span, table) = (table.span(), table.get_ref());
        let from = self.markers("from", &table.from, span.clone());
        let (end, through) = match (&table.until, &table.through) {
            (Some(_), None) => (self.markers("until", &table.until, span), false),
            (None, Some(_)) => (self.markers("through", &table.through, span), true),
            (until, _) => {
                let what = if until.is_some() { "a block has one end, this has two" } else { "a block needs an end" };
                self.err(
                    span,
                    what,
                    "write either `until = …`, which leaves the last line, or `through = …`, which takes it",
                );
                (None, false)
            }
        };
        let max_lines = self.count("max_lines", &table.max_lines);
        let kind = from.zip(end).zip(max_lines).map(|((from, end), max_lines)| {
            Kind::Block(kind::block::Block { from, end, through, max_lines: max_lines as usize })
        });
        self.rule(&table.common(), kind)
    }

    fn cut(&mut self, table: &Spanned<CutTable>) -> Option<Rule> {
        let (span, table) = (table.span(), table.get_ref());
        let marker = self.markers("marker", &table.marker, span);
        let max_fraction = *table.max_fraction.get_ref();
        if !(max_fraction > 0.0 && max_fraction <= 1.0) {
            let what = format!("bad `max_fraction` {max_fraction}");
            self.err(table.max_fraction.span(), what, "write a share above 0 and up to 1, such as 0.3");
        }
        let head = self.cuts_head(table.place.as_ref());
        let kind = marker.zip(head).map(|(marker, head)| Kind::Cut(kind::cut::Cut { marker, max_fraction, head }));
        self.rule(&table.common(), kind)
    }

    /// Whether a cut takes away the head instead of the tail.
    fn cuts_head(&mut self, place: Option<&Choice<Option<Where>>>) -> Option<bool> {
        let Some(place) = place else { return Some(false) };
        match place.get_ref().as_str() {
            "head" => Some(true),
            "body" | "anywhere" => {
                let what = format!("a cut has no `where = \"{}\"`", place.get_ref());
                self.err(place.span(), what, "write `\"tail\"` to cut to the end, or `\"head\"` to cut from the start");
                None
            }
            _ => Some(false),
        }
    }

    fn sequence(&mut self, table: &Spanned<SequenceTable>) -> Option<Rule> {
        let (span, table) = (table.span(), table.get_ref());
        let steps: Option<Vec<_>> = table.steps.iter().map(|step| self.step(step)).collect();
        if steps.as_ref().is_some_and(|steps| !steps.iter().any(|step| step.drop)) {
            self.err(span.clone(), "the sequence deletes nothing", "give it a step with `do = \"drop\"`");
        }
        if table.steps.len() > STEPS_MAX {
            let what = format!("the sequence has {} steps, and may have {STEPS_MAX}", table.steps.len());
            self.err(span, what, "look for fewer lines; a `[[block]]` or a `[[run]]` takes any number");
            return None;
        }
        self.rule(&table.common(), steps.map(|steps| Kind::Sequence(kind::sequence::Sequence { steps })))
    }

    fn step(&mut self, table: &Spanned<StepTable>) -> Option<kind::sequence::Step> {
        let (span, table) = (table.span(), table.get_ref());
        let drop = self.choice("do", &table.action).map(|action| action == Action::Drop);
        let how = self.how(table.how.as_ref(), How::Equals);
        let exact_case = table.exact_case.unwrap_or(false);
        let literals = if table.any.is_empty() {
            Some(Vec::new())
        } else {
            self.literals("any", span.clone(), &table.any, None, None)
        };
        let pattern = match &table.pattern {
            Some(pattern) => Some(self.pattern(pattern, Anchoring::Whole)?),
            None => None,
        };
        let words = match &table.words {
            Some(words) => Some(self.range(words)?),
            None => None,
        };
        let literals = literals?;
        let cased = if exact_case { cased(&table.any) } else { Vec::new() };
        let has_text = !literals.is_empty() || pattern.is_some();
        let says = [words.is_some(), table.terminal.is_some(), table.copy.is_some(), table.headline.is_some()];
        if !has_text && !says.contains(&true) {
            let cure = "add `any`, `pattern`, `words`, `terminal`, `copy` or `headline`";
            self.err(span, "the step says nothing of its line", cure);
        }
        Some(kind::sequence::Step {
            drop: drop?,
            matcher: has_text.then_some(Matcher { literals, how, pattern, place: None }),
            cased,
            words,
            terminal: table.terminal,
            copy: table.copy,
            headline: table.headline,
            optional: table.optional.unwrap_or(false),
        })
    }

    fn run(&mut self, table: &Spanned<RunTable>) -> Option<Rule> {
        let (span, table) = (table.span(), table.get_ref());
        let min_lines = self.count("min_lines", &table.min_lines);
        let max_words = self.max_words(&table.max_words, span, "a run");
        let after = self.matchers(&table.after, How::Equals, Anchoring::Whole);
        let before = self.matchers(&table.before, How::Equals, Anchoring::Whole);
        let kind = min_lines.zip(max_words).map(|(min_lines, max_words)| {
            Kind::Run(kind::run::Run { min_lines: min_lines as usize, max_words, after, before })
        });
        self.rule(&table.common(), kind)
    }

    fn headline(&mut self, table: &Spanned<HeadlineTable>, is_generic: bool) -> Option<Rule> {
        let (span, table) = (table.span(), table.get_ref());
        let words = self.range(&table.words);
        if is_generic && (table.modes.is_empty() || table.modes.iter().any(|mode| mode.get_ref() == "extracted")) {
            let what = "a headline rule for all texts would take their subheads";
            self.err(span, what, "give the file a `[source]`, or the rule `modes = [\"full-page\"]`");
        }
        self.rule(&table.common(), words.map(|words| Kind::Headline(kind::headline::Headline { words })))
    }

    fn repeat(&mut self, table: &RepeatTable) -> Option<Rule> {
        let unit = self.choice("unit", &table.unit);
        self.rule(&table.common(), unit.map(|unit| Kind::Repeat(kind::repeat::Repeat { unit })))
    }

    fn article(&mut self, table: &Spanned<ArticleTable>) -> Option<Rule> {
        let (span, table) = (table.span(), table.get_ref());
        if table.modes.is_empty() || table.modes.iter().any(|mode| mode.get_ref() == "extracted") {
            let what = "what an extractor left is the article";
            self.err(span, what, "give the rule `modes = [\"full-page\"]`");
        }
        let mut cues = |matchers| self.matchers(matchers, How::Equals, Anchoring::Whole);
        let frame = kind::article::Frame {
            after: cues(&table.after),
            before: cues(&table.before),
            title: table.title.unwrap_or(false),
        };
        let cues = kind::article::Cues {
            ends: cues(&table.ends),
            shares: cues(&table.shares),
            signups: cues(&table.signups),
            legal: cues(&table.legal),
            menus: cues(&table.menus),
            bylines: cues(&table.bylines),
        };
        self.rule(&table.common(), Some(Kind::Article(kind::article::Article { cues: cues.into(), frame })))
    }

    fn test(&mut self, index: usize, table: &Spanned<TestTable>) -> Option<Test> {
        let place = self.place(table.span());
        let table = table.get_ref();
        let mode = match &table.mode {
            Some(mode) => self.choice("mode", mode)?,
            None => Mode::default(),
        };
        Some(Test {
            name: table.name.clone().unwrap_or_else(|| format!("number {}", index + 1)),
            input: table.input.get_ref().clone(),
            output: table.output.get_ref().clone(),
            mode,
            lang: table.lang.clone(),
            aggressive: table.aggressive.unwrap_or(false),
            preview: table.preview.unwrap_or(false),
            place,
        })
    }

    fn category(&mut self, text: &Choice<Category>) -> Option<Category> {
        let found = text.get_ref().parse().ok();
        if found.is_none() {
            let known = Category::ALL.iter().map(|category| category.name());
            self.err(
                text.span(),
                format!("unknown category `{}`", text.get_ref()),
                did_you_mean(text.get_ref(), known),
            );
        }
        found
    }

    fn needs(&mut self, texts: &Texts) -> Vec<Need> {
        let reference = |text: &Text, id: &str| Reference { id: id.to_owned(), place: self.place(text.span()) };
        let need = |text: &Text| match text.get_ref().strip_prefix("source:") {
            Some(id) => Need::Source(reference(text, id)),
            None => Need::Rule(reference(text, text.get_ref())),
        };
        spanned(texts).iter().map(need).collect()
    }

    fn matchers(&mut self, specs: &Matchers, how: How, anchoring: Anchoring) -> Vec<Matcher> {
        let Some(whole) = specs else { return Vec::new() };
        let each = whole.get_ref().each(whole.span());
        if each.is_empty() {
            self.err(whole.span(), "empty list", "put a literal or `{ pattern = '…' }` into it, or leave it out");
        }
        each.into_iter().filter_map(|(spec, span)| self.matcher(spec, span, how, anchoring)).collect()
    }

    fn matcher(&mut self, spec: &MatcherSpec, span: Range<usize>, how: How, anchoring: Anchoring) -> Option<Matcher> {
        match spec {
            MatcherSpec::Literal(text) => {
                let literals =
                    self.literals("literal", span.clone(), &[Spanned::new(span, text.clone())], None, None)?;
                Some(Matcher { literals, how, pattern: None, place: None })
            }
            MatcherSpec::Table(table) => self.matcher_table(table, span, how, anchoring),
        }
    }

    fn matcher_table(
        &mut self,
        table: &MatcherTable,
        span: Range<usize>,
        how: How,
        anchoring: Anchoring,
    ) -> Option<Matcher> {
        if table.any.is_empty() && table.pattern.is_none() {
            self.err(span, "the matcher says nothing of its line", "add `any` or `pattern`");
            return None;
        }
        let literals = if table.any.is_empty() {
            Some(Vec::new())
        } else {
            self.literals("any", span.clone(), &table.any, table.exact, table.boundary)
        };
        let pattern = match &table.pattern {
            Some(pattern) => Some(self.pattern(pattern, anchoring)?),
            None => None,
        };
        let how = self.how(table.how.as_ref(), how);
        let place = table.place.as_ref().and_then(|place| self.choice("where", place)).flatten();
        Some(Matcher { literals: literals?, how, pattern, place })
    }

    /// Markers that there must be; `table` is where they are missed.
    fn markers(&mut self, key: &str, specs: &Matchers, table: Range<usize>) -> Option<Vec<Matcher>> {
        if specs.is_none() {
            self.err(
                table,
                format!("missing key `{key}`"),
                format!("add `{key} = \"…\"` or `{key} = {{ pattern = '…' }}`"),
            );
        }
        let errors = self.errors.len();
        let matchers = self.matchers(specs, How::Equals, Anchoring::Whole);
        (specs.is_some() && self.errors.len() == errors).then_some(matchers)
    }

    fn literals(
        &mut self,
        key: &str,
        at: Range<usize>,
        texts: &[Text],
        exact: Option<bool>,
        boundary: Option<bool>,
    ) -> Option<Vec<Literal>> {
        let errors = self.errors.len();
        if texts.is_empty() {
            self.err(at, format!("`{key}` is empty"), "give it at least one literal");
        }
        let (exact, boundary) = (exact.unwrap_or(false), boundary.unwrap_or(true));
        let literals = texts.iter().map(|text| self.literal(text, exact, boundary)).collect();
        (self.errors.len() == errors).then_some(literals)
    }

    fn literal(&mut self, text: &Text, exact: bool, boundary: bool) -> Literal {
        let given = text.get_ref();
        let literal = if exact { Literal::exact(given, boundary) } else { Literal::folded(given, boundary) };
        if given.is_empty() {
            self.err(text.span(), "empty literal", "write the text that is to be found, or delete it");
        } else if given.contains('\n') {
            self.err(
                text.span(),
                "a literal is looked for in one line, this one has a line break",
                "use `[[block]]` or `[[sequence]]` for several lines",
            );
        } else if literal.needle.is_empty() {
            let what = format!("the literal `{}` folds to nothing", given.escape_default());
            self.err(text.span(), what, "add `exact = true` to match its bytes, or write what is visible");
        }
        literal
    }

    fn pattern(&mut self, text: &Text, anchoring: Anchoring) -> Option<Pattern> {
        let expanded = self.expand(text)?;
        let compiled = |pattern: Pattern| if self.bundled { Ok(pattern) } else { pattern.compile().map(|()| pattern) };
        let pattern = Pattern::new(&expanded.text, anchoring).and_then(compiled);
        let pattern = pattern.map_err(|error| written_at(error, &expanded));
        let mut pattern = pattern.map_err(|error| self.pattern_error(text, error)).ok()?;
        pattern.groups.iter_mut().for_each(|(_, offset)| *offset = expanded.written(*offset));
        Some(pattern)
    }

    fn expand(&mut self, text: &Text) -> Option<Expanded> {
        self.patterns.expand(text.get_ref()).map_err(|error| self.pattern_error(text, error)).ok()
    }

    fn pattern_error(&mut self, text: &Text, PatternError { what, cure, offset }: PatternError) {
        let at = toml_text::offset_in(self.text, text.span(), offset.unwrap_or(0));
        self.err(at..at, what, cure);
    }

    fn how(&mut self, text: Option<&Choice<How>>, default: How) -> How {
        text.and_then(|text| self.choice("match", text)).unwrap_or(default)
    }

    fn choice<T: Word>(&mut self, key: &str, text: &Choice<T>) -> Option<T> {
        let found = T::WORDS.iter().find(|(name, _)| name == text.get_ref()).map(|&(_, value)| value);
        if found.is_none() {
            let what = format!("unknown `{key}` \"{}\"", text.get_ref());
            self.err(text.span(), what, did_you_mean(text.get_ref(), T::WORDS.iter().map(|(name, _)| *name)));
        }
        found
    }

    fn count(&mut self, key: &str, value: &Spanned<i64>) -> Option<u32> {
        let count = u32::try_from(*value.get_ref()).ok().filter(|&count| count > 0);
        if count.is_none() {
            self.err(value.span(), format!("bad `{key}` {}", value.get_ref()), "write a number from 1 up");
        }
        count
    }

    fn range(&mut self, words: &Spanned<Vec<i64>>) -> Option<RangeInclusive<u32>> {
        let range = match words.get_ref()[..] {
            [least, most] => u32::try_from(least).ok().zip(u32::try_from(most).ok()),
            _ => None,
        };
        let range = range.filter(|(least, most)| least <= most);
        if range.is_none() {
            let what = format!("bad range {:?}", words.get_ref());
            self.err(words.span(), what, "write the fewest and the most words, such as [3, 20]");
        }
        range.map(|(least, most)| least..=most)
    }

    fn date(&mut self, date: &Spanned<toml::value::Datetime>) -> Option<Date> {
        let value = date.get_ref();
        let day = value.date.filter(|_| value.time.is_none()).map(|day| Date {
            year: day.year,
            month: day.month,
            day: day.day,
        });
        if day.is_none() {
            self.err(date.span(), format!("bad date {value}"), "write a day, such as 2026-11-01");
        }
        day
    }

    fn examples(&self, texts: &[Text]) -> Vec<Example> {
        texts.iter().map(|text| Example { text: text.get_ref().clone(), place: self.place(text.span()) }).collect()
    }

    fn check_id(&mut self, text: &Text, example: &str) {
        if text.get_ref().is_empty() {
            self.err(text.span(), "`id` is empty", format!("give it a name, such as `{example}`"));
        } else if !text.get_ref().chars().all(is_of_id) {
            let what = format!("bad id `{}`", text.get_ref());
            self.err(text.span(), what, format!("use letters, digits, `-`, `_` and `.`, as in `{example}`"));
        }
    }

    fn check_why(&mut self, text: &Text) {
        if text.get_ref().trim().is_empty() {
            self.err(text.span(), "`why` is empty", "say where the junk was seen, and what puts it there");
        }
    }

    /// The languages of a rule or a file: primary tags, with which a document's is compared.
    fn langs(&mut self, texts: &[Text]) -> Vec<String> {
        for text in texts {
            let tag = text.get_ref();
            if !((2..=3).contains(&tag.len()) && tag.chars().all(|c| c.is_ascii_alphabetic())) {
                self.err(text.span(), format!("bad language `{tag}`"), "write its tag without a region, such as `en`");
            }
        }
        strings(texts)
    }
}

/// Whether ids of rules and sources may hold a character.
pub fn is_of_id(c: char) -> bool {
    c.is_alphanumeric() || "-_.".contains(c)
}

fn strings(texts: &[Text]) -> Vec<String> {
    texts.iter().map(|text| text.get_ref().clone()).collect()
}

fn spanned(texts: &Texts) -> Vec<Text> {
    let Some(whole) = texts else { return Vec::new() };
    let each = whole.get_ref().each(whole.span());
    each.into_iter().map(|(text, span)| Spanned::new(span, text.clone())).collect()
}

/// An error in an expanded pattern, with its place in the pattern as it is written.
fn written_at(error: PatternError, expanded: &Expanded) -> PatternError {
    PatternError { offset: error.offset.map(|offset| expanded.written(offset)), ..error }
}

/// Literals that are compared with the case kept.
fn cased(texts: &[Text]) -> Vec<Literal> {
    let cased =
        |text: &Text| Literal { needle: fold::literal(text.get_ref(), Case::Kept), exact: false, boundary: true };
    texts.iter().map(cased).collect()
}

/// The numbers of a version, up to three.
fn version(text: &str) -> Option<[u64; 3]> {
    let mut numbers = [0; 3];
    for (index, part) in text.split('.').enumerate() {
        *numbers.get_mut(index)? = part.parse().ok()?;
    }
    Some(numbers)
}
