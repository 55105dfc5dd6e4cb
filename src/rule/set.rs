//! The compiled rules: all rules of all packs, and an index of all their anchors and of the sources' signatures.

use std::collections::{BTreeSet, HashMap};
use std::io::Read;
use std::mem;
use std::path::Path;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::anchor::Anchor;
use super::index::{Hits, Index, Owner};
use super::kind::Kind;
use super::matcher::Matcher;
use super::paths::Paths;
use super::rows::Rows;
use super::saved;
use super::settings::{self, Settings};
use super::{Mode, Need, Pack, PackIdx, Packed, Reference, Rule, RuleIdx, Source, load};
use crate::error::{Error, Errors, Place, did_you_mean};
use crate::page::Page;

/// The index of a source in a [`Ruleset`].
pub type SourceIdx = u32;

/// A rule whose place a later one of its id took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overridden {
    /// The id of both.
    pub id: String,
    /// Where the earlier one is defined.
    pub origin: Place,
}

/// Compiled rules, ready to clean documents; shared between threads.
#[derive(Debug)]
pub struct Ruleset {
    pub(super) packs: Vec<Pack>,
    pub(super) tables: Tables,
    /// Rules whose place others of their ids took.
    pub(super) overridden: Vec<Overridden>,
    /// Rules that the user switched off, and where.
    disabled: HashMap<RuleIdx, Place>,
    /// The name and the text of each rule file that did not come with the program.
    files: Vec<(String, String)>,
    /// What the user said of rules that others wrote.
    settings: Settings,
    by_id: OnceLock<HashMap<String, RuleIdx>>,
}

/// What is known of the rules of all packs together.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(super) struct Tables {
    places: Rows<(PackIdx, u32), 2>,
    /// The id of each rule.
    ids: Packed<Vec<String>>,
    sources: Vec<PackIdx>,
    index: Index,
    /// How many rules each rule comes after in an order in which it comes after those that it needs.
    ranks: Rows<[u32; 1], 1>,
    /// The modes in which each rule runs, a bit for each.
    modes: Rows<[u32; 1], 1>,
    /// The rules without anchors.
    unanchored: Vec<RuleIdx>,
    paths: Paths,
}

impl Ruleset {
    /// Puts checked rule files together.
    ///
    /// # Errors
    ///
    /// What refers from one to another and does not fit.
    pub fn of(mut packs: Vec<Pack>) -> Result<Self, Errors> {
        let overridden = override_rules(&mut packs);
        frame_articles(&mut packs);
        join_sources(&mut packs);
        let errors = unknown_references(&packs);
        if !errors.is_empty() {
            return Err(Errors(errors));
        }
        let tables = compile(&packs)?;
        Ok(Self::assembled(packs, tables, overridden))
    }

    pub(super) fn assembled(packs: Vec<Pack>, tables: Tables, overridden: Vec<Overridden>) -> Self {
        Self {
            packs,
            tables,
            overridden,
            disabled: HashMap::new(),
            files: Vec::new(),
            settings: Settings::default(),
            by_id: OnceLock::new(),
        }
    }

    /// Collects rule files.
    pub fn builder() -> RulesetBuilder {
        RulesetBuilder { bundled: true, files: Vec::new(), settings: Settings::default(), errors: Vec::new() }
    }

    /// All rules with their indices.
    pub fn rules(&self) -> impl Iterator<Item = (RuleIdx, &Rule)> {
        (0..self.tables.places.len() as RuleIdx).map(|index| (index, self.rule(index)))
    }

    /// How many rules there are.
    pub fn len(&self) -> usize {
        self.tables.places.len()
    }

    /// Whether there is no rule.
    pub fn is_empty(&self) -> bool {
        self.tables.places.len() == 0
    }

    /// A rule.
    pub fn rule(&self, index: RuleIdx) -> &Rule {
        let (pack, at) = self.tables.places.at(index as usize);
        &self.packs[pack as usize].rules[at as usize]
    }

    /// The pack that a rule stands in.
    pub fn pack_of(&self, index: RuleIdx) -> &Pack {
        &self.packs[self.pack_index(index) as usize]
    }

    /// The number of the pack that a rule stands in.
    pub fn pack_index(&self, index: RuleIdx) -> PackIdx {
        self.tables.places.at(index as usize).0
    }

    /// All packs.
    pub fn packs(&self) -> &[Pack] {
        &self.packs
    }

    /// The rule of an id.
    pub fn by_id(&self, id: &str) -> Option<RuleIdx> {
        let numbered = || self.tables.ids.iter().cloned().zip(0..).collect();
        self.by_id.get_or_init(numbered).get(id).copied()
    }

    /// A source.
    pub fn source(&self, index: SourceIdx) -> &Source {
        let source = self.packs[self.tables.sources[index as usize] as usize].source.as_ref();
        source.expect("`sources` lists the packs that have one")
    }

    /// The pack of a source.
    pub fn source_pack(&self, index: SourceIdx) -> PackIdx {
        self.tables.sources[index as usize]
    }

    /// The source of an id.
    pub fn source_by_id(&self, id: &str) -> Option<SourceIdx> {
        self.sources().find(|(_, source)| source.id == id).map(|(index, _)| index)
    }

    /// All sources with their indices.
    pub fn sources(&self) -> impl Iterator<Item = (SourceIdx, &Source)> {
        (0..self.tables.sources.len() as SourceIdx).map(|index| (index, self.source(index)))
    }

    /// Where the user switched a rule off for all texts; `None` if nobody did.
    pub fn disabled(&self, rule: RuleIdx) -> Option<&Place> {
        self.disabled.get(&rule)
    }

    /// The rules whose place others took, in their order.
    pub fn overridden(&self) -> &[Overridden] {
        &self.overridden
    }

    /// The name and the text of each rule file that did not come with the program, in the order in which they were added.
    pub fn files(&self) -> &[(String, String)] {
        &self.files
    }

    /// What the user said of rules that others wrote.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The same with what a user says of it.
    ///
    /// # Errors
    ///
    /// What is said of rules and sources that there are not, unless the bundled ones were left out: one may still speak of
    /// those.
    pub fn configured(self, settings: Settings) -> Result<Self, Errors> {
        let bundled = self.packs.iter().any(|pack| pack.bundled);
        let errors = if bundled { unknown_settings(&self.packs, &settings) } else { Vec::new() };
        if errors.is_empty() { Ok(self.with(settings)) } else { Err(Errors(errors)) }
    }

    /// The same with what a user says of it, as far as it has the rules and sources of which that is said.
    fn with(mut self, settings: Settings) -> Self {
        for reference in &settings.disable {
            if let Some(index) = self.by_id(&reference.id) {
                self.disabled.entry(index).or_insert_with(|| reference.place.clone());
            }
        }
        for own in &settings.sources {
            let mut sources = self.packs.iter_mut().filter_map(|pack| pack.source.as_mut());
            if let Some(source) = sources.find(|source| source.id == own.source.id).map(Packed::value_mut) {
                source.disable.extend(own.disable.iter().cloned());
                source.keep = source.keep.union(own.keep);
            }
        }
        self.settings = settings;
        self
    }

    /// How many rules a rule comes after in an order in which it comes after those that it needs.
    pub(crate) fn rank(&self, rule: RuleIdx) -> u32 {
        self.tables.ranks.at(rule as usize)[0]
    }

    /// Whether a rule runs in a mode, which is known without unpacking the rule.
    pub(crate) fn runs_in(&self, rule: RuleIdx, mode: Mode) -> bool {
        self.tables.modes.at(rule as usize)[0] >> mode as u32 & 1 != 0
    }

    /// The rules without anchors: those that are asked of every page.
    pub(crate) fn unanchored(&self) -> &[RuleIdx] {
        &self.tables.unanchored
    }

    /// How many sources there are.
    pub(crate) fn count_sources(&self) -> usize {
        self.tables.sources.len()
    }

    /// The sources under whose path globs a path lies.
    pub(crate) fn sources_of_path(&self, path: &Path) -> Vec<SourceIdx> {
        self.tables.paths.sources(path)
    }

    /// The anchors of all rules and signatures.
    pub(crate) fn index(&self) -> &Index {
        &self.tables.index
    }
}

/// The hits of a rule's anchors on a page, in order.
pub(crate) fn scan_alone(rule: &Rule, page: &Page) -> Hits {
    let index = Index::of(&[(Owner::Rule(0), rule.kind.anchors())]);
    index.hits(&index.search(page))
}

/// Collects rule files and compiles them.
#[derive(Debug)]
pub struct RulesetBuilder {
    bundled: bool,
    files: Vec<(String, String)>,
    settings: Settings,
    errors: Vec<Error>,
}

impl RulesetBuilder {
    /// Whether the rules that came with the program are taken in; they are unless this says no.
    #[must_use]
    pub fn bundled(mut self, yes: bool) -> Self {
        self.bundled = yes;
        self
    }

    /// Adds a rule file, or all `.toml` files under a directory.
    #[must_use]
    pub fn path(mut self, path: &Path) -> Self {
        match files(path) {
            Ok(files) if files.is_empty() => {
                let place = Place::file(&path.display().to_string());
                self.errors.push(Error::at(place, "there is no rule file in it", "name a directory of `.toml` files"));
            }
            Ok(files) => self.files.extend(files),
            Err(error) => self.errors.push(error),
        }
        self
    }

    /// Adds the text of a rule file; `name` is what mistakes call it.
    #[must_use]
    pub fn text(mut self, name: &str, toml: &str) -> Self {
        self.files.push((name.to_owned(), toml.to_owned()));
        self
    }

    /// Says what a user wants of rules that others wrote.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Loads and compiles everything.
    ///
    /// # Errors
    ///
    /// All mistakes of all files.
    pub fn build(mut self) -> Result<Ruleset, Errors> {
        if self.bundled && self.files.is_empty() && self.errors.is_empty() {
            return Ruleset::bundled().configured(self.settings);
        }
        let mut errors = mem::take(&mut self.errors);
        let mut packs = if self.bundled { Ruleset::bundled().packs } else { Vec::new() };
        for (name, text) in &self.files {
            match load::load(name, text, false) {
                Ok(pack) => packs.push(pack),
                Err(mistakes) => errors.extend(mistakes.0),
            }
        }
        if !errors.is_empty() {
            return Err(Errors(errors));
        }
        Ruleset { files: self.files, ..Ruleset::of(packs)? }.configured(self.settings)
    }

    /// The rules of which [`Ruleset::saved`] gave `bytes`. Whoever calls it knows that this very code built those of the same
    /// files, and that nobody changed them since. What a user says of rules comes after, by [`Ruleset::configured`]; what loading
    /// noticed ([`Pack::warnings`]) is not in them.
    ///
    /// # Errors
    ///
    /// The builder, if the bytes are obviously others.
    #[doc(hidden)]
    pub fn restore(self, bytes: &'static [u8]) -> Result<Ruleset, Box<Self>> {
        match saved::rules(bytes) {
            Ok(rules) if self.errors.is_empty() => Ok(Ruleset { files: self.files, ..rules }),
            _ => Err(self.into()),
        }
    }

    /// The name and the text of each rule file that was added, in their order; `None` if one of them cannot be read.
    pub fn files(&self) -> Option<&[(String, String)]> {
        self.errors.is_empty().then_some(&self.files)
    }
}

/// The texts of a rule file or of all rule files of a directory, in the order of their names. What a checkout holds beside
/// them is none: hidden files and directories, and configurations.
fn files(path: &Path) -> Result<Vec<(String, String)>, Error> {
    let name = path.display().to_string();
    let failed = |error: std::io::Error| {
        Error::at(
            Place::file(&name),
            format!("cannot read it: {error}"),
            "name a rule file or a directory of rule files",
        )
    };
    if path.metadata().map_err(failed)?.is_dir() {
        let mut inner: Vec<_> = path
            .read_dir()
            .map_err(failed)?
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<_, _>>()
            .map_err(failed)?;
        inner.retain(|path| may_hold_rules(path));
        inner.sort();
        if let Some(special) = inner.iter().find(|path| path.metadata().is_ok_and(|is| !is.is_dir() && !is.is_file())) {
            // Who names one means it, as a shell does for what a command prints; here nobody may ever write to it.
            let place = Place::file(&special.display().to_string());
            return Err(Error::at(place, "it is no file, though it is named like one", "remove it"));
        }
        return Ok(inner.iter().map(|path| files(path)).collect::<Result<Vec<_>, _>>()?.concat());
    }
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(LONGEST_FILE + 1).read_to_end(&mut bytes));
    read.map_err(failed)?;
    if bytes.len() as u64 > LONGEST_FILE {
        let what = format!("it has more than {} MiB, which no rule file has", LONGEST_FILE >> 20);
        return Err(Error::at(Place::file(&name), what, "name a rule file, or divide it"));
    }
    let text = String::from_utf8(bytes).map_err(|error| not_utf8(&name, &error))?;
    Ok(vec![(name, text)])
}

/// How long a rule file may be: a hundred thousand rules fill about a tenth of it.
const LONGEST_FILE: u64 = 128 << 20;

fn may_hold_rules(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    let is_rule_file = name.ends_with(b".toml") && name != settings::FILE.as_bytes();
    !name.starts_with(b".") && (is_rule_file || path.is_dir())
}

fn not_utf8(file: &str, error: &std::string::FromUtf8Error) -> Error {
    let end = error.utf8_error().valid_up_to();
    let valid = String::from_utf8_lossy(&error.as_bytes()[..end]);
    Error::at(Place::of(file, &valid, valid.len()), "a byte that is not UTF-8", "save the rule file as UTF-8")
}

/// A rule of a later pack takes the place of an earlier pack's rule of the same id.
fn override_rules(packs: &mut [Pack]) -> Vec<Overridden> {
    if packs.len() < 2 {
        return Vec::new();
    }
    let mut last: HashMap<&str, usize> = HashMap::new();
    for (number, pack) in packs.iter().enumerate() {
        last.extend(pack.rules.iter().map(|rule| (rule.id.as_str(), number)));
    }
    let goes = |(number, pack): (usize, &Pack)| pack.rules.iter().map(|rule| last[rule.id.as_str()] > number).collect();
    let goes: Vec<Vec<bool>> = packs.iter().enumerate().map(goes).collect();
    let mut overridden = Vec::new();
    for (pack, goes) in packs.iter_mut().zip(&goes) {
        let mut goes = goes.iter();
        let gone = pack.rules.extract_if(.., |_| goes.next() == Some(&true));
        overridden.extend(gone.map(|rule| Overridden { id: rule.id.clone(), origin: rule.origin.clone() }));
    }
    overridden
}

/// On the texts of a source its own `[[article]]` takes the place of that for all texts, and has its cues unless it names
/// some.
fn frame_articles(packs: &mut [Pack]) {
    let article_of = |pack: &Pack| pack.rules.iter().position(|rule| matches!(rule.kind, Kind::Article(_)));
    let generic =
        packs.iter().filter(|pack| pack.source.is_none()).find_map(|pack| Some(&pack.rules[article_of(pack)?]));
    let Some((Kind::Article(generic), id)) = generic.map(|rule| (&rule.kind, rule.id.clone())) else { return };
    let cues = generic.cues.clone();
    for pack in packs.iter_mut().filter(|pack| pack.source.is_some()) {
        let Some(at) = article_of(pack) else { continue };
        let rule = pack.rules[at].value_mut();
        let place = rule.origin.clone();
        if let Kind::Article(article) = &mut rule.kind
            && article.cues.is_empty()
        {
            article.cues = cues.clone();
        }
        let source = pack.source.as_mut().expect("filtered above").value_mut();
        source.disable.push(Reference { id: id.clone(), place });
    }
}

/// Packs of one source id are of one source: the later one takes over by what the source is recognised, and extends the
/// earlier one.
fn join_sources(packs: &mut [Pack]) {
    for later in 1..packs.len() {
        let (before, after) = packs.split_at_mut(later);
        let Some(source) = after[0].source.as_mut() else { continue };
        let has_id = |pack: &&mut Pack| pack.source.as_ref().is_some_and(|other| other.id == source.id);
        let Some(pack) = before.iter_mut().find(has_id) else { continue };
        let source = source.value_mut();
        let name = if pack.bundled { "bundled" } else { &pack.file };
        let extended = format!("{} ({name})", source.id);
        let earlier = pack.source.as_mut().expect("it has the id").value_mut();
        earlier.id.clone_from(&extended);
        source.role = earlier.role;
        source.hosts.append(&mut earlier.hosts);
        source.paths.append(&mut earlier.paths);
        source.signatures.append(&mut earlier.signatures);
        source.extends.push(Reference { id: extended, place: source.origin.clone() });
    }
}

/// What there is to refer to.
struct Known<'p> {
    rules: BTreeSet<&'p str>,
    sources: BTreeSet<&'p str>,
}

impl<'p> Known<'p> {
    fn of(packs: &'p [Pack]) -> Self {
        Self {
            rules: packs.iter().flat_map(|pack| &pack.rules).map(|rule| rule.id.as_str()).collect(),
            sources: packs.iter().filter_map(|pack| pack.source.as_ref()).map(|source| source.id.as_str()).collect(),
        }
    }

    /// The mistake of a reference to a rule that there is not.
    fn rule(&self, reference: &Reference) -> Option<Error> {
        unknown(reference, "rule", &self.rules)
    }

    /// The mistake of a reference to a source that there is not.
    fn source(&self, reference: &Reference) -> Option<Error> {
        unknown(reference, "source", &self.sources)
    }
}

fn unknown(reference: &Reference, what: &str, known: &BTreeSet<&str>) -> Option<Error> {
    let cure = || match crate::error::nearest(&reference.id, known.iter().copied()) {
        Some(_) => did_you_mean(&reference.id, known.iter().copied()),
        None => "`deboil rules list` shows what there is".to_owned(),
    };
    let is_unknown = !known.contains(reference.id.as_str());
    is_unknown.then(|| Error::at(reference.place.clone(), format!("unknown {what} `{}`", reference.id), cure()))
}

fn unknown_references(packs: &[Pack]) -> Vec<Error> {
    let known = Known::of(packs);
    let needs = packs.iter().flat_map(|pack| &pack.rules).flat_map(|rule| &rule.needs).filter_map(|need| match need {
        Need::Rule(reference) => known.rule(reference),
        Need::Source(reference) => known.source(reference),
    });
    let held = packs.iter().filter_map(|pack| pack.source.as_ref());
    let extends = held.clone().flat_map(|source| &source.extends).filter_map(|reference| known.source(reference));
    let disable = held.flat_map(|source| &source.disable).filter_map(|reference| known.rule(reference));
    by_place(needs.chain(extends).chain(disable))
}

fn unknown_settings(packs: &[Pack], settings: &Settings) -> Vec<Error> {
    if settings.is_empty() {
        return Vec::new();
    }
    let known = Known::of(packs);
    let of_sources = settings.sources.iter().flat_map(|own| &own.disable);
    let rules = settings.disable.iter().chain(of_sources).filter_map(|reference| known.rule(reference));
    let sources = settings.sources.iter().filter_map(|own| known.source(&own.source));
    by_place(rules.chain(sources))
}

fn by_place(errors: impl Iterator<Item = Error>) -> Vec<Error> {
    let mut errors: Vec<Error> = errors.collect();
    errors.sort_by_key(|error| error.place.as_ref().map(|place| (place.file.clone(), place.line, place.column)));
    errors
}

fn compile(packs: &[Pack]) -> Result<Tables, Errors> {
    let of_pack = |(pack, content): (PackIdx, &Pack)| (0..content.rules.len() as u32).map(move |at| (pack, at));
    let places: Vec<(PackIdx, u32)> = (0..).zip(packs).flat_map(of_pack).collect();
    let sources: Vec<PackIdx> =
        (0..packs.len()).filter(|&pack| packs[pack].source.is_some()).map(|pack| pack as PackIdx).collect();
    let rules: Vec<&Rule> = places.iter().map(|&(pack, at)| &*packs[pack as usize].rules[at as usize]).collect();
    let order = needs_order(&rules)?;
    reject_cyclic_extends(packs)?;
    let mut ranks = vec![0; order.len()];
    order.iter().zip(0..).for_each(|(&rule, rank)| ranks[rule as usize] = rank);
    let anchors: Vec<Vec<Anchor>> = rules.iter().map(|rule| rule.kind.anchors()).collect();
    let unanchored = (0..).zip(&anchors).filter(|(_, anchors)| anchors.is_empty()).map(|(rule, _)| rule).collect();
    let ids: Vec<String> = rules.iter().map(|rule| rule.id.clone()).collect();
    let modes = rules.iter().map(|rule| [bits_of(&rule.modes)]).collect();
    let mut owned: Vec<(Owner, Vec<Anchor>)> = (0..).map(Owner::Rule).zip(anchors).collect();
    let mut globs = Vec::new();
    for (number, &pack) in (0..).zip(&sources) {
        let source = packs[pack as usize].source.as_ref().expect("filtered above");
        let owner = |at| Owner::Signature(number, at);
        owned.extend((0..).map(owner).zip(source.signatures.iter().map(Matcher::anchors)));
        globs.extend(source.paths.iter().map(|path| (path.clone(), number)));
    }
    let (index, paths) = (Index::of(&owned), Paths::of(globs)?);
    Ok(Tables {
        places: places.into_iter().collect(),
        ids: ids.into(),
        sources,
        index,
        ranks: ranks.into_iter().map(|rank| [rank]).collect(),
        modes,
        unanchored,
        paths,
    })
}

/// A bit for each of some modes; all bits if there is none.
fn bits_of(modes: &[Mode]) -> u32 {
    let bits = modes.iter().fold(0, |bits, &mode| bits | 1 << mode as u32);
    if bits == 0 { u32::MAX } else { bits }
}

/// The rules in an order in which each comes after those that it needs.
fn needs_order(rules: &[&Rule]) -> Result<Vec<RuleIdx>, Errors> {
    let by_id: HashMap<&str, usize> = rules.iter().enumerate().map(|(index, rule)| (rule.id.as_str(), index)).collect();
    let needs = |index: usize| {
        rules[index].needs.iter().filter_map(|need| match need {
            Need::Rule(reference) => by_id.get(reference.id.as_str()).map(|&other| (other, &reference.place)),
            Need::Source(_) => None,
        })
    };
    let mut order = Vec::with_capacity(rules.len());
    let mut placed = vec![false; rules.len()];
    // Each round places the rules whose needs are placed; a round that places none has met a cycle.
    while order.len() < rules.len() {
        let before = order.len();
        for index in 0..rules.len() {
            if !placed[index] && needs(index).all(|(other, _)| placed[other]) {
                placed[index] = true;
                order.push(index as RuleIdx);
            }
        }
        if order.len() == before {
            let cyclic = (0..rules.len()).find(|&index| {
                !placed[index] && reaches(index, index, &|at| needs(at).map(|(other, _)| other).collect())
            });
            let index = cyclic.unwrap_or_default();
            let next = |at: usize| needs(at).map(|(other, _)| other).collect();
            let back = needs(index).find(|&(other, _)| other == index || reaches(other, index, &next));
            let place = back.map_or_else(|| rules[index].origin.clone(), |(_, place)| place.clone());
            let what = format!("`needs` of `{}` leads back to itself", rules[index].id);
            return Err(Error::at(place, what, "break the cycle: one of its rules must stand on its own").into());
        }
    }
    Ok(order)
}

fn reject_cyclic_extends(packs: &[Pack]) -> Result<(), Errors> {
    let sources: Vec<&Source> = packs.iter().filter_map(|pack| pack.source.as_deref()).collect();
    let extends = |at: usize| -> Vec<usize> {
        let ids = sources[at].extends.iter().map(|reference| &reference.id);
        ids.filter_map(|id| sources.iter().position(|source| source.id == *id)).collect()
    };
    for (index, source) in sources.iter().enumerate() {
        let leads_back = |reference: &&Reference| {
            let next = sources.iter().position(|source| source.id == reference.id);
            next.is_some_and(|next| next == index || reaches(next, index, &extends))
        };
        if let Some(reference) = source.extends.iter().find(leads_back) {
            let what = format!("`extends` of `{}` leads back to itself", source.id);
            let cure = "break the cycle: put what they share into a pack of its own";
            return Err(Error::at(reference.place.clone(), what, cure).into());
        }
    }
    Ok(())
}

/// Whether the steps that `next` allows lead from one place to another.
fn reaches(from: usize, to: usize, next: &dyn Fn(usize) -> Vec<usize>) -> bool {
    let mut seen = std::collections::HashSet::new();
    let mut open = next(from);
    while let Some(at) = open.pop() {
        if at == to {
            return true;
        }
        if seen.insert(at) {
            open.extend(next(at));
        }
    }
    false
}
