//! How the program ends.

use std::io;

use deboil::{Error, Errors};

/// What the exit status says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// All is done.
    Fine,
    /// There are findings, and the user asked whether there are.
    Findings,
    /// Something could not be done.
    Error,
    /// The user ended it.
    Interrupted,
}

impl Status {
    /// The number that the shell sees.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Findings => 1,
            Self::Error => 2,
            // What shells give a program that SIGINT ended.
            Self::Interrupted => 130,
        }
    }
}

/// What ends the program before its work is done.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Mistakes, to be printed.
    Errors(Errors),
    /// A wrong use of the command line, in clap's words.
    Usage(clap::Error),
    /// Nobody reads the output any more, which is no mistake.
    Pipe,
}

impl Stop {
    /// A mistake with no place in a file.
    pub(crate) fn new(what: impl Into<String>, cure: impl Into<String>) -> Self {
        Error::new(what, cure).into()
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Errors(error.into())
    }
}

impl From<Errors> for Stop {
    fn from(errors: Errors) -> Self {
        Self::Errors(errors)
    }
}

/// Of standard output: other files have a name, and their errors say it.
impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Pipe,
            _ => Self::new(format!("cannot write to standard output: {error}"), ""),
        }
    }
}
