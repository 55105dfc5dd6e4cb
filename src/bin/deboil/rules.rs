//! `deboil rules`.

mod check;
mod list;
mod show;

pub(crate) use show::text_of;

use crate::args::RulesCommand;
use crate::status::{Status, Stop};

/// Shows or checks rules.
pub(crate) fn run(command: &RulesCommand) -> Result<Status, Stop> {
    match command {
        RulesCommand::Check(args) => check::run(args),
        RulesCommand::List(args) => list::run(args),
        RulesCommand::Show(args) => show::run(args),
    }
}
