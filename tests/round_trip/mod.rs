//! Cleans with a ledger, and gives back by it what was cleaned.

use std::fs;
use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::Path;

use deboil::batch::{Batch, Cause, Collect, Done, Failure, Input, Record, RecordOptions, RecordsOf, Stream, Told};
use deboil::ledger::{
    Entry, Fate, Fields, Found, Header, Ledger, Line, LineJson, Piece, RecordFile, RestoredRecords, Selection, Writer,
};
use deboil::{Options, Ruleset};

/// What comes out of a cleaning.
pub(crate) struct Cleaned {
    /// What is left of the input.
    pub(crate) bytes: Vec<u8>,
    /// What the ledger keeps of it.
    pub(crate) ledger: Vec<u8>,
    /// Whether the input as a whole could not be cleaned; what is left of it then says nothing.
    pub(crate) has_failed: bool,
}

/// Takes what comes out of a batch, and writes its ledger.
struct Collected {
    bytes: Vec<u8>,
    ledger: Writer<Vec<u8>>,
    has_failed: bool,
}

impl Collect<(), (Vec<u8>, Option<LineJson>)> for Collected {
    fn settle(&mut self, _: &Record, made: &mut (Vec<u8>, Option<LineJson>)) -> Result<(), Cause> {
        made.1.iter().for_each(|line| self.ledger.add(line).unwrap());
        Ok(())
    }

    fn tell(&mut self, told: Told<'_, (Vec<u8>, Option<LineJson>)>) -> ControlFlow<()> {
        match told {
            Ok((record, (file, _))) if record.name.line.is_none() => self.bytes = file,
            Err(failure) if failure.line.is_none() => self.has_failed = true,
            // A record; some are bad ones.
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn begin(&mut self, records: &RecordsOf<'_, ()>) -> Result<(), Cause> {
        self.ledger.add(&Line::File(RecordFile::of(records, Path::new(NAME))).to_json()).unwrap();
        for piece in Piece::of(records) {
            self.ledger.add(&Line::Piece(piece?).to_json()).unwrap();
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Cause> {
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn abandon(&mut self) {
        self.has_failed = true;
    }
}

/// What the ledger calls the only file.
pub(crate) const NAME: &str = "sub/a";

/// What is read from memory.
pub(crate) fn stream(bytes: &[u8]) -> Input {
    Input::Stream { path: Some(NAME.into()), stream: Stream(Box::new(Cursor::new(bytes.to_vec()))) }
}

/// Cleans an input, whether or not it looks like a text.
pub(crate) fn cleaned(rules: &Ruleset, options: Options, records: RecordOptions, input: Input) -> Cleaned {
    let names = records.names();
    let header = Header { fields: Fields { text: names.text, added: names.added }, ..Header::default() };
    let ledger = Writer::new(Vec::new(), header).unwrap();
    let mut collected = Collected { bytes: Vec::new(), ledger, has_failed: false };
    let batch = Batch { options, records, threads: 1, force: true, ..Batch::of(rules) };
    let finish = |done: &Done<'_>, (): &()| {
        let line = Entry::of(rules, done, Path::new(NAME)).map(|entry| Line::Document(entry).to_json());
        let file = done.new_file().map_err(Cause::Read)?;
        Ok((file.concat(), line))
    };
    batch.run([Ok::<_, Failure>((input, ()))].into_iter(), finish, &mut collected);
    let Collected { bytes, ledger, has_failed } = collected;
    Cleaned { bytes, ledger: ledger.finish().unwrap(), has_failed }
}

/// Opens a ledger and looks the only file up.
pub(crate) fn found(ledger: &[u8]) -> (Ledger, Option<Found>) {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), ledger).unwrap();
    found_in(file.path())
}

/// The same with a ledger that stays where it is.
pub(crate) fn found_in(ledger: &Path) -> (Ledger, Option<Found>) {
    let mut ledger = Ledger::open(ledger).unwrap();
    let found = ledger.find(Path::new(NAME), Path::new(NAME)).unwrap();
    (ledger, found)
}

/// Restores a file of records; nothing of it may be refused.
pub(crate) fn restored(ledger: &[u8], cleaned: Vec<u8>, selection: &Selection) -> Vec<u8> {
    let (mut ledger, found) = found(ledger);
    let Some(Found::Records(file)) = found else { panic!("it holds records") };
    let mut records = RestoredRecords::open(&mut ledger, &file, selection, Cursor::new(cleaned)).unwrap();
    let mut restored = records.head().to_vec();
    for record in records.by_ref() {
        let record = record.unwrap();
        assert!(matches!(record.fate, Fate::Kept | Fate::Restored), "{record:?}");
        restored.extend_from_slice(&record.bytes);
    }
    restored
}

/// A text without the removals that another rule than the selected one made, too.
pub(crate) fn without_others(entry: &Entry<'_>, text: &[u8], selection: &Selection) -> Vec<u8> {
    let stays = |at: usize| {
        !entry.removals.iter().any(|removed| {
            (removed.start..removed.end).contains(&(at as u64))
                && (removed.rules.is_empty() || removed.rules.keys().any(|rule| !selection.rules.contains(&**rule)))
        })
    };
    text.iter().enumerate().filter(|&(at, _)| stays(at)).map(|(_, &byte)| byte).collect()
}
