//! The date, which the library never asks for.

use deboil::rule::Date;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Today's date in UTC.
pub(crate) fn today() -> Date {
    let date = Timestamp::now().to_zoned(TimeZone::UTC).date();
    Date { year: date.year().unsigned_abs(), month: date.month().unsigned_abs(), day: date.day().unsigned_abs() }
}
