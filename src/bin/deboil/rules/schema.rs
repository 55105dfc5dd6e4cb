//! `deboil rules schema`.

use std::io::{self, Write};

use deboil::rule::schema::schema;

use crate::status::{Status, Stop};

/// Prints the JSON Schema of rule files.
pub(crate) fn run() -> Result<Status, Stop> {
    writeln!(io::stdout().lock(), "{:#}", schema())?;
    Ok(Status::Fine)
}
