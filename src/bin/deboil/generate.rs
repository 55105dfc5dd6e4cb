//! Completion scripts and the manual page, made from the arguments themselves.

use std::io::{self, Write};

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use crate::args::{Cli, Generate};
use crate::status::{Status, Stop};

/// Prints what is asked for to standard output.
pub(crate) fn run(what: Generate) -> Result<Status, Stop> {
    let mut command = Cli::command();
    command.build();
    let mut text = Vec::new();
    let shell = match what {
        Generate::CompleteBash => Some(Shell::Bash),
        Generate::CompleteZsh => Some(Shell::Zsh),
        Generate::CompleteFish => Some(Shell::Fish),
        Generate::CompletePowershell => Some(Shell::PowerShell),
        Generate::CompleteElvish => Some(Shell::Elvish),
        Generate::Man => None,
    };
    match shell {
        Some(shell) => clap_complete::generate(shell, &mut command, "deboil", &mut text),
        None => manual(&command, &mut text)?,
    }
    io::stdout().lock().write_all(&text)?;
    Ok(Status::Fine)
}

/// One page for all commands: clap_mangen would make a page of each.
fn manual(command: &Command, text: &mut Vec<u8>) -> io::Result<()> {
    let page = Man::new(command.clone());
    page.render_title(text)?;
    page.render_name_section(text)?;
    write_body(command, text)?;
    for subcommand in subcommands(command) {
        write_section(subcommand, text)?;
    }
    page.render_version_section(text)
}

/// A command, and those below it, as a section with subsections.
fn write_section(command: &Command, text: &mut Vec<u8>) -> io::Result<()> {
    let mut body = Vec::new();
    write_body(command, &mut body)?;
    let body = String::from_utf8_lossy(&body).replace("\n.SH ", "\n.SS ");
    let title = command.get_bin_name().unwrap_or(command.get_name()).to_uppercase();
    write!(text, ".SH \"{title}\"\n{body}")?;
    subcommands(command).try_for_each(|subcommand| write_section(subcommand, text))
}

fn write_body(command: &Command, text: &mut Vec<u8>) -> io::Result<()> {
    let page = Man::new(command.clone());
    page.render_synopsis_section(text)?;
    page.render_description_section(text)?;
    page.render_options_section(text)?;
    match command.get_after_help() {
        Some(examples) => write_examples(&examples.to_string(), text),
        None => Ok(()),
    }
}

/// The examples as they are: in a terminal they fit, and lines of commands must not flow together.
fn write_examples(examples: &str, text: &mut Vec<u8>) -> io::Result<()> {
    let body = examples.strip_prefix("Examples:\n").unwrap_or(examples);
    writeln!(text, ".SH EXAMPLES\n.nf")?;
    for line in body.lines() {
        let escaped = line.replace('\\', "\\\\").replace('-', "\\-");
        // A line that starts with a quote or a dot would be a command to the formatter.
        writeln!(text, "\\&{escaped}")?;
    }
    writeln!(text, ".fi")
}

fn subcommands(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help")
}
