//! Turns arguments into what the library wants.

use std::env;
use std::io;

use deboil::config::Config;
use deboil::error::did_you_mean;
use deboil::rule::settings::Settings;
use deboil::{Categories, Mode, Options, Ruleset, RulesetBuilder};

use crate::args::{OriginArgs, RuleArgs, WhatArgs};
use crate::cache::Cache;
use crate::status::Stop;

/// Loads the bundled rules, those of the configuration and those of the command line.
///
/// They stay for as long as the program runs: its end takes them all at once.
pub(crate) fn load(args: &RuleArgs) -> Result<&'static Ruleset, Stop> {
    not_empty(Sources::of(args, &[])?.load()?)
}

/// Loads the same, none of it as it was kept by an earlier run.
pub(crate) fn load_anew(args: &RuleArgs) -> Result<&'static Ruleset, Stop> {
    not_empty(Sources { cache: None, ..Sources::of(args, &[])? }.load()?)
}

/// Loads the same, and rules that were learnt.
pub(crate) fn load_with(args: &RuleArgs, learnt: &[String]) -> Result<&'static Ruleset, Stop> {
    Sources { cache: None, ..Sources::of(args, learnt)? }.load()
}

/// Loads the same without those, and runs the examples of all that did not come with the program: nothing is cleaned by a
/// rule that does not do what its author says.
pub(crate) fn load_proven(args: &RuleArgs) -> Result<&'static Ruleset, Stop> {
    not_empty(load_any_proven(args)?)
}

/// Loads the same, where there need not be any.
pub(crate) fn load_any_proven(args: &RuleArgs) -> Result<&'static Ruleset, Stop> {
    Sources::of(args, &[])?.load_proven()
}

fn not_empty(rules: &'static Ruleset) -> Result<&'static Ruleset, Stop> {
    if rules.is_empty() {
        return Err(Stop::new("there are no rules", "leave out --no-bundled, or name a rule file with --rules PATH"));
    }
    Ok(rules)
}

/// What rules are made of.
struct Sources {
    builder: RulesetBuilder,
    settings: Settings,
    cache: Option<Cache>,
}

impl Sources {
    fn of(args: &RuleArgs, learnt: &[String]) -> Result<Self, Stop> {
        let config = configuration(args)?;
        let mut builder = Ruleset::builder().bundled(!args.no_bundled);
        for path in config.rules.iter().chain(&args.rules) {
            builder = builder.path(path);
        }
        for text in learnt {
            builder = builder.text("learnt", text);
        }
        let cache = if args.no_cache { None } else { Cache::of(&builder, !args.no_bundled) };
        Ok(Self { builder, settings: config.settings, cache })
    }

    fn load(self) -> Result<&'static Ruleset, Stop> {
        let rules = match kept(self.cache.as_ref(), self.builder) {
            Ok(rules) => rules,
            Err(builder) => builder.build()?,
        };
        leaked(rules, self.settings)
    }

    /// Only what was proven is kept.
    fn load_proven(self) -> Result<&'static Ruleset, Stop> {
        let rules = match kept(self.cache.as_ref(), self.builder) {
            Ok(rules) => rules,
            Err(builder) => {
                let rules = builder.build()?;
                deboil::prove::own_packs(&rules)?;
                self.cache.iter().for_each(|cache| cache.write(&rules));
                rules
            }
        };
        leaked(rules, self.settings)
    }
}

/// The rules as an earlier run kept them, else what they can be built of.
fn kept(cache: Option<&Cache>, builder: RulesetBuilder) -> Result<Ruleset, Box<RulesetBuilder>> {
    match cache.and_then(Cache::read) {
        Some(kept) => builder.restore(kept),
        None => Err(builder.into()),
    }
}

fn leaked(rules: Ruleset, settings: Settings) -> Result<&'static Ruleset, Stop> {
    Ok(Box::leak(Box::new(rules.configured(settings)?)))
}

/// The configuration, if it is to be read. A working directory that is gone has none; one that cannot be told may have
/// one, without which more could go than should.
pub(crate) fn configuration(args: &RuleArgs) -> Result<Config, Stop> {
    if args.isolated {
        return Ok(Config::default());
    }
    match env::current_dir() {
        Ok(directory) => Ok(Config::find(&directory)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Config::default()),
        Err(error) => Err(Stop::new(format!("cannot find the working directory: {error}"), "use --isolated")),
    }
}

/// How to clean: what the command line says counts more than what the configuration says.
pub(crate) fn options(args: &WhatArgs, rules: &RuleArgs) -> Result<Options, Stop> {
    let config = configuration(rules)?;
    let keep = match (args.keep.as_slice(), args.only.as_slice()) {
        ([], []) => config.keep,
        (keep, []) => keep.iter().copied().collect(),
        (_, only) => only.iter().copied().collect::<Categories>().complement(),
    };
    let protect = if args.protect.is_empty() { config.protect } else { args.protect.iter().copied().collect() };
    Ok(Options {
        mode: if args.full_page { Mode::FullPage } else { Mode::Extracted },
        keep,
        preview: args.preview,
        aggressive: args.aggressive,
        tidy: args.tidy,
        protect,
        max_removed: args.max_removed.or(config.max_removed),
    })
}

/// Rejects a source that no pack has: its rules would be missing without a word.
pub(crate) fn check_source(rules: &Ruleset, args: &OriginArgs) -> Result<(), Stop> {
    match &args.source {
        Some(id) if rules.source_by_id(id).is_none() => {
            let known: Vec<&str> = rules.sources().map(|(_, source)| source.id.as_str()).collect();
            Err(Stop::new(format!("unknown source `{id}`"), did_you_mean(id, known)))
        }
        _ => Ok(()),
    }
}

/// The mistake of naming a file for a text that is not read from standard input.
pub(crate) fn stdin_filename_without_stdin() -> Stop {
    Stop::new("--stdin-filename is for standard input", "leave it out, or pass the text by `< FILE`")
}
