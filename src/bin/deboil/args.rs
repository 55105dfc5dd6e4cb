//! The arguments, as clap reads them.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use deboil::batch::{self, RecordOptions};
use deboil::config::checked_share;
use deboil::text::format::{FieldNames, Format as RecordFormat};
use deboil::text::input::MapChoice;
use deboil::{Category, Mode, Protect};

use crate::plan::Destination;
use crate::rules::args::RulesArgs;

const EXAMPLES: &str = "\
Examples:
  deboil clean scrapes -o cleaned        clean a directory into another one
  deboil clean article.txt               clean one file to standard output
  curl -s … | extract | deboil clean     clean standard input
  deboil clean scrapes --diff            show what would go, write nothing
  deboil explain article.txt             show line by line what goes, and why
  deboil restore cleaned --ledger FILE   undo a cleaning, or one rule of it
  deboil learn scrapes --source ID       learn rules from texts of one source
  deboil review scrapes -o review.html   look at what goes from many texts, in a browser
  deboil rules list                      show the rules
";

const CLEAN_EXAMPLES: &str = "\
Examples:
  deboil clean scrapes -o cleaned
  deboil clean 'scrapes/**/*.md' -o cleaned --exclude drafts
  deboil clean scrapes --in-place --backup .orig
  deboil clean scrapes -o cleaned --keep byline,timestamp --report report.json
  deboil clean scrapes --in-place --ledger ledger.jsonl.zst
  deboil clean scrapes -o cleaned --resume
  find . -name '*.txt' -print0 | deboil clean --file-list - -0 -o /tmp/cleaned
  deboil clean article.txt --url https://www.nytimes.com/2026/03/01/world/x.html
  deboil clean articles.jsonl.zst -o cleaned --text-field data.body --removals-field removals
  zstdcat articles.jsonl.zst | deboil clean --format jsonl - | next
  deboil clean shards -o cleaned --glob '*.parquet' --text-field body

Exit status: 0 if all went well, 1 if --check or --diff found something to clean or --compare a jump, 2 if anything failed.
";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  deboil explain article.txt
  deboil explain article.txt --show matches --rules my-rules.toml
  deboil explain article.txt --show removals --format json
  deboil explain articles.jsonl.zst --record 12
";

const LEARN_EXAMPLES: &str = "\
Examples:
  deboil learn scrapes/example.com --source example -o rules/example.com.toml
  deboil learn pages --source example --full-page --host example.com -o rules/example.toml
  deboil learn scrapes/example.com --source example -o rules/example.com.toml --update
  deboil learn scrapes --all -o rules
  deboil clean scrapes/example.com --rules rules --source example -o cleaned
";

const RESTORE_EXAMPLES: &str = "\
Examples:
  deboil clean scrapes -o cleaned --ledger ledger.jsonl.zst
  deboil restore cleaned --ledger ledger.jsonl.zst -o originals
  deboil restore cleaned --ledger ledger.jsonl.zst -o without-that-rule --rule generic.share-bar
  deboil restore cleaned/article.txt --ledger ledger.jsonl.zst

Exit status: 0 if all went well, 2 if anything was refused or failed.
";

const REVIEW_EXAMPLES: &str = "\
Examples:
  deboil review scrapes -o review.html
  deboil review scrapes -o review.html --rules my-rules.toml --full-page
  deboil review articles.jsonl.zst -o review.html --limit 500

Exit status: 0 if the page is written, 2 if anything failed.
";

/// Take the boilerplate out of scraped text
///
/// deboil deletes what is not the article from text that a scraper extracted: ad labels, cookie notes, sign-up forms,
/// share bars, mastheads, captions, pull quotes, related headlines, footers. It only deletes; what it keeps is byte for
/// byte as it was. What is junk is said in rule files that you can read, extend and replace.
#[derive(Debug, Parser)]
#[command(name = "deboil", version, max_term_width = 100, after_help = EXAMPLES)]
pub(crate) struct Cli {
    /// Print a completion script or the manual page
    #[arg(long, value_enum, value_name = "WHAT", exclusive = true)]
    pub(crate) generate: Option<Generate>,

    /// When to use colours [default: auto: on a terminal, unless NO_COLOR is set]
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t, hide_default_value = true)]
    pub(crate) color: Color,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What to print instead of working.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Generate {
    /// A completion script for bash
    CompleteBash,
    /// A completion script for zsh
    CompleteZsh,
    /// A completion script for fish
    CompleteFish,
    /// A completion script for PowerShell
    CompletePowershell,
    /// A completion script for Elvish
    CompleteElvish,
    /// The manual page
    Man,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal
    #[default]
    Auto,
    /// Everywhere
    Always,
    /// Nowhere
    Never,
}

impl Color {
    /// Makes all streams keep to it.
    pub(crate) fn make_global(self) {
        let choice = match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Clean(Box<CleanArgs>),
    Explain(Box<ExplainArgs>),
    Learn(Box<LearnArgs>),
    Restore(Box<RestoreArgs>),
    Review(Box<ReviewArgs>),
    Rules(RulesArgs),
}

/// Delete the boilerplate of files, directories or standard input
///
/// One file, or standard input, goes to standard output. A directory needs to be told where its texts go: to another
/// directory (-o), in its own place (--in-place), or nowhere (--check, --diff). An account of what was done goes to
/// standard error.
#[derive(Args, Debug)]
#[command(after_help = CLEAN_EXAMPLES)]
pub(crate) struct CleanArgs {
    /// Files, directories, globs, or - for standard input
    #[arg(value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) records: RecordArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) what: WhatArgs,
    #[command(flatten)]
    pub(crate) origin: OriginArgs,

    /// Read the inputs beforehand and learn what recurs in them, as `deboil learn` does; apply what is sure
    ///
    /// Without --source, texts are of the publisher that is recognised, else of the one that their folder below INPUT is
    /// named after; the rest is taken for texts of one source.
    #[arg(long, help_heading = "Rules")]
    pub(crate) learn: bool,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

/// What to take of the inputs, and how.
#[derive(Args, Debug)]
#[command(next_help_heading = "Input")]
pub(crate) struct InputArgs {
    #[command(flatten)]
    pub(crate) files: FileArgs,

    /// Treat standard input as if it were in the file PATH
    #[arg(long, value_name = "PATH")]
    pub(crate) stdin_filename: Option<PathBuf>,

    /// Take binary files and pages of HTML as if they were texts
    #[arg(long)]
    pub(crate) force: bool,

    /// When to map files into memory; the result is the same
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    pub(crate) mmap: Map,

    /// How many threads to use [default: as many as the machine runs at once]
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
}

/// Which files to take.
#[derive(Args, Debug, Default)]
#[command(next_help_heading = "Input")]
pub(crate) struct FileArgs {
    /// Take the files named in FILE, one a line; - reads the names from standard input
    ///
    /// What is written below a directory keeps the path by which it is named.
    #[arg(long, value_name = "FILE", conflicts_with = "inputs")]
    pub(crate) file_list: Option<PathBuf>,

    /// In the file list, names end in a zero byte, as `find -print0` writes them
    // Not by `requires` alone: clap forgives what is missing where something else conflicts with it.
    #[arg(short = '0', long, requires = "file_list", conflicts_with = "inputs")]
    pub(crate) null: bool,

    /// Take only files that match GLOB; may be repeated
    ///
    /// A glob without a slash is compared with the name, one with a slash with the path below the input.
    #[arg(long, value_name = "GLOB")]
    pub(crate) glob: Vec<String>,

    /// Leave out files and directories that match GLOB; may be repeated
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude: Vec<String>,

    /// Take hidden files and directories, too
    #[arg(long)]
    pub(crate) hidden: bool,

    /// Take what .gitignore, .ignore and their like leave out
    #[arg(long)]
    pub(crate) no_ignore: bool,

    /// Follow links to directories; links to files are followed anyway
    #[arg(short = 'L', long)]
    pub(crate) follow: bool,
}

/// How files of records are read and written.
#[derive(Args, Debug)]
#[command(next_help_heading = "Records")]
pub(crate) struct RecordArgs {
    #[command(flatten)]
    pub(crate) input: RecordInputArgs,

    /// Add what deleted lines said (published, updated, byline, section, url) to each record as the field NAME
    #[arg(long, value_name = "NAME")]
    pub(crate) meta_field: Option<String>,

    /// Add what was deleted, and by which rules, to each record as the field NAME
    #[arg(long, value_name = "NAME")]
    pub(crate) removals_field: Option<String>,

    /// What becomes of a record that cannot be read; it is named and counted in any case
    #[arg(long, value_enum, value_name = "WHAT", default_value_t)]
    pub(crate) on_error: OnError,
}

/// How files of records are read.
#[derive(Args, Debug)]
#[command(next_help_heading = "Records")]
pub(crate) struct RecordInputArgs {
    /// What the inputs hold [default: what their names say, else their contents]
    #[arg(long, value_name = "FORMAT", value_parser = record_format())]
    pub(crate) format: Option<RecordFormat>,

    #[command(flatten)]
    pub(crate) fields: FieldArgs,
}

impl RecordInputArgs {
    /// What the library calls them.
    pub(crate) fn options(&self) -> RecordOptions {
        RecordOptions { format: self.format, fields: self.fields.names(), ..RecordOptions::default() }
    }
}

/// What the fields of records are called.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Records")]
pub(crate) struct FieldArgs {
    /// The field that holds the text; in JSON and Parquet, data.text is the field text of data
    #[arg(long, value_name = "NAME", default_value = "text")]
    pub(crate) text_field: String,

    /// The field that holds the address, if a record has it
    #[arg(long, value_name = "NAME", default_value = "url")]
    pub(crate) url_field: String,

    /// The field that names the record in reports, if a record has it
    #[arg(long, value_name = "NAME", default_value = "id")]
    pub(crate) id_field: String,

    /// The field that holds the language, if a record has it
    #[arg(long, value_name = "NAME")]
    pub(crate) lang_field: Option<String>,
}

fn record_format() -> impl TypedValueParser<Value = RecordFormat> {
    let values = RecordFormat::ALL.iter().map(|format| PossibleValue::new(format.name()).help(format.meaning()));
    PossibleValuesParser::new(values).try_map(|name| name.parse::<RecordFormat>())
}

impl FieldArgs {
    /// What the library calls them.
    pub(crate) fn names(&self) -> FieldNames {
        FieldNames {
            text: self.text_field.clone(),
            url: self.url_field.clone(),
            id: self.id_field.clone(),
            lang: self.lang_field.clone(),
            added: Vec::new(),
        }
    }
}

impl RecordArgs {
    /// What the library calls them.
    pub(crate) fn options(&self) -> RecordOptions {
        RecordOptions {
            meta_field: self.meta_field.clone(),
            removals_field: self.removals_field.clone(),
            on_error: self.on_error.into(),
            ..self.input.options()
        }
    }
}

/// What becomes of a record that cannot be read.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum OnError {
    /// It passes as it is
    #[default]
    Keep,
    /// It is left out
    Skip,
    /// It ends its file, which is not written
    Fail,
}

impl From<OnError> for batch::OnError {
    fn from(what: OnError) -> Self {
        match what {
            OnError::Keep => Self::Keep,
            OnError::Skip => Self::Skip,
            OnError::Fail => Self::Fail,
        }
    }
}

/// When files are mapped into memory.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Map {
    /// Large files
    #[default]
    Auto,
    /// All files
    Always,
    /// No file
    Never,
}

impl From<Map> for MapChoice {
    fn from(map: Map) -> Self {
        match map {
            Map::Auto => Self::Auto,
            Map::Always => Self::Always,
            Map::Never => Self::Never,
        }
    }
}

/// Which files are on the disk before they take their place.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Fsync {
    /// Those that replace originals, and their ledger
    #[default]
    Auto,
    /// All files
    Always,
    /// No file
    Never,
}

impl Fsync {
    /// Whether files are synced that go to a destination.
    pub(crate) fn holds_for(self, destination: &Destination) -> bool {
        match self {
            Self::Auto => matches!(destination, Destination::InPlace { .. }),
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// Where the texts go, and what is told of them.
#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Write the texts below DIR, under the paths that they have below their input
    #[arg(short, long, value_name = "DIR", conflicts_with_all = ["in_place", "check", "diff"])]
    pub(crate) output: Option<PathBuf>,

    /// Under -o, make hard links to the files that do not change, instead of copies
    ///
    /// Original and output are then one file under two names: to edit one is to edit both. Where the file system allows
    /// no link, as between two devices, the file is copied.
    // Not by `requires` alone: clap forgives what is missing where something else conflicts with it.
    #[arg(long, requires = "output", conflicts_with_all = ["in_place", "check", "diff"])]
    pub(crate) link: bool,

    /// Replace the files that change
    #[arg(short, long, conflicts_with_all = ["check", "diff"])]
    pub(crate) in_place: bool,

    /// Keep the original of each file that changes, under its name and SUFFIX
    #[arg(long, value_name = "SUFFIX", requires = "in_place", conflicts_with_all = ["output", "check", "diff"])]
    pub(crate) backup: Option<String>,

    /// Under --in-place, let files that change look as old as before
    #[arg(long, requires = "in_place", conflicts_with_all = ["output", "check", "diff"])]
    pub(crate) preserve_times: bool,

    /// Write nothing; name the files that would change
    #[arg(long, conflicts_with = "diff")]
    pub(crate) check: bool,

    /// Write nothing; show what would change
    #[arg(long)]
    pub(crate) diff: bool,

    /// Write what was done to FILE, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,

    /// Compare with the report that an earlier run wrote to FILE, and say of which sources a much larger or smaller share goes
    ///
    /// Much is: twice or half as much, and ten percentage points; of sources with ten documents or more in both runs.
    #[arg(long, value_name = "FILE")]
    pub(crate) compare: Option<PathBuf>,

    /// Write what went to FILE, from which `deboil restore` gives the originals back; compressed if it ends in .gz or .zst
    #[arg(long, value_name = "FILE", conflicts_with_all = ["check", "diff"])]
    pub(crate) ledger: Option<PathBuf>,

    /// Do only what earlier runs did not do, were they killed or not
    ///
    /// A journal says what is done: of each file, hashes of what was read and written. A file counts as done if both are still
    /// so, and rules and options are the same. The journal is `.deboil-journal` in DIR, or with --in-place in the one directory
    /// that is cleaned, or FILE. A run without --resume keeps it, too, until all is done; with --resume it stays for the next one.
    /// With --ledger, the new ledger has what theirs have.
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, conflicts_with_all = ["check", "diff"])]
    pub(crate) resume: Option<Option<PathBuf>>,

    /// Which files are on the disk before they take their place, so that a power cut tears none
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, conflicts_with_all = ["check", "diff"])]
    pub(crate) fsync: Fsync,

    /// Fail if no rule matches in any document
    #[arg(long)]
    pub(crate) must_match: bool,

    /// Tell of nothing but failures
    #[arg(short, long, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// Tell of each document
    #[arg(short, long)]
    pub(crate) verbose: bool,
}

/// Give back what went from cleaned files, by the ledger of the cleaning
///
/// Each file becomes what it was, byte for byte; of compressed ones, what is compressed. A file that was edited since is
/// refused and named, and the others go on. What the ledger has no entry for did not change, and is copied. With --rule and
/// --category, what other rules deleted stays deleted.
#[derive(Args, Debug)]
#[command(after_help = RESTORE_EXAMPLES)]
pub(crate) struct RestoreArgs {
    /// Cleaned files, the directories that they were written to, globs, or - for standard input
    #[arg(value_name = "CLEANED")]
    pub(crate) inputs: Vec<PathBuf>,

    /// The ledger that `deboil clean --ledger` wrote
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: PathBuf,

    /// Bring back only what this rule deleted; may be repeated
    ///
    /// What several rules deleted together comes back if each of them is named, by itself or by its category.
    #[arg(long, value_name = "ID", help_heading = "What comes back")]
    pub(crate) rule: Vec<String>,

    /// Bring back only what rules of these categories deleted
    #[arg(long, value_name = "CATEGORY", value_delimiter = ',', value_parser = category(),
        help_heading = "What comes back")]
    pub(crate) category: Vec<Category>,

    #[command(flatten)]
    pub(crate) files: FileArgs,

    /// Treat standard input as if it were in the file PATH, the one that was cleaned
    #[arg(long, value_name = "PATH", help_heading = "Input")]
    pub(crate) stdin_filename: Option<PathBuf>,

    /// Write the originals below DIR, under the paths that the cleaned files have below their input
    #[arg(short, long, value_name = "DIR", conflicts_with = "in_place", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,

    /// Replace the cleaned files
    #[arg(short, long, help_heading = "Output")]
    pub(crate) in_place: bool,

    /// Which files are on the disk before they take their place, so that a power cut tears none
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, help_heading = "Output")]
    pub(crate) fsync: Fsync,

    /// Tell of nothing but failures
    #[arg(short, long, help_heading = "Output")]
    pub(crate) quiet: bool,
}

/// What is deleted.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "What goes")]
pub(crate) struct WhatArgs {
    /// Keep junk of these categories
    #[arg(long, value_name = "CATEGORY", value_delimiter = ',', value_parser = category(), conflicts_with = "only")]
    pub(crate) keep: Vec<Category>,

    /// Delete junk of these categories alone
    #[arg(long, value_name = "CATEGORY", value_delimiter = ',', value_parser = category(), hide_possible_values = true)]
    pub(crate) only: Vec<Category>,

    /// Apply rules that are less sure, too
    #[arg(long)]
    pub(crate) aggressive: bool,

    /// Apply rules that are on trial, too
    #[arg(long)]
    pub(crate) preview: bool,

    /// The input is the text of whole pages, menus and all, not what an extractor left of them
    #[arg(long)]
    pub(crate) full_page: bool,

    /// Shrink runs of blank lines and delete spaces at line ends, too
    #[arg(long)]
    pub(crate) tidy: bool,

    /// Let no rule touch quotes (lines that start with >), or code (between fences, or indented below a blank line)
    #[arg(long, value_name = "WHAT", value_delimiter = ',', value_parser = protect())]
    pub(crate) protect: Vec<Protect>,

    /// Leave a document alone that would lose more than this share of its words to rules that go by where text stands, or that
    /// are of low confidence [default: 0.7, with --full-page 0.95]
    ///
    /// Text whose copy stays does not count. What other rules delete may be more than that, up to the default.
    #[arg(long, value_name = "SHARE", value_parser = share, allow_negative_numbers = true)]
    pub(crate) max_removed: Option<f64>,
}

fn protect() -> impl TypedValueParser<Value = Protect> {
    PossibleValuesParser::new(Protect::NAMES).try_map(|name| name.parse::<Protect>())
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().map_err(|_| "it is no number; write one from 0 to 1, such as 0.5".to_owned())?;
    checked_share(share).map_err(|(what, cure)| format!("{what}; {cure}"))
}

pub(crate) fn category() -> impl TypedValueParser<Value = Category> {
    let values = Category::ALL.iter().map(|category| PossibleValue::new(category.name()).help(category.meaning()));
    PossibleValuesParser::new(values).try_map(|name| name.parse::<Category>())
}

/// What is known of the documents.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Where it is from")]
pub(crate) struct OriginArgs {
    /// The source of all documents; `deboil rules list` shows which are known
    #[arg(long, value_name = "ID")]
    pub(crate) source: Option<String>,

    /// The address that the document was scraped from (of one document only)
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,

    /// The language of all documents, such as en or pt-BR
    #[arg(long, value_name = "TAG")]
    pub(crate) lang: Option<String>,
}

/// Which rules there are.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Rules")]
pub(crate) struct RuleArgs {
    /// Use the rules of a file or directory, too; may be repeated
    #[arg(long, value_name = "PATH")]
    pub(crate) rules: Vec<PathBuf>,

    /// Read no deboil.toml
    #[arg(long)]
    pub(crate) isolated: bool,

    /// Leave out the rules that come with the program
    #[arg(long)]
    pub(crate) no_bundled: bool,

    /// Compile the rules anew, and do not keep them for the next run
    ///
    /// Rules of files are kept, compiled, below the user's directory for caches, or in that which DEBOIL_CACHE_DIR names.
    #[arg(long)]
    pub(crate) no_cache: bool,
}

/// Learn rules from texts of one source, and write them for you to read
///
/// Reads the texts twice: what recurs in them, and where it stands. The rule file says for each line in how many texts it
/// stands, and in which; what is doubtful is marked `confidence = "low"` and runs with --aggressive only. What rules delete
/// already is not learnt.
#[derive(Args, Debug)]
#[command(after_help = LEARN_EXAMPLES)]
pub(crate) struct LearnArgs {
    /// Directories, files or globs with texts of a source: two texts or more, twenty are better
    #[arg(value_name = "INPUT", required_unless_present = "file_list")]
    pub(crate) inputs: Vec<PathBuf>,

    /// What to call the source in the rule file
    #[arg(long, value_name = "ID", required_unless_present = "all")]
    pub(crate) source: Option<String>,

    /// Learn from texts of many sources, and write a file for each below -o
    ///
    /// A text is of the publisher that is recognised, else of the one that its folder below INPUT is named after.
    #[arg(long, conflicts_with_all = ["source", "host"])]
    pub(crate) all: bool,

    /// Write the rules to FILE instead of standard output; a file named after a host names it as the source's
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Add what FILE does not delete yet to its end; what stands in it stays as it is
    #[arg(long, requires = "output")]
    pub(crate) update: bool,

    /// A host name of the source; may be repeated
    #[arg(long, value_name = "HOST")]
    pub(crate) host: Vec<String>,

    /// Whether the inputs are the texts of whole pages, menus and all, or what an extractor left of them
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, num_args = 0..=1, require_equals = true,
        default_missing_value = "always")]
    pub(crate) full_page: FullPage,

    #[command(flatten)]
    pub(crate) input: InputArgs,

    #[command(flatten)]
    pub(crate) records: RecordInputArgs,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

/// Whether texts are those of whole pages.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum FullPage {
    /// If most of them look so
    #[default]
    Auto,
    /// They are
    Always,
    /// They are not
    Never,
}

impl FullPage {
    /// What the texts are, if that need not be seen from them.
    pub(crate) fn mode(self) -> Option<Mode> {
        match self {
            Self::Auto => None,
            Self::Always => Some(Mode::FullPage),
            Self::Never => Some(Mode::Extracted),
        }
    }
}

/// Show line by line what goes from a file, and why
#[derive(Args, Debug)]
#[command(after_help = EXPLAIN_EXAMPLES)]
pub(crate) struct ExplainArgs {
    /// The file, or - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// What to show
    #[arg(long, value_enum, value_name = "WHAT", default_value_t)]
    pub(crate) show: Show,

    /// How to show it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(crate) format: Format,

    /// Treat standard input as if it were in the file PATH
    #[arg(long, value_name = "PATH")]
    pub(crate) stdin_filename: Option<PathBuf>,

    /// Of a file of records, explain the one at this line, or in this row of a table, as reports name it
    #[arg(long, value_name = "LINE", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) record: Option<u64>,

    /// What the input holds [default: what its name says, else its contents]
    #[arg(long, value_name = "FORMAT", value_parser = record_format())]
    pub(crate) input_format: Option<RecordFormat>,

    /// Explain a binary file or a page of HTML as if it were a text
    #[arg(long)]
    pub(crate) force: bool,

    #[command(flatten)]
    pub(crate) fields: FieldArgs,
    #[command(flatten)]
    pub(crate) what: WhatArgs,
    #[command(flatten)]
    pub(crate) origin: OriginArgs,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

/// What `explain` shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Show {
    /// All lines, with what matched in them
    #[default]
    Lines,
    /// What matched
    Matches,
    /// What goes
    Removals,
}

/// How something is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// Write a page that shows what goes from many texts, for a person to look at
///
/// The page is one file, to be opened in a browser; it needs no network. It shows each text with what goes struck through,
/// the rule and its reason, the rules and sources that lose most, and what was left alone. What is wrongly deleted can be
/// marked there, and comes back as lines for a rule file. The texts themselves are not touched.
#[derive(Args, Debug)]
#[command(after_help = REVIEW_EXAMPLES)]
pub(crate) struct ReviewArgs {
    /// Files, directories, globs, or - for standard input
    #[arg(value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,

    /// Write the page to FILE
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: PathBuf,

    /// Show at most N documents; of more, some are picked from all over the inputs, always the same
    #[arg(long, value_name = "N", default_value_t = 2000, help_heading = "Output")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,

    /// Tell of nothing but failures
    #[arg(short, long, help_heading = "Output")]
    pub(crate) quiet: bool,

    #[command(flatten)]
    pub(crate) input: InputArgs,

    #[command(flatten)]
    pub(crate) records: RecordInputArgs,
    #[command(flatten)]
    pub(crate) what: WhatArgs,
    #[command(flatten)]
    pub(crate) origin: OriginArgs,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Cli::command().debug_assert();
    }
}
