//! Where a restored file goes: it appears there whole or not at all.

use std::io::{self, Read, StdoutLock, Write};
use std::path::PathBuf;

use deboil::batch::Cause;
use deboil::text::compression::{Compression, Encoder};
use deboil::text::output::{Draft, Times, check_way};
use deboil::text::seen::Seen;

/// Where a restored file goes.
#[derive(Clone, Debug)]
pub(super) enum Target {
    Stdout,
    /// To a file of its own below a directory, and whether it is synced.
    New {
        directory: PathBuf,
        below: PathBuf,
        syncs: bool,
    },
    /// In the place of the cleaned file, if that is still what it was, and whether it is synced.
    Replaced {
        path: PathBuf,
        seen: Option<Seen>,
        syncs: bool,
    },
}

/// A restored file in the making.
pub(super) enum Out {
    Stdout(StdoutLock<'static>),
    File(Box<Encoder<Draft>>),
}

impl Target {
    /// Starts the file. What goes to standard output is not compressed.
    pub(super) fn open(&self, compression: Option<Compression>) -> Result<Out, Cause> {
        let draft = match self {
            Self::Stdout => return Ok(Out::Stdout(io::stdout().lock())),
            Self::New { directory, below, syncs } => check_way(directory, below.parent().unwrap_or(below))
                .and_then(|()| Draft::new(&directory.join(below)))
                .map(|draft| draft.syncing(*syncs)),
            Self::Replaced { path, seen, syncs } => {
                Draft::replacing(path, None, Times::New).map(|draft| draft.in_place_of(path, *seen).syncing(*syncs))
            }
        };
        let encoder = draft.and_then(|draft| Encoder::new(compression, draft));
        encoder.map(|encoder| Out::File(Box::new(encoder))).map_err(|error| self.cannot_write(error))
    }

    /// Writes a whole file.
    pub(super) fn write(&self, mut bytes: &[u8]) -> Result<(), Cause> {
        self.write_from(&mut bytes)
    }

    /// Writes all that comes from elsewhere, as it is.
    pub(super) fn write_from(&self, from: &mut impl Read) -> Result<(), Cause> {
        let mut out = self.open(None)?;
        io::copy(from, &mut out).map_err(|error| self.cannot_write(error))?;
        self.finish(out)
    }

    /// Puts the file in its place.
    pub(super) fn finish(&self, out: Out) -> Result<(), Cause> {
        let finished = match out {
            Out::Stdout(mut stdout) => stdout.flush(),
            Out::File(encoder) => encoder.finish().and_then(Draft::finish),
        };
        finished.map_err(|error| self.cannot_write(error))
    }

    pub(super) fn cannot_write(&self, error: io::Error) -> Cause {
        let path = match self {
            Self::Stdout => PathBuf::from("-"),
            Self::New { directory, below, .. } => directory.join(below),
            Self::Replaced { path, .. } => path.clone(),
        };
        Cause::Write(path, error)
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(stdout) => stdout.write(bytes),
            Self::File(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(stdout) => stdout.flush(),
            Self::File(encoder) => encoder.flush(),
        }
    }
}
