//! The arguments of `deboil rules`, as clap reads them.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use deboil::batch::{Batch, RecordOptions};
use deboil::rule::Date;
use deboil::text::format::FieldNames;
use deboil::{Category, Mode, Options, Ruleset};

use crate::args::{FileArgs, Format, RuleArgs, category};
use crate::status::Stop;
use crate::walk::Inputs;

const TRY_EXAMPLES: &str = "\
Examples:
  deboil rules try 'Tap here for the tide table' scrapes
  deboil rules try 'Photo by' scrapes --match starts --max-words 8
  deboil rules try 'Read more here.' scrapes --phrase
  deboil rules try 'Updated: \\d+ \\w+ \\d{4}' scrapes --regex --where head
  deboil rules try 'Most read' scrapes --cut --hits 0
";

const CHECK_EXAMPLES: &str = "\
Examples:
  deboil rules check
  deboil rules check my-rules.toml
  deboil rules check my-rules --corpus scrapes
  deboil rules check --corpus scrapes --format json | jq '.corpus.overlaps'

Exit status: 0 if all is well or there are but warnings, 1 if a rule fails, 2 if a rule file cannot be loaded or a text
cannot be read.
";

const NEW_EXAMPLES: &str = "\
Examples:
  deboil rules new example.com
  deboil rules new https://www.example.com/news -o rules/publishers/example.com.toml
";

/// Show, check, try and write rules
#[derive(Args, Debug)]
pub(crate) struct RulesArgs {
    #[command(subcommand)]
    pub(crate) command: RulesCommand,
}

/// What to do with rules.
#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    List(RulesListArgs),
    Show(RulesShowArgs),
    Check(Box<RulesCheckArgs>),
    Try(Box<RulesTryArgs>),
    New(RulesNewArgs),
    Docs(RulesDocsArgs),
    /// Print the JSON Schema of rule files, with which editors complete and check them
    Schema,
}

/// List the rules
#[derive(Args, Debug)]
pub(crate) struct RulesListArgs {
    /// Only the rules of the pack of a source
    #[arg(long, value_name = "ID")]
    pub(crate) source: Option<String>,

    /// Only the rules of a category
    #[arg(long, value_name = "CATEGORY", value_parser = category(), hide_possible_values = true)]
    pub(crate) category: Option<Category>,

    /// Say where each rule is defined, whose place it takes, who switched it off, and whether its category is kept
    #[arg(long)]
    pub(crate) effective: bool,

    /// How to show it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(crate) format: Format,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

/// Show a rule: its pack, its meaning, its examples, its text
#[derive(Args, Debug)]
pub(crate) struct RulesShowArgs {
    /// The id of the rule
    #[arg(value_name = "ID")]
    pub(crate) id: String,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

/// Prove rules: run their examples and tests, and name what can do nothing or costs too much
///
/// With --corpus it also tells what the rules do to some texts: which fire, which never do, which delete most, which
/// fire in paragraphs of prose, which delete the same as another one, and which are stale: their junk was last seen
/// more than a year ago, and is not in the corpus.
#[derive(Args, Debug)]
#[command(after_help = CHECK_EXAMPLES)]
pub(crate) struct RulesCheckArgs {
    /// Rule files and directories of them [default: all rules, bundled ones too]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    /// How to show it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(crate) format: Format,

    /// Run the rules on these files, directories or globs, too; may be repeated
    #[arg(long, value_name = "INPUT", help_heading = "Corpus")]
    pub(crate) corpus: Vec<PathBuf>,

    /// Apply rules that are less sure, too
    #[arg(long, requires = "corpus", help_heading = "Corpus")]
    pub(crate) aggressive: bool,

    /// Apply rules that are on trial, too
    #[arg(long, requires = "corpus", help_heading = "Corpus")]
    pub(crate) preview: bool,

    /// Name at most N rules of each sort; 0 names all
    #[arg(long, value_name = "N", default_value_t = 10, requires = "corpus", help_heading = "Corpus")]
    pub(crate) top: usize,

    /// The day from which a year is counted back [default: today]
    #[arg(long, value_name = "DATE", requires = "corpus", help_heading = "Corpus")]
    pub(crate) today: Option<Date>,

    #[command(flatten)]
    pub(crate) reading: CorpusArgs,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

/// Show what a rule would delete before there is one
///
/// Without an option the rule is one for whole lines that equal TEXT. It is shown at the end as it would stand in a
/// rule file, with examples from the texts. No other rule runs.
#[derive(Args, Debug)]
#[command(after_help = TRY_EXAMPLES)]
pub(crate) struct RulesTryArgs {
    /// What the rule looks for: a text, or with --regex a pattern
    #[arg(value_name = "TEXT")]
    pub(crate) text: String,

    /// Files, directories or globs
    #[arg(value_name = "INPUT", required = true)]
    pub(crate) inputs: Vec<PathBuf>,

    /// Show at most N hits; 0 shows all
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) hits: usize,

    #[command(flatten)]
    pub(crate) draft: DraftArgs,
    #[command(flatten)]
    pub(crate) reading: CorpusArgs,
}

/// What the rule that is tried says.
#[derive(Args, Debug)]
#[command(next_help_heading = "Rule")]
pub(crate) struct DraftArgs {
    /// How TEXT must stand in a line for the line to go
    #[arg(long = "match", value_enum, value_name = "HOW", default_value_t)]
    #[arg(conflicts_with_all = ["phrase", "regex", "cut"])]
    pub(crate) how: LineMatch,

    /// Delete TEXT inside lines
    #[arg(long, conflicts_with_all = ["regex", "cut"])]
    pub(crate) phrase: bool,

    /// With --phrase, delete all from TEXT through END in the same line
    #[arg(long, value_name = "END", requires = "phrase")]
    pub(crate) through: Option<String>,

    /// Delete lines that the pattern TEXT matches as a whole, or its group `junk`
    #[arg(long, conflicts_with = "cut")]
    pub(crate) regex: bool,

    /// Delete all from a line that equals TEXT to the end, or with --where head from the start
    #[arg(long)]
    pub(crate) cut: bool,

    /// The longest line, in words, that the rule may touch [default: 20 for kinds that need a bound]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_words: Option<u32>,

    /// The part of the document in which it looks
    #[arg(long = "where", value_enum, value_name = "PART")]
    pub(crate) place: Option<Part>,

    /// A text that protects a line that has it; may be repeated
    #[arg(long, value_name = "TEXT")]
    pub(crate) unless: Vec<String>,

    /// What kind of junk it is
    #[arg(long, value_name = "CATEGORY", value_parser = category(), hide_possible_values = true)]
    #[arg(default_value = "navigation")]
    pub(crate) category: Category,

    /// The name of the rule [default: made of TEXT]
    #[arg(long)]
    pub(crate) id: Option<String>,
}

/// How a text must stand in a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LineMatch {
    /// The line is the text
    #[default]
    Equals,
    /// The line starts with it
    Starts,
    /// The line ends with it
    Ends,
    /// The line holds it
    Contains,
}

/// A part of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Up to the end of the first prose
    Head,
    /// Neither head nor tail
    Body,
    /// From the start of the last prose on
    Tail,
}

/// How texts are read that are looked at and not cleaned.
#[derive(Args, Debug, Default, PartialEq, Eq)]
#[command(next_help_heading = "Texts")]
pub(crate) struct CorpusArgs {
    /// Take only files that match GLOB; may be repeated
    #[arg(long, value_name = "GLOB")]
    glob: Vec<String>,

    /// Leave out files and directories that match GLOB; may be repeated
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,

    /// The field of records that holds the text [default: text]
    #[arg(long, value_name = "NAME")]
    text_field: Option<String>,

    /// The texts are those of whole pages, menus and all
    #[arg(long)]
    full_page: bool,

    /// How many threads to use [default: as many as the machine runs at once]
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

impl CorpusArgs {
    /// The files that the command line names.
    pub(crate) fn inputs(&self, named: &[PathBuf]) -> Result<Inputs, Stop> {
        let args = FileArgs { glob: self.glob.clone(), exclude: self.exclude.clone(), ..Default::default() };
        Inputs::new(named, &args, None)
    }

    /// The rules and how they are applied.
    pub(crate) fn batch<'r>(&self, rules: &'r Ruleset, options: Options) -> Batch<'r> {
        let mut fields = FieldNames::default();
        fields.text.clone_from(self.text_field.as_ref().unwrap_or(&fields.text.clone()));
        Batch {
            options: Options { mode: if self.full_page { Mode::FullPage } else { Mode::Extracted }, ..options },
            records: RecordOptions { fields, ..Default::default() },
            threads: self.threads.map_or(0, usize::from),
            ..Batch::of(rules)
        }
    }
}

/// Write a rule file to start from, with comments that say how to go on
#[derive(Args, Debug)]
#[command(after_help = NEW_EXAMPLES)]
pub(crate) struct RulesNewArgs {
    /// The host of the publisher, or an address there
    #[arg(value_name = "HOST")]
    pub(crate) host: String,

    /// Write it to FILE, which must not be there yet [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// The name of the source [default: made of HOST]
    #[arg(long)]
    pub(crate) id: Option<String>,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

/// Write the catalogue of the bundled rules as pages of Markdown
#[derive(Args, Debug)]
pub(crate) struct RulesDocsArgs {
    /// The directory of the pages
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,

    /// Write nothing; name the pages that are not as they should be
    ///
    /// Exit status: 0 if all are, 1 if one is not.
    #[arg(long)]
    pub(crate) check: bool,
}
