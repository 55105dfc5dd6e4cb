//! The command line of deboil: arguments become a plan, the library does the work, printers tell of it.

mod account;
mod args;
mod cache;
mod clean;
mod collector;
mod compare;
mod contents;
mod delivery;
mod diff;
mod earlier;
mod explain;
mod generate;
mod interrupt;
mod journal;
mod learn;
mod learning;
mod ledger;
mod paint;
mod plan;
mod progress;
mod reading;
mod records_file;
mod report;
mod restore;
mod resume;
mod review;
mod rules;
mod setup;
mod status;
mod teller;
mod today;
mod walk;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use args::{Cli, Command};
use paint::Paint;
use status::{Status, Stop};

fn main() -> ExitCode {
    interrupt::survive_file_limits();
    let cli = Cli::parse();
    cli.color.make_global();
    let status = run(&cli).unwrap_or_else(tell);
    ExitCode::from(status.code())
}

fn run(cli: &Cli) -> Result<Status, Stop> {
    match (&cli.generate, &cli.command) {
        (Some(what), None) => generate::run(*what),
        (Some(_), Some(_)) => Err(usage(ErrorKind::ArgumentConflict, "--generate stands alone, without a command")),
        (None, Some(Command::Clean(args))) => clean::run(args),
        (None, Some(Command::Explain(args))) => explain::run(args),
        (None, Some(Command::Learn(args))) => learn::run(args),
        (None, Some(Command::Restore(args))) => restore::run(args),
        (None, Some(Command::Review(args))) => review::run(args),
        (None, Some(Command::Rules(args))) => rules::run(&args.command),
        (None, None) => {
            Err(usage(ErrorKind::MissingSubcommand, "say what to do: clean, restore, explain, learn, review or rules"))
        }
    }
}

fn usage(kind: ErrorKind, message: &str) -> Stop {
    Stop::Usage(Cli::command().error(kind, message))
}

/// Says why the program ends early. Where standard error is gone too, there is nobody to say it to.
fn tell(stop: Stop) -> Status {
    let paint = Paint::stderr();
    let mut stderr = io::stderr().lock();
    match stop {
        Stop::Pipe => return Status::Fine,
        Stop::Usage(error) => drop(error.print()),
        Stop::Errors(errors) => {
            for error in errors.0 {
                let _ = match error.place {
                    Some(_) => writeln!(stderr, "{error}"),
                    None => writeln!(stderr, "{}: {error}", paint.bad("error")),
                };
            }
        }
    }
    Status::Error
}
