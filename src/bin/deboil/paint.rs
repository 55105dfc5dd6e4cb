//! Colours, where they are wanted, and numbers as people read them.

use std::fmt;
use std::io;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Effects, Style};

/// Paints words, or leaves them as they are.
///
/// Not a stream that strips escape sequences: those in a document are the document's, and are passed on as they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint {
    on: bool,
}

impl Paint {
    /// For standard output.
    pub(crate) fn stdout() -> Self {
        Self { on: AutoStream::choice(&io::stdout()) != ColorChoice::Never }
    }

    /// For standard error.
    pub(crate) fn stderr() -> Self {
        Self { on: AutoStream::choice(&io::stderr()) != ColorChoice::Never }
    }

    /// Without colours.
    #[cfg(test)]
    pub(crate) fn plain() -> Self {
        Self { on: false }
    }

    /// Something wrong, or gone.
    pub(crate) fn bad<T>(self, what: T) -> Painted<T> {
        self.painted(what, AnsiColor::Red.on_default().effects(Effects::BOLD))
    }

    /// What went.
    pub(crate) fn removed<T>(self, what: T) -> Painted<T> {
        self.painted(what, AnsiColor::Red.on_default())
    }

    /// What came.
    pub(crate) fn added<T>(self, what: T) -> Painted<T> {
        self.painted(what, AnsiColor::Green.on_default())
    }

    /// A place.
    pub(crate) fn place<T>(self, what: T) -> Painted<T> {
        self.painted(what, AnsiColor::Cyan.on_default())
    }

    /// A name.
    pub(crate) fn name<T>(self, what: T) -> Painted<T> {
        self.painted(what, Style::new().effects(Effects::BOLD))
    }

    /// Something that deserves a look.
    pub(crate) fn note<T>(self, what: T) -> Painted<T> {
        self.painted(what, AnsiColor::Yellow.on_default())
    }

    /// Something by the way.
    pub(crate) fn faint<T>(self, what: T) -> Painted<T> {
        self.painted(what, Style::new().effects(Effects::DIMMED))
    }

    fn painted<T>(self, what: T, style: Style) -> Painted<T> {
        Painted { what, style: if self.on { style } else { Style::new() } }
    }
}

/// Something with its colour.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Painted<T> {
    what: T,
    style: Style,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.style)?;
        self.what.fmt(f)?;
        write!(f, "{:#}", self.style)
    }
}

impl<T: AsRef<[u8]>> Painted<T> {
    /// Writes bytes that need not be UTF-8.
    pub(crate) fn write_to(&self, out: &mut dyn io::Write) -> io::Result<()> {
        write!(out, "{}", self.style)?;
        out.write_all(self.what.as_ref())?;
        write!(out, "{:#}", self.style)
    }
}

/// A number with its thousands set apart.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number and what it counts, one or many.
pub(crate) fn count(many: u64, one: &str) -> String {
    format!("{} {one}{}", number(many), if many == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        let numbers = [0, 12, 999, 1_000, 1_234_567].map(number);
        assert_eq!(numbers, ["0", "12", "999", "1,000", "1,234,567"]);
        assert_eq!([count(1, "file"), count(2_000, "file")], ["1 file", "2,000 files"]);
    }
}
