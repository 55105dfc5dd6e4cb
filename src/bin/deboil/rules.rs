//! `deboil rules`.

pub(crate) mod args;
mod check;
mod docs;
mod draft;
mod effect;
mod excerpt;
mod list;
mod new;
mod schema;
mod show;
mod trial;

pub(crate) use show::text_of;

use crate::status::{Status, Stop};
use args::RulesCommand;

/// Shows, checks, tries or writes rules.
pub(crate) fn run(command: &RulesCommand) -> Result<Status, Stop> {
    match command {
        RulesCommand::Check(args) => check::run(args),
        RulesCommand::Docs(args) => docs::run(args),
        RulesCommand::List(args) => list::run(args),
        RulesCommand::New(args) => new::run(args),
        RulesCommand::Schema => schema::run(),
        RulesCommand::Show(args) => show::run(args),
        RulesCommand::Try(args) => trial::run(args),
    }
}
