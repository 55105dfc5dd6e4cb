//! What a command reads: standard input, or the files that its arguments name.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use clap::error::ErrorKind;

use crate::args::{Cli, FileArgs, InputArgs, OriginArgs};
use crate::setup;
use crate::status::Stop;
use crate::walk::Inputs;

/// What a command reads.
pub(crate) enum Reading {
    /// Standard input.
    Stdin,
    /// Files.
    Files(Inputs),
}

impl Reading {
    /// What the arguments of a command say. `backup` ends the names of files that are none of its inputs.
    pub(crate) fn of(
        command: &str,
        named: &[PathBuf],
        args: &InputArgs,
        origin: &OriginArgs,
        backup: Option<&str>,
    ) -> Result<Self, Stop> {
        if is_stdin(command, named, &args.files)? {
            return Ok(Self::Stdin);
        }
        let inputs = Inputs::new(named, &args.files, backup)?;
        check_of_one_document(command, args, origin, &inputs)?;
        Ok(Self::Files(inputs))
    }
}

/// Whether the text comes from standard input: asked for, or piped with no input named.
pub(crate) fn is_stdin(command: &str, named: &[PathBuf], args: &FileArgs) -> Result<bool, Stop> {
    let is_dash = |path: &PathBuf| path == Path::new("-");
    match named {
        [] if args.file_list.is_some() => Ok(false),
        [] if io::stdin().is_terminal() => Err(nothing_named(command)),
        [] => Ok(true),
        [one] if is_dash(one) => Ok(true),
        several if several.iter().any(is_dash) => {
            Err(Stop::new("standard input (-) stands among other inputs", format!("{command} it alone")))
        }
        _ => Ok(false),
    }
}

fn nothing_named(command: &str) -> Stop {
    let mut cli = Cli::command();
    cli.build();
    let subcommand = cli.find_subcommand_mut(command).expect("it is the command that runs");
    let message = format!("name a file or directory to {command}, or - for standard input");
    Stop::Usage(subcommand.error(ErrorKind::MissingRequiredArgument, message))
}

/// Rejects what can be said of one document only.
fn check_of_one_document(command: &str, args: &InputArgs, origin: &OriginArgs, inputs: &Inputs) -> Result<(), Stop> {
    if args.stdin_filename.is_some() {
        return Err(setup::stdin_filename_without_stdin());
    }
    if origin.url.is_some() && inputs.single_file().is_none() {
        return Err(Stop::new(
            "--url is of one document",
            format!("{command} one file, or name the source of all with --source ID"),
        ));
    }
    Ok(())
}
