//! The date, which the library never asks for.

use std::time::{SystemTime, UNIX_EPOCH};

use deboil::rule::Date;

/// Today's date in UTC.
pub(crate) fn today() -> Date {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    date(since.as_secs() / (24 * 60 * 60))
}

/// The date of a day, counted from 1970-01-01.
///
/// Years are counted from March, so that a leap day is the last of its year, and in eras of 400 years, which are all as
/// long as each other.
fn date(days: u64) -> Date {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = 400 * era + year_of_era + u64::from(month <= 2);
    Date { year: year as u16, month: month as u8, day: (of_year - (153 * from_march + 2) / 5 + 1) as u8 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_dates() {
        let dates = [0, 58, 59, 11_016, 11_017, 19_782, 19_783, 47_541].map(|days| date(days).to_string());
        let expected =
            ["1970-01-01", "1970-02-28", "1970-03-01", "2000-02-29", "2000-03-01", "2024-02-29", "2024-03-01"];
        assert_eq!(dates[..7], expected);
        assert_eq!(dates[7], "2100-03-01");
    }
}
