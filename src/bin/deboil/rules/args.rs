//! The arguments of `deboil rules`, as clap reads them.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use deboil::Category;

use crate::args::{Format, RuleArgs, category};

/// Show, check and describe rules
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
    Check(RulesCheckArgs),
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
/// Exit status: 0 if all is well or there are but warnings, 1 if a rule fails, 2 if a rule file cannot be loaded.
#[derive(Args, Debug)]
pub(crate) struct RulesCheckArgs {
    /// Rule files and directories of them [default: all rules, bundled ones too]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}
