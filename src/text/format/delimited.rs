//! CSV and TSV: fields between commas or tabs, of which some stand in quotes. The first record names the fields.
//!
//! A field is in quotes if it starts with one; in such a field a quote is doubled, and line ends are part of it. A quote
//! in the middle of any other field is a quote. So do the `csv` crate and Python read it.

use std::borrow::Cow;
use std::iter;

use bstr::ByteSlice;

use super::spelling::{Escape, Escapes};
use super::{Edit, FieldNames, Fields, Opened, RecordFormat, shown};
use crate::layout::Span;

/// Reads fields between delimiters.
#[derive(Debug)]
struct Delimited {
    delimiter: u8,
    /// How many fields a record has.
    width: usize,
    text: usize,
    url: Option<usize>,
    id: Option<usize>,
    lang: Option<usize>,
    /// Where the added fields are, if the file has fields of their names.
    added: Vec<Option<usize>>,
}

/// Reads the names of the fields.
pub(super) fn open(delimiter: u8, names: &FieldNames, start: &[u8], is_all: bool) -> Result<Option<Opened>, String> {
    let len = match record_len(delimiter, start) {
        Some(len) => len,
        None if is_all => start.len(),
        None => return Ok(None),
    };
    let mark = if start.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let head = split(delimiter, &start[mark..len]).ok_or("a quoted field in its first line is never closed")?;
    let known: Vec<Cow<'_, str>> = head.iter().map(|field| string(field.text(&start[mark..len]))).collect();
    let column = |name: &str| known.iter().rposition(|known| known == name);
    let Some(text) = column(&names.text) else {
        return Err(format!("it has no column `{}`: its columns are {}", names.text, shown(&known)));
    };
    let added: Vec<_> = names.added.iter().map(|name| column(name)).collect();
    let (id, lang) = (column(&names.id), names.lang.as_deref().and_then(column));
    let format = Delimited { delimiter, width: head.len(), text, url: column(&names.url), id, lang, added };
    let end = mark + head.last().map_or(0, |field| field.full.end);
    let missing = names.added.iter().zip(&format.added).filter(|(_, place)| place.is_none());
    let head_edits = missing.map(|(name, _)| format.appended(end, spelled(delimiter, name.as_bytes()))).collect();
    Ok(Some(Opened { head: len, head_edits, ..Opened::new(format) }))
}

impl RecordFormat for Delimited {
    fn first(&self, bytes: &[u8]) -> Option<usize> {
        record_len(self.delimiter, bytes)
    }

    fn lines(&self, bytes: &[u8]) -> u64 {
        let is_alone = |&at: &usize| bytes.get(at + 1) != Some(&b'\n');
        let alone = memchr::memchr_iter(b'\r', bytes).filter(is_alone).count();
        (memchr::memchr_iter(b'\n', bytes).count() + alone) as u64
    }

    fn read<'r>(&self, record: &'r [u8]) -> Result<Option<Fields<'r>>, String> {
        if matches!(record, b"\n" | b"\r\n" | b"\r") {
            return Ok(None);
        }
        let fields = split(self.delimiter, record)
            .ok_or("a quoted field is never closed, so that all that follows is left as it is")?;
        if fields.len() != self.width {
            let plural = if fields.len() == 1 { "" } else { "s" };
            return Err(format!("it has {} field{plural}, and the first line names {}", fields.len(), self.width));
        }
        let text = fields[self.text];
        if text.is_quoted && text.inner.end + 1 != text.full.end {
            return Err("after the closing quote of its text, more follows".to_owned());
        }
        let known = |column: Option<usize>| column.map(|column| string(fields[column].text(record)));
        Ok(Some(Fields {
            spelling: text.full,
            text: text.text(record),
            url: known(self.url).filter(|url| !url.is_empty()),
            id: known(self.id),
            lang: known(self.lang).filter(|lang| !lang.is_empty()),
            added: self.added.iter().map(|column| column.map(|column| fields[column].full)).collect(),
            end: fields[self.width - 1].full.end,
        }))
    }

    fn edits(&self, record: &[u8], fields: &Fields<'_>, removals: &[Span], added: &[String]) -> Vec<Edit> {
        let mut edits = self.text_edits(record, fields, removals);
        for (value, place) in added.iter().zip(&fields.added) {
            let spelled = quoted(value.as_bytes());
            edits.push(match place {
                Some(place) => Edit::new(*place, spelled),
                None => self.appended(fields.end, spelled),
            });
        }
        // Stable: what is added at one place stays in the order of its names.
        edits.sort_by_key(|edit| edit.span.start);
        edits
    }

    fn added(&self, record: &[u8], fields: &Fields<'_>) -> Option<Vec<String>> {
        let value = |place: &Option<Span>| Some(string(field(self.delimiter, record, (*place)?.start)?.text(record)));
        fields.added.iter().map(|place| value(place).map(Cow::into_owned)).collect()
    }
}

impl Delimited {
    fn text_edits(&self, record: &[u8], fields: &Fields<'_>, removals: &[Span]) -> Vec<Edit> {
        let spelling = fields.spelling.of(record);
        let start = fields.spelling.start;
        if spelling.starts_with(b"\"") {
            let inner = &spelling[1..spelling.len() - 1];
            let gone = QUOTES.spelled(inner, removals.iter().copied()).into_iter();
            return gone.map(|gone| Edit::removal(Span::new(start + 1 + gone.start, start + 1 + gone.end))).collect();
        }
        let removal = |span: &Span| Edit::removal(Span::new(start + span.start, start + span.end));
        let quotes = if self.must_be_quoted(&fields.text, removals) { quotes(spelling, removals) } else { Vec::new() };
        // At one place, what is added comes first.
        let added = quotes.into_iter().map(|at| Edit::new(Span::new(start + at, start + at), b"\""));
        added.chain(removals.iter().map(removal)).collect()
    }

    /// Whether what is left of a text that stood in no quotes needs them: a quote that comes to stand first would open a
    /// field in quotes, and a line without a byte is no record.
    fn must_be_quoted(&self, text: &[u8], removals: &[Span]) -> bool {
        match (0..text.len()).find(|&at| stays(at, removals)) {
            _ if removals.is_empty() => false,
            Some(first) => text[first] == b'"',
            None => self.width == 1,
        }
    }

    fn appended(&self, at: usize, spelled: Vec<u8>) -> Edit {
        Edit::new(Span::new(at, at), [&[self.delimiter], &spelled[..]].concat())
    }
}

/// A field of a record.
#[derive(Clone, Copy, Debug)]
struct Field {
    /// Its bytes, quotes and all.
    full: Span,
    /// What is in the quotes; all of it if there are none.
    inner: Span,
    is_quoted: bool,
}

impl Field {
    /// What it says. What follows a closing quote belongs to it.
    fn text<'r>(&self, record: &'r [u8]) -> Cow<'r, [u8]> {
        if !self.is_quoted {
            return Cow::Borrowed(self.full.of(record));
        }
        let text = QUOTES.decode(self.inner.of(record));
        match &record[(self.inner.end + 1).min(self.full.end)..self.full.end] {
            [] => text,
            rest => Cow::Owned([&text, rest].concat()),
        }
    }
}

/// The field at the start of some bytes, and what ends it: the delimiter, a line end or the end of the bytes. `None` if
/// its quote is not closed.
fn field(delimiter: u8, bytes: &[u8], start: usize) -> Option<Field> {
    let is_quoted = bytes.get(start) == Some(&b'"');
    let mut from = start;
    if is_quoted {
        from += 1;
        loop {
            from += memchr::memchr(b'"', &bytes[from..])?;
            if bytes.get(from + 1) != Some(&b'"') {
                break;
            }
            from += 2;
        }
    }
    let end = memchr::memchr3(delimiter, b'\n', b'\r', &bytes[from..]).map_or(bytes.len(), |at| from + at);
    let full = Span::new(start, end);
    let inner = if is_quoted { Span::new(start + 1, from) } else { full };
    Some(Field { full, inner, is_quoted })
}

/// The fields of a record; `None` if a quote is not closed.
fn split(delimiter: u8, record: &[u8]) -> Option<Vec<Field>> {
    let mut fields = vec![field(delimiter, record, 0)?];
    while let Some(last) = fields.last().filter(|last| record.get(last.full.end) == Some(&delimiter)) {
        fields.push(field(delimiter, record, last.full.end + 1)?);
    }
    Some(fields)
}

/// The length of the first record with its line end; `None` if the bytes do not tell.
fn record_len(delimiter: u8, bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let end = field(delimiter, bytes, at)?.full.end;
        match bytes.get(end)? {
            b'\n' => return Some(end + 1),
            b'\r' => return Some(end + 1 + usize::from(*bytes.get(end + 1)? == b'\n')),
            _ => at = end + 1,
        }
    }
}

fn string(text: Cow<'_, [u8]>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => text.to_str_lossy(),
        Cow::Owned(text) => Cow::Owned(text.to_str_lossy().into_owned()),
    }
}

/// A field as it is spelled, in quotes where it must be.
fn spelled(delimiter: u8, text: &[u8]) -> Vec<u8> {
    let is_special = |&byte: &u8| byte == delimiter || b"\"\r\n".contains(&byte);
    if text.iter().any(is_special) { quoted(text) } else { text.to_vec() }
}

fn quoted(text: &[u8]) -> Vec<u8> {
    [b"\"", &text.replace("\"", "\"\"")[..], b"\""].concat()
}

/// Where quotes are added to put what is left of a field in quotes: around it, and before each that it has.
fn quotes(field: &[u8], removals: &[Span]) -> Vec<usize> {
    let doubled = memchr::memchr_iter(b'"', field).filter(|&at| stays(at, removals));
    iter::once(0).chain(doubled).chain(iter::once(field.len())).collect()
}

/// Whether a byte stays when some spans go, which are in order and do not overlap.
fn stays(at: usize, removals: &[Span]) -> bool {
    removals.get(removals.partition_point(|span| span.end <= at)).is_none_or(|span| at < span.start)
}

/// What is doubled in quotes.
const QUOTES: Escapes = Escapes { mark: b'"', read: |_| Escape::new(2, b"\"") };

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::append;
    use super::*;

    fn names(added: &[&str]) -> FieldNames {
        FieldNames { added: added.iter().map(|name| (*name).to_owned()).collect(), ..FieldNames::default() }
    }

    fn opened(head: &str, added: &[&str]) -> Opened {
        open(b',', &names(added), head.as_bytes(), true).unwrap().unwrap()
    }

    fn without(format: &dyn RecordFormat, record: &[u8], spans: &[Span], added: &[String]) -> Vec<u8> {
        let fields = format.read(record).unwrap().unwrap();
        let mut new = Vec::new();
        append(record, &format.edits(record, &fields, spans, added), &mut new);
        new
    }

    /// The records of a file, as the `csv` crate reads them.
    fn records(delimiter: u8, file: &[u8]) -> Vec<Vec<Vec<u8>>> {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(file);
        let fields = |record: csv::ByteRecord| record.iter().map(<[u8]>::to_vec).collect();
        reader.byte_records().map(|record| fields(record.unwrap())).collect()
    }

    #[test]
    fn the_first_record_names_the_fields() {
        let head = "\u{feff}id,\"text\",url\r\n";
        let opened = opened(&format!("{head}1,a,b\n"), &["meta", "url"]);
        assert_eq!(opened.head, head.len());
        let mut new = Vec::new();
        append(head.as_bytes(), &opened.head_edits, &mut new);
        assert_eq!(new.to_str().unwrap(), "\u{feff}id,\"text\",url,meta\r\n");
        let fields = opened.format.read(b"7,\"say \"\"x\"\"\",http://x.example\n").unwrap().unwrap();
        assert_eq!((&*fields.text, fields.id.unwrap(), fields.url.unwrap()), {
            (&b"say \"x\""[..], "7".into(), "http://x.example".into())
        });
    }

    #[test]
    fn a_file_without_the_column_is_a_mistake_that_names_its_columns() {
        let error = open(b'\t', &names(&[]), b"id\tbody\n", false).unwrap_err();
        assert_eq!(error, "it has no column `text`: its columns are `id`, `body`");
        assert!(open(b',', &names(&[]), b"id,\"text\n", false).unwrap().is_none(), "more is needed");
        assert!(open(b',', &names(&[]), b"id,\"text\n", true).is_err());
    }

    #[test]
    fn bad_records_are_named_and_blank_lines_are_none() {
        let format = opened("id,text\n", &[]).format;
        for (record, expected) in [
            ("1\n", "it has 1 field, and the first line names 2"),
            ("1,a,b\n", "it has 3 fields, and the first line names 2"),
            ("1,\"a\n", "a quoted field is never closed, so that all that follows is left as it is"),
            ("1,\"a\"b\n", "after the closing quote of its text, more follows"),
        ] {
            assert_eq!(format.read(record.as_bytes()).unwrap_err(), expected);
        }
        assert_eq!(format.read(b"\r\n"), Ok(None));
    }

    #[test]
    fn quotes_come_where_the_rest_would_be_read_otherwise() {
        let format = opened("text\n", &[]).format;
        let cut = |record: &str, len| without(&*format, record.as_bytes(), &[Span::new(0, len)], &[]);
        assert_eq!(cut("junk \"So it is.\"\n", 5), b"\"\"\"So it is.\"\"\"\n");
        assert_eq!(cut("junk So it is.\n", 5), b"So it is.\n");
        assert_eq!(cut("junk\n", 4), b"\"\"\n", "a blank line is no record");
    }

    #[test]
    fn a_record_whose_end_is_not_there_is_not_whole() {
        let format = opened("id,text\n", &[]).format;
        for part in ["1,a", "1,\"a\n", "1,\"a\"", "1,a\r", ""] {
            assert_eq!(format.first(part.as_bytes()), None, "{part:?}");
        }
        assert_eq!(format.first(b"1,a\r2"), Some(4));
        assert_eq!(format.whole(b"1,a\n2,\"\n\"\r\n3,"), 11);
    }

    #[test]
    fn each_record_ends_a_line_whatever_it_ends_with() {
        let format = opened("id,text\n", &[]).format;
        for (bytes, lines) in [("1,a\n", 1), ("1,a\r\n", 1), ("1,a\r", 1), ("1,\"\n\r\n\r\"\r\r\n", 5), ("1,a", 0)] {
            assert_eq!(format.lines(bytes.as_bytes()), lines, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_split_as_by_the_csv_crate(
            file in vec(prop::sample::select(b"ab\",\t\r\n".to_vec()), 0..60),
            delimiter in prop::sample::select(b",\t".to_vec()),
        ) {
            let mut found = Vec::new();
            let mut rest = file.as_slice();
            while !rest.is_empty() {
                let (record, behind) = rest.split_at(record_len(delimiter, rest).unwrap_or(rest.len()));
                let Some(fields) = split(delimiter, record) else { return Ok(()) };
                let is_blank = matches!(record, b"\n" | b"\r" | b"\r\n");
                let texts: Vec<_> = fields.iter().map(|field| field.text(record).into_owned()).collect();
                found.extend((!is_blank).then_some(texts));
                rest = behind;
            }
            prop_assert_eq!(found, records(delimiter, &file));
        }

        #[test]
        fn only_the_text_changes(
            chars in vec((prop::sample::select(vec!['a', '"', ',', '\n', '\r', 'é']), any::<bool>()), 0..30),
            others in ("[ab\",\n]{0,4}", "[ab\",\n]{0,4}"),
            is_quoted in any::<bool>(),
            is_added in any::<bool>(),
        ) {
            let text: String = chars.iter().map(|(char, _)| char).collect();
            let style = if is_quoted { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
            let mut writer = csv::WriterBuilder::new().quote_style(style).from_writer(Vec::new());
            writer.write_record([&others.0, &text, &others.1]).unwrap();
            let record = writer.into_inner().unwrap();
            let (mut spans, mut kept, mut end) = (Vec::new(), String::new(), 0);
            for (char, is_kept) in &chars {
                let start = end;
                end += char.len_utf8();
                if *is_kept { kept.push(*char) } else { spans.push(Span::new(start, end)) }
            }
            let added: &[&str] = if is_added { &["removals"] } else { &[] };
            let values: Vec<String> = added.iter().map(|_| "[\"a\"]".to_owned()).collect();
            let format = opened("a,text,b\n", added).format;
            let new = without(&*format, &record, &spans, &values);
            let mut expected = vec![others.0.into_bytes(), kept.into_bytes(), others.1.into_bytes()];
            expected.extend(values.iter().map(|value| value.clone().into_bytes()));
            prop_assert_eq!(records(b',', &new), [expected]);
            let spelling = format.read(&record).unwrap().unwrap().spelling;
            prop_assert!(new.starts_with(&record[..spelling.start]));
            prop_assert!(is_added || new.ends_with(&record[spelling.end..]));
        }
    }
}
