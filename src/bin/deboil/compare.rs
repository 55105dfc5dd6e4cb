//! `--compare`: whether a run deletes much more, or much less, than the one before it.
//!
//! A publisher that changes its pages makes rules stale, or hit what they should not; both show in the share of its texts that
//! goes. That differs between any two batches. Of halves of one crawl, one pair in a hundred differs as much as counts as a jump
//! here (`benches/guards`).

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use deboil::Ruleset;
use deboil::batch::Report;
use deboil::batch::report::SourceTally;
use serde::{Deserialize, Serialize};

use crate::status::Stop;

/// How many documents each run must have of a source: the share of a few texts says little.
const DOCUMENTS: u64 = 10;

/// By how much the shares must differ.
const POINTS: f64 = 0.1;

/// How many times the smaller share the larger one must be.
const RATIO: f64 = 2.0;

/// What the report of an earlier run says of its sums.
#[derive(Debug, Deserialize)]
pub(crate) struct Last {
    total: LastTotal,
}

#[derive(Debug, Deserialize)]
struct LastTotal {
    #[serde(flatten)]
    all: LastTally,
    by_source: BTreeMap<String, LastTally>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct LastTally {
    documents: u64,
    bytes_in: u64,
    bytes_out: u64,
}

impl LastTally {
    fn tally(self) -> SourceTally {
        SourceTally { documents: self.documents, bytes_in: self.bytes_in, bytes_out: self.bytes_out }
    }
}

/// A share that jumped.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Jump<'a> {
    /// The source; none for all texts together.
    pub(crate) source: Option<&'a str>,
    /// Which share of their bytes texts lost in the earlier run.
    pub(crate) before: f64,
    /// Which share they lose now.
    pub(crate) now: f64,
    /// How many documents of it there are now.
    pub(crate) documents: u64,
}

impl Last {
    /// Reads the report of an earlier run.
    pub(crate) fn read(path: &Path) -> Result<Self, Stop> {
        let file = File::open(path);
        let file =
            file.map_err(|error| Stop::new(format!("cannot read the report `{}`: {error}", path.display()), ""))?;
        serde_json::from_reader(BufReader::new(file)).map_err(|error| {
            let what = format!("`{}` is no report of this version: {error}", path.display());
            Stop::new(what, "name a file that `deboil clean --report FILE` wrote")
        })
    }

    /// The sources of which much more or much less goes than then, and all texts together if that holds for them.
    pub(crate) fn jumps<'a>(&self, rules: &'a Ruleset, report: &Report) -> Vec<Jump<'a>> {
        let all = SourceTally { documents: report.documents, bytes_in: report.bytes_in, bytes_out: report.bytes_out };
        let all = jump(None, self.total.all.tally(), all);
        let of_source = |(source, now)| {
            let id = rules.source(source).id.as_str();
            jump(Some(id), self.total.by_source.get(id)?.tally(), now)
        };
        all.into_iter().chain(report.sources().into_iter().filter_map(of_source)).collect()
    }
}

fn jump(source: Option<&str>, before: SourceTally, now: SourceTally) -> Option<Jump<'_>> {
    let documents = now.documents;
    if documents.min(before.documents) < DOCUMENTS {
        return None;
    }
    let (before, now) = (share(before), share(now));
    let is_jump = (before - now).abs() >= POINTS && before.max(now) >= RATIO * before.min(now);
    is_jump.then_some(Jump { source, before, now, documents })
}

fn share(tally: SourceTally) -> f64 {
    tally.bytes_in.saturating_sub(tally.bytes_out) as f64 / tally.bytes_in.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_jump(before: (u64, u64), now: (u64, u64)) -> bool {
        let tally = |(documents, lost): (u64, u64)| SourceTally { documents, bytes_in: 1000, bytes_out: 1000 - lost };
        jump(None, tally(before), tally(now)).is_some()
    }

    #[test]
    fn a_share_jumps_if_it_changes_by_points_and_by_a_factor() {
        assert!(is_jump((10, 50), (10, 160)));
        assert!(is_jump((10, 160), (10, 50)), "downwards, too");
        assert!(!is_jump((10, 10), (10, 90)), "few points");
        assert!(!is_jump((10, 300), (10, 450)), "a small factor");
        assert!(is_jump((10, 0), (10, 100)));
        assert!(!is_jump((9, 50), (10, 160)) && !is_jump((10, 50), (9, 160)), "few texts");
    }
}
