//! `deboil learn`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use deboil::batch::Batch;
use deboil::learn::{Evidence, Origin, Proposal, appended, write};
use deboil::rule::Confidence;
use deboil::rule::load::is_of_id;
use deboil::text::output::Writer;
use deboil::{Mode, Options, Pack, Ruleset, Source};

use crate::account::Account;
use crate::args::LearnArgs;
use crate::learning::{Corpus, Whose, read};
use crate::paint::{Paint, count};
use crate::setup;
use crate::status::{Status, Stop};
use crate::walk::Inputs;

/// Learns the rules of a source, or of each, from its texts.
pub(crate) fn run(args: &LearnArgs) -> Result<Status, Stop> {
    if args.inputs.iter().any(|input| input == Path::new("-")) {
        return Err(reads_twice());
    }
    args.source.as_deref().map_or(Ok(()), check_id)?;
    let inputs = Inputs::new(&args.inputs, &args.input.files, None)?;
    let target = Target::of(args)?;
    let rules = rules(args)?;
    let inputs = inputs.without_rules(rules);
    check_origin(args, rules)?;
    let whose = args.source.as_deref().map_or(Whose::Each { rest: None }, Whose::One);
    let corpus = read(&batch(args, rules), args.full_page.mode(), &inputs, whose);
    let learnt = learnt(&corpus);
    tell_what_is_left(rules, &corpus);
    if learnt.is_empty() {
        let what = "there are not two texts of any source";
        return Err(Stop::new(what, "name a directory with two texts of a source or more"));
    }
    for (source, evidence, proposals) in &learnt {
        tell(source, evidence, proposals);
        if !proposals.is_empty() || !args.all {
            target.write(args, source, evidence, proposals, rules)?;
        }
    }
    if corpus.mode == Mode::FullPage {
        let _ = writeln!(io::stderr(), "the texts are whole pages: clean them with --full-page");
    }
    Ok(if corpus.report.failures.is_empty() { Status::Fine } else { Status::Error })
}

/// What comes from standard input can be read but once.
pub(crate) fn reads_twice() -> Stop {
    Stop::new("to learn, the inputs are read twice", "write standard input to a file, and name that")
}

/// Rejects what can be no id of a source.
pub(crate) fn check_id(source: &str) -> Result<(), Stop> {
    match source.is_empty() || !source.chars().all(is_of_id) {
        true => Err(Stop::new(format!("bad source `{source}`"), "use letters, digits, `-`, `_` and `.`")),
        false => Ok(()),
    }
}

/// Rejects what would keep rules from running: a host has one source, and a file one.
fn check_origin(args: &LearnArgs, rules: &Ruleset) -> Result<(), Stop> {
    let Some(id) = &args.source else { return Ok(()) };
    let hosts = hosts(args, args.output.as_deref());
    for rules in [rules, &Ruleset::bundled()] {
        if let Some(source) = source_of(rules, &hosts).filter(|source| source.id != *id) {
            let named = hosts.iter().find(|host| source.hosts.contains(host)).map_or("", String::as_str);
            let what = format!("`{named}` is a host of the source `{}`: {}", source.id, source.origin);
            return Err(Stop::new(what, format!("add to that source by --source {}", source.id)));
        }
    }
    let is_output = |pack: &&Pack| args.output.as_deref() == Some(Path::new(&pack.file));
    match rules.packs().iter().rfind(is_output).and_then(|pack| pack.source.as_ref()) {
        Some(source) if source.id != *id => {
            let what = format!("{}: the file is of the source `{}`", source.origin, source.id);
            Err(Stop::new(what, format!("say --source {}, or name another file", source.id)))
        }
        _ => Ok(()),
    }
}

/// The source of which one of some hosts is.
fn source_of<'a>(rules: &'a Ruleset, hosts: &[String]) -> Option<&'a Source> {
    let mut sources = rules.sources().map(|(_, source)| source);
    sources.find(|source| hosts.iter().any(|host| source.hosts.contains(host)))
}

/// What the texts of each source speak for, if there are enough of them.
pub(crate) fn learnt(corpus: &Corpus) -> Vec<(&str, &Evidence, Vec<Proposal>)> {
    let enough = corpus.sources.iter().filter(|(_, evidence)| evidence.texts() > 1);
    enough.map(|(source, evidence)| (source.as_str(), evidence, evidence.proposals())).collect()
}

/// The text of a pack that applies to the texts that it was learnt from: those of a source that is known, or that the
/// caller names, or those in a folder; with neither, all texts.
pub(crate) fn pack(
    rules: &Ruleset,
    source: &str,
    evidence: &Evidence,
    proposals: &[Proposal],
    is_named: bool,
) -> String {
    let id = if source == NOBODYS { "learnt".to_owned() } else { id_of(source) };
    let below = format!("**/{}/**", globset::escape(source));
    let is_known = is_named || rules.source_by_id(source).is_some();
    let origin = Origin { id: &id, texts: evidence.texts(), ..Origin::default() };
    let origin = match source {
        _ if is_known => origin,
        NOBODYS => Origin { paths: &["**"], is_archive: true, ..origin },
        _ => Origin { paths: &[&below], ..origin },
    };
    write(&origin, proposals)
}

/// The name under which texts of no source are learnt from; no folder can have it.
pub(crate) const NOBODYS: &str = "";

/// The rules that are there already: what they delete is not learnt.
fn rules(args: &LearnArgs) -> Result<&'static Ruleset, Stop> {
    let mut known = args.rules.clone();
    if args.update {
        known.rules.extend(args.output.iter().filter(|path| path.exists()).cloned());
    }
    setup::load_any_proven(&known)
}

fn batch<'a>(args: &'a LearnArgs, rules: &'a Ruleset) -> Batch<'a> {
    // A person who added to the file has judged what is doubtful, too.
    let options = Options { aggressive: args.update, preview: args.update, ..Options::default() };
    Batch {
        options,
        source: args.source.as_deref(),
        map: args.input.mmap.into(),
        force: args.input.force,
        records: args.records.options(),
        threads: args.input.threads.map_or(0, usize::from),
        ..Batch::of(rules)
    }
}

/// Where the rules go.
enum Target {
    Stdout,
    File(PathBuf),
    /// A file for each source.
    Directory(PathBuf),
}

impl Target {
    fn of(args: &LearnArgs) -> Result<Self, Stop> {
        let target = match (&args.output, args.all) {
            (None, true) => {
                return Err(Stop::new("--all writes a file for each source", "name a directory with -o DIR"));
            }
            (None, false) => return Ok(Self::Stdout),
            (Some(directory), true) => return Ok(Self::Directory(directory.clone())),
            (Some(file), false) => Self::File(file.clone()),
        };
        if let Self::File(file) = &target {
            check_free(file, args.update)?;
        }
        Ok(target)
    }

    fn write(
        &self,
        args: &LearnArgs,
        source: &str,
        evidence: &Evidence,
        proposals: &[Proposal],
        rules: &Ruleset,
    ) -> Result<(), Stop> {
        let file = match self {
            Self::Stdout => None,
            Self::File(file) => Some(file.clone()),
            Self::Directory(directory) => Some(directory.join(format!("{}.toml", id_of(source)))),
        };
        let hosts = hosts(args, file.as_deref());
        let id = source_of(&Ruleset::bundled(), &hosts).map_or_else(|| id_of(source), |known| known.id.clone());
        if hosts.is_empty() && rules.source_by_id(&id).is_none() {
            tell_of_no_host(&id);
        }
        let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
        let origin = Origin { id: &id, hosts: &hosts, texts: evidence.texts(), ..Origin::default() };
        match file {
            None => io::stdout().lock().write_all(write(&origin, proposals).as_bytes()).map_err(|_| Stop::Pipe),
            Some(file) if file.exists() => {
                check_free(&file, args.update)?;
                let old = fs::read(&file).map_err(|error| unusable("read", &file, &error))?;
                let more = appended(&origin, proposals, |id| rules.by_id(id).is_some());
                put(&file, &[&old, more.as_bytes()])
            }
            Some(file) => put(&file, &[write(&origin, proposals).as_bytes()]),
        }
    }
}

/// What a person has written is not replaced.
fn check_free(file: &Path, update: bool) -> Result<(), Stop> {
    if file.exists() && !update {
        let what = format!("`{}` is there already", file.display());
        return Err(Stop::new(what, "add to it with --update, or name another one"));
    }
    Ok(())
}

fn put(file: &Path, parts: &[&[u8]]) -> Result<(), Stop> {
    Writer::default().write(file, parts.iter().copied()).map_err(|error| unusable("write", file, &error))
}

fn unusable(what: &str, file: &Path, error: &io::Error) -> Stop {
    Stop::new(format!("cannot {what} `{}`: {error}", file.display()), "name another file")
}

/// The id of a source that is named by a folder.
fn id_of(source: &str) -> String {
    source.chars().map(|c| if is_of_id(c) { c } else { '-' }).collect()
}

/// The hosts that were named, or the one that the file is named after.
fn hosts(args: &LearnArgs, file: Option<&Path>) -> Vec<String> {
    let stem = file.and_then(Path::file_stem).map(|stem| stem.to_string_lossy().into_owned());
    let named = stem.filter(|stem| args.host.is_empty() && stem.contains('.') && !stem.contains(' '));
    args.host.iter().cloned().chain(named).collect()
}

/// Says what was learnt.
pub(crate) fn tell(source: &str, evidence: &Evidence, proposals: &[Proposal]) {
    let low = proposals.iter().filter(|proposal| proposal.confidence == Confidence::Low).count() as u64;
    let (rules, texts) = (count(proposals.len() as u64, "rule"), count(evidence.texts(), "text"));
    let name = Paint::stderr().name(source);
    let _ = match low {
        0 if proposals.is_empty() => {
            writeln!(io::stderr(), "{name}: nothing recurs in {texts} that no rule deletes yet")
        }
        0 => writeln!(io::stderr(), "{name}: {rules} from {texts}"),
        low => writeln!(io::stderr(), "{name}: {rules} from {texts}, {low} of them of low confidence"),
    };
}

/// Says how texts come to be of a source that no text is recognised as.
fn tell_of_no_host(id: &str) {
    let note = Paint::stderr().note("no host");
    let _ = writeln!(
        io::stderr(),
        "{note} of {id} is known: name one by --host HOST, or clean its texts with --source {id}"
    );
}

/// Says what nothing was learnt from.
fn tell_what_is_left(rules: &Ruleset, corpus: &Corpus) {
    let paint = Paint::stderr();
    // Without a standard error there is nobody to tell.
    let _ = Account { rules, report: &corpus.report, paint }.write_failures(&mut io::stderr().lock());
    if corpus.nobodys > 0 {
        let texts = count(corpus.nobodys, "text");
        let _ = writeln!(io::stderr(), "{} {texts} of no known source, in no folder of one", paint.note("left out"));
    }
}
