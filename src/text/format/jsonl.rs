//! JSON Lines: an object in each line.
//!
//! A record is searched, not parsed into values and written again: key order, the spelling of numbers, white space and
//! escapes stay as they are. Of a key that stands twice in an object the last one counts, as for most readers.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::spelling::{Escape, Escapes};
use super::{Edit, FieldNames, Fields, RecordFormat};
use crate::layout::Span;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Whether a file starts with an object that ends in its line, or with so much of one as there is, and no line of
/// another kind follows.
pub(super) fn is_start(start: &[u8]) -> bool {
    let start = start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(start).trim_ascii_start();
    let (line, has_end) = match memchr::memchr(b'\n', start) {
        Some(end) => (&start[..end], true),
        None => (start, false),
    };
    if !matches!(start[line.len()..].trim_ascii_start().first(), None | Some(b'{')) {
        return false;
    }
    let inner = line.strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
    let has_key = inner.is_some_and(|inner| inner.starts_with(b"\"") || inner.starts_with(b"}"));
    has_key
        && match serde_json::from_slice::<IgnoredAny>(line) {
            Ok(_) => true,
            Err(error) => error.is_eof() && !has_end,
        }
}

/// Reads JSON Lines.
#[derive(Debug)]
pub(super) struct Jsonl {
    wanted: Vec<Path>,
    added: Vec<String>,
}

/// The first of the paths that are wanted of each record; those of added fields come behind.
const TEXT: usize = 0;
const URL: usize = 1;
const ID: usize = 2;
const LANG: usize = 3;
const ADDED: usize = 4;

impl Jsonl {
    pub(super) fn new(names: &FieldNames) -> Self {
        let read = [Some(&names.text), Some(&names.url), Some(&names.id), names.lang.as_ref()];
        let read = read.into_iter().map(|name| name.map_or(Path(Vec::new()), |name| Path::dotted(name)));
        let added = names.added.iter().map(|name| Path::whole(name));
        Self { wanted: read.chain(added).collect(), added: names.added.clone() }
    }
}

impl RecordFormat for Jsonl {
    fn first(&self, bytes: &[u8]) -> Option<usize> {
        memchr::memchr(b'\n', bytes).map(|at| at + 1)
    }

    fn whole(&self, bytes: &[u8]) -> usize {
        memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1)
    }

    fn read<'r>(&self, record: &'r [u8]) -> Result<Option<Fields<'r>>, String> {
        let object = record.strip_prefix(BYTE_ORDER_MARK).unwrap_or(record);
        if object.trim_ascii().is_empty() {
            return Ok(None);
        }
        let found = members(object, &self.wanted).map_err(|error| no_object(&error))?;
        let text = found[TEXT].ok_or_else(|| self.no_text(object))?.get();
        let span = |value: &str| {
            let start = value.as_ptr() as usize - record.as_ptr() as usize;
            Span::new(start, start + value.len())
        };
        let spelling = match text.as_bytes() {
            [b'"', inner @ .., b'"'] => inner,
            b"null" => b"",
            other => return Err(format!("its `{}` is {}, not a string", self.wanted[TEXT], kind(other))),
        };
        let start = span(text).start + usize::from(!spelling.is_empty());
        Ok(Some(Fields {
            spelling: Span::new(start, start + spelling.len()),
            text: ESCAPES.decode(spelling),
            url: found[URL].and_then(string),
            id: found[ID].map(|id| string(id).unwrap_or_else(|| id.get().into())),
            lang: found[LANG].and_then(string),
            added: found[ADDED..].iter().map(|value| value.map(|value| span(value.get()))).collect(),
            end: memchr::memrchr(b'}', record).expect("it is an object"),
        }))
    }

    fn edits(&self, record: &[u8], fields: &Fields<'_>, removals: &[Span], added: &[String]) -> Vec<Edit> {
        let start = fields.spelling.start;
        let gone = ESCAPES.spelled(fields.spelling.of(record), removals.iter().copied());
        let mut edits: Vec<Edit> =
            gone.into_iter().map(|gone| Edit::removal(Span::new(start + gone.start, start + gone.end))).collect();
        for ((name, value), place) in self.added.iter().zip(added).zip(&fields.added) {
            edits.push(match place {
                Some(place) => Edit::new(*place, value.as_str()),
                None => {
                    let member = format!(",{}:{value}", serde_json::Value::from(name.as_str()));
                    Edit::new(Span::new(fields.end, fields.end), member)
                }
            });
        }
        // Stable: what is added at one place stays in the order of its names.
        edits.sort_by_key(|edit| edit.span.start);
        edits
    }
}

impl Jsonl {
    /// Says what a record has instead of a text.
    fn no_text(&self, object: &[u8]) -> String {
        let keys = serde_json::from_slice::<Keys>(object).map_or_else(|_| Vec::new(), |keys| keys.0);
        let known: Vec<String> = keys.iter().take(NAMED_KEYS).map(|key| format!("`{key}`")).collect();
        let more = if keys.len() > NAMED_KEYS { ", …" } else { "" };
        let has = if known.is_empty() { "it is empty".into() } else { format!("it has {}{more}", known.join(", ")) };
        format!("it has no field `{}`: {has}", self.wanted[TEXT])
    }
}

/// How many keys are named of a record that has no text.
const NAMED_KEYS: usize = 8;

/// Without the place in the file, which is known better.
fn no_object(error: &serde_json::Error) -> String {
    let told = error.to_string();
    let what = told.split(" at line ").next().unwrap_or(&told);
    format!("it is no JSON object: {what} at column {}", error.column())
}

fn kind(value: &[u8]) -> &'static str {
    match value.first() {
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b't' | b'f') => "true or false",
        _ => "a number",
    }
}

fn string(value: &RawValue) -> Option<Cow<'_, str>> {
    let inner = value.get().strip_prefix('"')?.strip_suffix('"')?;
    Some(match ESCAPES.decode(inner.as_bytes()) {
        Cow::Borrowed(_) => Cow::Borrowed(inner),
        Cow::Owned(text) => Cow::Owned(String::from_utf8_lossy(&text).into_owned()),
    })
}

/// The ways to a value: keys, each with what must be followed from there.
#[derive(Debug)]
struct Path(Vec<(String, Option<String>)>);

impl Path {
    /// A key.
    fn whole(name: &str) -> Self {
        Self(vec![(name.to_owned(), None)])
    }

    /// A key; or one before a dot, and from there a path again.
    fn dotted(name: &str) -> Self {
        let split = name.match_indices('.').map(|(at, _)| (name[..at].to_owned(), Some(name[at + 1..].to_owned())));
        Self([(name.to_owned(), None)].into_iter().chain(split).collect())
    }

    /// The value at the end of a path into an object.
    fn follow<'r>(path: &str, object: &'r RawValue) -> Option<&'r RawValue> {
        let found = members(object.get().as_bytes(), &[Self::dotted(path)]);
        found.ok().and_then(|found| found.into_iter().next().flatten())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.first().map_or(Ok(()), |(name, _)| f.write_str(name))
    }
}

/// The values of an object to which the paths lead.
fn members<'r>(object: &'r [u8], wanted: &[Path]) -> serde_json::Result<Vec<Option<&'r RawValue>>> {
    let mut json = serde_json::Deserializer::from_slice(object);
    let found = json.deserialize_map(Members { wanted })?;
    json.end()?;
    let value = |(path, values): (&Path, Vec<Option<&'r RawValue>>)| {
        path.0.iter().zip(values).find_map(|((_, rest), value)| match rest {
            None => value,
            Some(rest) => Path::follow(rest, value?),
        })
    };
    Ok(wanted.iter().zip(found).map(value).collect())
}

/// Finds the values of the first keys of paths.
struct Members<'w> {
    wanted: &'w [Path],
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Vec<Vec<Option<&'de RawValue>>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found: Self::Value = self.wanted.iter().map(|path| vec![None; path.0.len()]).collect();
        while let Some(key) = map.next_key_seed(Key)? {
            let is_wanted = |(name, _): &(String, Option<String>)| name.as_bytes() == &*key;
            if !self.wanted.iter().any(|path| path.0.iter().any(is_wanted)) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let value = map.next_value::<&RawValue>()?;
            for (path, values) in self.wanted.iter().zip(&mut found) {
                let places = path.0.iter().zip(values).filter(|(step, _)| is_wanted(step));
                places.for_each(|(_, place)| *place = Some(value));
            }
        }
        Ok(found)
    }
}

/// A key, read as bytes: half a surrogate pair is in no `str`.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, [u8]>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_bytes(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, [u8]>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_bytes<E>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(bytes))
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        Ok(Cow::Owned(bytes.to_vec()))
    }
}

/// The keys of an object.
struct Keys(Vec<String>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(KeysVisitor)
    }
}

struct KeysVisitor;

impl<'de> Visitor<'de> for KeysVisitor {
    type Value = Keys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
        let mut keys = Vec::new();
        while let Some(key) = map.next_key_seed(Key)? {
            keys.push(String::from_utf8_lossy(&key).into_owned());
            map.next_value::<IgnoredAny>()?;
        }
        Ok(Keys(keys))
    }
}

/// The escapes of a JSON string that is well formed.
const ESCAPES: Escapes = Escapes { mark: b'\\', read: escape };

fn escape(bytes: &[u8]) -> Escape {
    let plain = match bytes.get(1) {
        Some(b'u') => return unicode_escape(bytes),
        Some(b'b') => 0x08,
        Some(b'f') => 0x0c,
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(&other) => other,
        None => return Escape::new(1, bytes),
    };
    Escape::new(2, &[plain])
}

/// `\uXXXX`, or two of them that are a surrogate pair. Half a pair stands for what would encode it if UTF-8 had it: so
/// it is no letter to any rule, and stays.
fn unicode_escape(bytes: &[u8]) -> Escape {
    let first = code_unit(bytes).unwrap_or(0xfffd);
    let second = code_unit(bytes.get(6..).unwrap_or_default());
    let (code, len) = match (first, second) {
        (0xd800..0xdc00, Some(second @ 0xdc00..0xe000)) => (0x10000 + ((first - 0xd800) << 10) + second - 0xdc00, 12),
        _ => (first, 6.min(bytes.len())),
    };
    match char::from_u32(code) {
        Some(char) => Escape::new(len, char.encode_utf8(&mut [0; 4]).as_bytes()),
        None => {
            let tail = |shift: u32| 0x80 | (code >> shift & 0x3f) as u8;
            Escape::new(len, &[0xe0 | (code >> 12) as u8, tail(6), tail(0)])
        }
    }
}

fn code_unit(bytes: &[u8]) -> Option<u32> {
    let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use serde_json::Value;

    use super::super::append;
    use super::*;

    fn jsonl(text: &str, added: &[&str]) -> Jsonl {
        let added = added.iter().map(|name| (*name).to_owned()).collect();
        Jsonl::new(&FieldNames { text: text.into(), added, ..FieldNames::default() })
    }

    fn text(field: &str, record: &str) -> Result<String, String> {
        let fields = jsonl(field, &[]).read(record.as_bytes());
        fields.map(|fields| fields.unwrap().text.escape_ascii().to_string())
    }

    /// What becomes of a record whose text loses some bytes.
    fn without(format: &Jsonl, record: &str, spans: &[Span], added: &[&str]) -> String {
        let fields = format.read(record.as_bytes()).unwrap().unwrap();
        let added: Vec<String> = added.iter().map(|value| (*value).to_owned()).collect();
        let mut new = Vec::new();
        append(record.as_bytes(), &format.edits(record.as_bytes(), &fields, spans, &added), &mut new);
        String::from_utf8(new).unwrap()
    }

    #[test]
    fn the_text_is_found_by_name_or_path() {
        assert_eq!(text("text", r#" { "a" : [1], "te\u0078t" : "x\ny" } "#).unwrap(), r"x\ny");
        assert_eq!(text("data.text", r#"{"data": {"text": "x"}}"#).unwrap(), "x");
        assert_eq!(text("data.text", r#"{"data": {"text": "x"}, "data.text": "whole"}"#).unwrap(), "whole");
        assert_eq!(text("a.b.c", r#"{"a": {"b.c": "x"}}"#).unwrap(), "x");
        assert_eq!(text("a.b.c", r#"{"a.b": {"c": "x"}}"#).unwrap(), "x");
    }

    #[test]
    fn the_last_of_equal_keys_counts() {
        assert_eq!(text("text", r#"{"text": "a", "text": "b"}"#).unwrap(), "b");
        assert_eq!(text("text", r#"{"text": "a", "text": null}"#).unwrap(), "");
    }

    #[test]
    fn half_a_surrogate_pair_is_no_mistake() {
        assert_eq!(text("text", r#"{"\ud800": 1, "text": "\ud83d\ude00 \ud800x \udc00"}"#).unwrap(), {
            r"\xf0\x9f\x98\x80 \xed\xa0\x80x \xed\xb0\x80"
        });
    }

    #[test]
    fn what_is_no_record_with_a_text_is_said() {
        let deep = format!("{{\"a\": {}{}, \"text\": 1}}", "[".repeat(100_000), "]".repeat(100_000));
        for (record, expected) in [
            ("{\"text\": [1]}", "its `text` is a list, not a string"),
            (&*deep, "its `text` is a number, not a string"),
            ("{\"id\": 1, \"body\": 2}", "it has no field `text`: it has `id`, `body`"),
            ("{}", "it has no field `text`: it is empty"),
            ("[\"text\"]", "it is no JSON object: invalid type: sequence, expected an object at column 0"),
            ("{\"text\": \"a\"", "it is no JSON object: EOF while parsing an object at column 12"),
            ("{\"text\": \"a\"} {}", "it is no JSON object: trailing characters at column 15"),
            ("{\"text\": NaN}", "it is no JSON object: expected value at column 10"),
        ] {
            assert_eq!(text("text", record).unwrap_err(), expected);
        }
        assert_eq!(jsonl("text", &[]).read(b" \r\n"), Ok(None));
    }

    #[test]
    fn what_is_not_utf_8_is_no_text() {
        let error = jsonl("text", &[]).read(b"{\"text\": \"caf\xe9\"}").unwrap_err();
        assert_eq!(error, "it is no JSON object: invalid unicode code point at column 14");
    }

    #[test]
    fn escapes_that_stay_keep_their_spelling() {
        let format = jsonl("text", &[]);
        let record = r#"{"text": "\u0041\/\"a\ud83d\ude00\u00e9", "n": 1.50}"#;
        assert_eq!(without(&format, record, &[Span::new(1, 2)], &[]), record.replace(r"\/", ""));
        assert_eq!(without(&format, record, &[Span::new(2, 8)], &[]), record.replace(r#"\"a\ud83d\ude00"#, ""));
        assert_eq!(without(&format, record, &[Span::new(5, 9)], &[]), record, "a part of a letter stays");
        assert_eq!(without(&format, record, &[], &[]), record);
    }

    #[test]
    fn added_fields_come_last_or_replace_what_is_there() {
        let format = jsonl("text", &["meta", "a.b"]);
        let added = |record| without(&format, record, &[Span::new(0, 1)], &["{}", "[1]"]);
        assert_eq!(added("{\"text\": \"xy\"} \r\n"), "{\"text\": \"y\",\"meta\":{},\"a.b\":[1]} \r\n");
        assert_eq!(added(r#"{"meta": null, "text": "xy"}"#), r#"{"meta": {}, "text": "y","a.b":[1]}"#);
    }

    /// A character and one of its spellings.
    fn spelled() -> impl Strategy<Value = (char, String)> {
        let char = prop_oneof![any::<char>(), prop::sample::select(vec!['\n', '"', '\\', '/', '\t', '\u{8}', '😀'])];
        (char, any::<bool>()).prop_map(|(char, is_short)| {
            let units = char.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04X}")).collect();
            let short = serde_json::to_string(&char).unwrap();
            (char, if is_short { short[1..short.len() - 1].to_owned() } else { units })
        })
    }

    proptest! {
        #[test]
        fn only_the_text_changes(
            chars in vec((spelled(), any::<bool>()), 0..40),
            before in vec((r"[a-e\\\\ü]{0,3}", r"(-?0|[1-9][0-9]{0,30}(\.[0-9]+)?|null|\[ *\]|\{\})"), 0..3),
        ) {
            let before: String =
                before.iter().map(|(key, value)| format!("{} : {value}\t, ", Value::from(key.as_str()))).collect();
            let spelling: String = chars.iter().map(|((_, spelling), _)| spelling.as_str()).collect();
            let record = format!("{{{before}\"text\":\"{spelling}\" }}\n");
            let (mut spans, mut kept, mut kept_spelling, mut end) = (Vec::new(), String::new(), String::new(), 0);
            for ((char, spelling), is_kept) in &chars {
                let start = end;
                end += char.len_utf8();
                if *is_kept {
                    kept.push(*char);
                    kept_spelling += spelling;
                } else {
                    spans.push(Span::new(start, end));
                }
            }
            let format = jsonl("text", &[]);
            let new = without(&format, &record, &spans, &[]);
            prop_assert_eq!(&new, &format!("{{{before}\"text\":\"{kept_spelling}\" }}\n"));
            prop_assert_eq!(&serde_json::from_str::<Value>(&new).unwrap()["text"], &kept);
            let whole: String = chars.iter().map(|((char, _), _)| char).collect();
            let fields = format.read(record.as_bytes()).unwrap().unwrap();
            prop_assert_eq!(&*fields.text, whole.as_bytes());
        }

        #[test]
        fn no_line_makes_it_panic(line in vec(prop::sample::select(b"{}[]\":,\\u\xd8 \ntext01nul".to_vec()), 0..60)) {
            let format = jsonl("text", &["a"]);
            if let Ok(Some(fields)) = format.read(&line) {
                let all = Span::new(0, fields.text.len());
                format.edits(&line, &fields, &[all], &["1".into()]);
            }
            is_start(&line);
        }
    }
}
