//! Adds columns to the schema that writers of Arrow leave in a file, as `ARROW:schema`: readers of Arrow expect there
//! what they find in the file.
//!
//! It is a message in the form of FlatBuffers, in which tables refer to others behind them. So a new head that refers to
//! the old fields is put before the old message, and whatever is said of these, known here or not, stays as it is.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What comes before the length of a message, but in files of years ago.
const CONTINUATION: [u8; 4] = [0xff; 4];

/// What messages, and what is in them, are aligned to.
const ALIGNMENT: usize = 8;

/// The kind of a message that is a schema, and of a type that is a text.
const SCHEMA: u32 = 1;
const UTF8: u32 = 5;

/// The fields of a message, of a schema and of a field, as far as they are written here.
const MESSAGE_VERSION: usize = 0;
const MESSAGE_HEADER_TYPE: usize = 1;
const MESSAGE_HEADER: usize = 2;
const SCHEMA_ENDIANNESS: usize = 0;
const SCHEMA_FIELDS: usize = 1;
const SCHEMA_METADATA: usize = 2;
const SCHEMA_FEATURES: usize = 3;
const FIELD_NAME: usize = 0;
const FIELD_TYPE: usize = 3;
const FIELD_CHILDREN: usize = 5;

/// Adds columns that hold texts, or nothing, to a schema; each at its place among the fields, or where it replaces one.
/// `None` if the schema cannot be read.
pub(super) fn with_texts(encoded: &str, added: &[(usize, &str)]) -> Option<String> {
    let bytes = STANDARD.decode(encoded).ok()?;
    let old = Old(message(&bytes)?);
    let head = Head::of(&old, added)?.0;
    let len = u32::try_from(head.len() + old.0.len()).ok()?;
    let new = [&CONTINUATION[..], &len.to_le_bytes(), &head, old.0].concat();
    Some(STANDARD.encode(new))
}

/// The message, without what says its length.
fn message(bytes: &[u8]) -> Option<&[u8]> {
    let bytes = bytes.strip_prefix(&CONTINUATION).unwrap_or(bytes);
    let (len, rest) = bytes.split_first_chunk()?;
    rest.get(..u32::from_le_bytes(*len) as usize)
}

/// A message that is read. Places in it are counted from its start.
struct Old<'m>(&'m [u8]);

impl Old<'_> {
    fn u16(&self, at: usize) -> Option<u16> {
        Some(u16::from_le_bytes(*self.0.get(at..)?.first_chunk()?))
    }

    fn u32(&self, at: usize) -> Option<u32> {
        Some(u32::from_le_bytes(*self.0.get(at..)?.first_chunk()?))
    }

    /// Where something leads to.
    fn follow(&self, at: usize) -> Option<usize> {
        at.checked_add(self.u32(at)? as usize).filter(|&to| to < self.0.len())
    }

    /// Where the field of a table is, if the table has it.
    fn field(&self, table: usize, number: usize) -> Option<usize> {
        let vtable = usize::try_from(table as i64 - i64::from(self.u32(table)?.cast_signed())).ok()?;
        let entry = 4 + 2 * number;
        let offset = if entry < self.u16(vtable)?.into() { self.u16(vtable + entry)? } else { 0 };
        (offset != 0).then(|| table + usize::from(offset))
    }

    /// Where the vector or table behind a field is.
    fn behind(&self, table: usize, number: usize) -> Option<usize> {
        self.follow(self.field(table, number)?)
    }

    /// Where the fields of a schema are.
    fn fields(&self, schema: usize) -> Option<Vec<usize>> {
        let vector = self.behind(schema, SCHEMA_FIELDS)?;
        let len = self.u32(vector)? as usize;
        (0..len).map(|number| self.follow(vector + 4 + 4 * number)).collect()
    }
}

/// What is put before the old message.
struct Head(Vec<u8>);

/// What a place refers to: something in the head, or in the old message.
enum Target {
    New(usize),
    Old(usize),
}

impl Head {
    fn of(old: &Old<'_>, added: &[(usize, &str)]) -> Option<Self> {
        let message = old.follow(0)?;
        let schema = old.behind(message, MESSAGE_HEADER)?;
        if u32::from(*old.0.get(old.field(message, MESSAGE_HEADER_TYPE)?)?) != SCHEMA {
            return None;
        }
        let scalar = |table, number| old.field(table, number).and_then(|at| old.u16(at)).map(u32::from);
        let reference = |number| old.behind(schema, number).map(Target::Old);
        let mut head = Self(vec![0; 4]);
        let mut references = Vec::new();
        let root = head.table(&[scalar(message, MESSAGE_VERSION), Some(SCHEMA), Some(0)]);
        references.push((0, Target::New(root.table)));
        let (metadata, features) = (reference(SCHEMA_METADATA), reference(SCHEMA_FEATURES));
        let new = head.table(&[
            scalar(schema, SCHEMA_ENDIANNESS),
            Some(0),
            metadata.as_ref().map(|_| 0),
            features.as_ref().map(|_| 0),
        ]);
        references.push((root.of(MESSAGE_HEADER), Target::New(new.table)));
        references.extend(metadata.map(|to| (new.of(SCHEMA_METADATA), to)));
        references.extend(features.map(|to| (new.of(SCHEMA_FEATURES), to)));
        references.push((new.of(SCHEMA_FIELDS), Target::New(head.0.len())));
        head.fields(old.fields(schema)?, added, &mut references)?;
        head.pad_to(ALIGNMENT);
        head.refer(&references)?;
        Some(head)
    }

    /// Writes the fields of the schema: the old ones, of which some are replaced, and new ones.
    fn fields(
        &mut self,
        fields: Vec<usize>,
        added: &[(usize, &str)],
        references: &mut Vec<(usize, Target)>,
    ) -> Option<()> {
        let mut targets: Vec<Target> = fields.into_iter().map(Target::Old).collect();
        let len = added.iter().map(|(place, _)| place + 1).chain([targets.len()]).max()?;
        let vector = self.0.len();
        self.0.extend(u32::try_from(len).ok()?.to_le_bytes());
        self.0.resize(vector + 4 + 4 * len, 0);
        for &(place, name) in added {
            let field = Target::New(self.text_field(name, references)?);
            if place == targets.len() {
                targets.push(field);
            } else {
                *targets.get_mut(place)? = field;
            }
        }
        references.extend(targets.into_iter().enumerate().map(|(number, to)| (vector + 4 + 4 * number, to)));
        Some(())
    }

    /// Writes a field that holds a text, or nothing.
    fn text_field(&mut self, name: &str, references: &mut Vec<(usize, Target)>) -> Option<usize> {
        // Name, whether it may hold nothing, kind of the type, type, dictionary, children.
        let slots = self.table(&[Some(0), Some(1), Some(UTF8), Some(0), None, Some(0)]);
        references.push((slots.of(FIELD_TYPE), Target::New(self.table(&[]).table)));
        references.push((slots.of(FIELD_CHILDREN), Target::New(self.0.len())));
        self.0.extend(0_u32.to_le_bytes());
        references.push((slots.of(FIELD_NAME), Target::New(self.0.len())));
        self.0.extend(u32::try_from(name.len()).ok()?.to_le_bytes());
        self.0.extend(name.bytes().chain([0]));
        self.pad_to(4);
        Some(slots.table)
    }

    /// Writes a table, each field in four bytes.
    fn table(&mut self, fields: &[Option<u32>]) -> Slots {
        let vtable_len = 4 + 2 * fields.len();
        self.0.resize(self.0.len() + vtable_len % 4, 0);
        let present = fields.iter().flatten().count();
        let mut places = Vec::new();
        self.0.extend((vtable_len as u16).to_le_bytes());
        self.0.extend((4 + 4 * present as u16).to_le_bytes());
        let mut offset = 4;
        for field in fields {
            places.push(offset);
            self.0.extend(field.map_or(0, |_| offset as u16).to_le_bytes());
            offset += 4 * usize::from(field.is_some());
        }
        let table = self.0.len();
        self.0.extend((vtable_len as u32).to_le_bytes());
        fields.iter().flatten().for_each(|field| self.0.extend(field.to_le_bytes()));
        Slots { table, places }
    }

    fn pad_to(&mut self, alignment: usize) {
        self.0.resize(self.0.len().next_multiple_of(alignment), 0);
    }

    /// Sets what places refer to, now that it is known where the old message starts.
    fn refer(&mut self, references: &[(usize, Target)]) -> Option<()> {
        let len = self.0.len();
        for (at, target) in references {
            let to = match target {
                Target::New(to) => *to,
                Target::Old(to) => len + to,
            };
            self.0[*at..at + 4].copy_from_slice(&u32::try_from(to - at).ok()?.to_le_bytes());
        }
        Some(())
    }
}

/// Where a table and its fields are.
struct Slots {
    table: usize,
    /// Counted from the table.
    places: Vec<usize>,
}

impl Slots {
    fn of(&self, number: usize) -> usize {
        self.table + self.places[number]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The fields `id` and `text`, with metadata, as pyarrow writes them.
    const WRITTEN: &str = "/////+AAAAAQAAAAAAAKAA4ABgAFAAgACgAAAAABBAAQAAAAAAAKAAwAAAAEAAgACgAAADwAAAAEAAAAAQAAAAwAAAAIAAwABAAI\
        AAgAAAAUAAAABAAAAAQAAABrZXB0AAAAAAQAAABtaW5lAAAAAAIAAABEAAAABAAAANT///8AAAEUEAAAABwAAAAEAAAAAAAAAAQA\
        AAB0ZXh0AAAAAAQABAAEAAAAEAAUAAgABgAHAAwAAAAQABAAAAAAAAECEAAAABwAAAAEAAAAAAAAAAIAAABpZAAAAAAGAAgABAAG\
        AAAAQAAAAA==";

    impl Old<'_> {
        fn name(&self, field: usize) -> &str {
            let at = self.behind(field, FIELD_NAME).unwrap();
            std::str::from_utf8(&self.0[at + 4..at + 4 + self.u32(at).unwrap() as usize]).unwrap()
        }
    }

    fn names(encoded: &str) -> Vec<String> {
        let bytes = STANDARD.decode(encoded).unwrap();
        let message = Old(message(&bytes).unwrap());
        let schema = message.behind(message.follow(0).unwrap(), MESSAGE_HEADER).unwrap();
        assert!(message.behind(schema, SCHEMA_METADATA).is_some());
        message.fields(schema).unwrap().into_iter().map(|field| message.name(field).to_owned()).collect()
    }

    #[test]
    fn fields_are_added_at_the_end_or_where_they_replace_another() {
        assert_eq!(names(WRITTEN), ["id", "text"]);
        let new = with_texts(WRITTEN, &[(2, "meta"), (0, "id"), (3, "größer")]).unwrap();
        assert_eq!(names(&new), ["id", "text", "meta", "größer"]);
        assert_eq!(names(&with_texts(&new, &[(4, "more")]).unwrap()).len(), 5);
        assert_eq!(with_texts(WRITTEN, &[(7, "far")]), None);
    }

    proptest! {
        #[test]
        fn no_schema_is_too_odd_to_be_looked_at(
            places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
            len in any::<prop::sample::Index>(),
        ) {
            let mut bytes = STANDARD.decode(WRITTEN).unwrap();
            for (place, byte) in places {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            let _ = with_texts(&STANDARD.encode(&bytes), &[(2, "meta")]);
            bytes.truncate(len.index(bytes.len()));
            let _ = with_texts(&STANDARD.encode(&bytes), &[(2, "meta")]);
        }
    }
}
