//! What columns the new file has, and where each comes from.

use std::collections::BTreeMap;
use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, Type as PhysicalType};
use parquet::file::metadata::{FileMetaData, KeyValue};
use parquet::schema::types::{SchemaDescPtr, SchemaDescriptor, Type, TypePtr};

use super::{Broken, arrow_schema};

/// Where a column of the new file comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A column of the old file, by its number among those that hold values.
    Old(usize),
    /// An added one, by its number among these.
    Added(usize),
    /// One that was kept elsewhere when it was replaced, by its number in the new file.
    Kept(usize),
}

/// The columns of the new file.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) schema: SchemaDescPtr,
    /// Where each column that holds values comes from.
    pub(super) origins: Vec<Origin>,
    pub(super) key_values: Option<Vec<KeyValue>>,
    /// Whether the columns are others than they were, whatever becomes of the texts.
    pub(super) is_other: bool,
}

/// The key under which the schema of Arrow is kept.
const ARROW_SCHEMA: &str = "ARROW:schema";

impl Layout {
    /// The columns of a file, and added ones: each replaces a column of its name, or comes last.
    pub(super) fn new(old: &FileMetaData, added: &[String]) -> Result<Self, Broken> {
        let schema = old.schema_descr_ptr();
        let key_values = old.key_value_metadata().cloned();
        if added.is_empty() {
            let origins = (0..schema.num_columns()).map(Origin::Old).collect();
            return Ok(Self { schema, origins, key_values, is_other: false });
        }
        let places = places(&schema, added);
        let new = with_texts(&schema, added, &places)?;
        let key_values = key_values.map(|pairs| update(pairs, added, &places)).transpose()?;
        Ok(Self { origins: origins(&schema, &places), schema: new, key_values, is_other: true })
    }

    /// The columns of a file as they were before columns were added. `None` if its columns are neither those that this
    /// left nor the original ones.
    pub(super) fn back(
        original: &FileMetaData,
        cleaned: &FileMetaData,
        added: &[String],
    ) -> Result<Option<Self>, Broken> {
        let left = Self::new(original, added)?;
        let fields = |schema: &SchemaDescriptor| schema.root_schema().get_fields().to_vec();
        let (now, schema) = (fields(cleaned.schema_descr()), original.schema_descr_ptr());
        let columns = 0..schema.num_columns();
        let (origins, is_other) = if now == fields(&left.schema) {
            let origin = |column| left.new_number(column).map_or(Origin::Kept(column), Origin::Old);
            (columns.map(origin).collect(), left.is_other)
        } else if now == fields(&schema) {
            (columns.map(Origin::Old).collect(), false)
        } else {
            return Ok(None);
        };
        let key_values = original.key_value_metadata().cloned();
        Ok(Some(Self { schema, origins, key_values, is_other }))
    }

    /// Whether a column comes back from elsewhere.
    pub(super) fn has_kept(&self) -> bool {
        self.origins.iter().any(|origin| matches!(origin, Origin::Kept(_)))
    }

    /// The columns of the old file that are not in the new one; the old one has so many.
    pub(super) fn replaced(&self, columns: usize) -> Vec<usize> {
        (0..columns).filter(|&column| self.new_number(column).is_none()).collect()
    }

    /// The numbers in the new file of the added columns, in the order of their names.
    pub(super) fn added(&self) -> impl Iterator<Item = usize> {
        (0..).map_while(|number| self.origins.iter().position(|&origin| origin == Origin::Added(number)))
    }

    /// The number that a column of the old file has in the new one, if it is there.
    pub(super) fn new_number(&self, old: usize) -> Option<usize> {
        self.origins.iter().position(|&origin| origin == Origin::Old(old))
    }
}

/// Where among the fields of the schema each added one stands.
fn places(schema: &SchemaDescriptor, added: &[String]) -> Vec<usize> {
    let fields = schema.root_schema().get_fields();
    let mut end = fields.len();
    let place = |name: &String| {
        fields.iter().rposition(|field| field.name() == name).unwrap_or_else(|| {
            end += 1;
            end - 1
        })
    };
    added.iter().map(place).collect()
}

fn with_texts(schema: &SchemaDescriptor, added: &[String], places: &[usize]) -> Result<SchemaDescPtr, Broken> {
    let root = schema.root_schema();
    let mut fields: Vec<TypePtr> = root.get_fields().to_vec();
    for (name, &place) in added.iter().zip(places) {
        let field = Arc::new(text(name)?);
        match fields.get_mut(place) {
            Some(old) => *old = field,
            None => fields.push(field),
        }
    }
    let root = Type::group_type_builder(root.name()).with_fields(fields).build()?;
    Ok(Arc::new(SchemaDescriptor::new(Arc::new(root))))
}

/// A column that holds a text, or nothing.
fn text(name: &str) -> Result<Type, Broken> {
    let builder = Type::primitive_type_builder(name, PhysicalType::BYTE_ARRAY);
    Ok(builder.with_repetition(Repetition::OPTIONAL).with_logical_type(Some(LogicalType::String)).build()?)
}

fn origins(schema: &SchemaDescriptor, places: &[usize]) -> Vec<Origin> {
    let added: BTreeMap<usize, usize> = places.iter().enumerate().map(|(number, &place)| (place, number)).collect();
    let old = (0..schema.num_columns()).map(|column| (schema.get_column_root_idx(column), Origin::Old(column)));
    let stays = old.filter(|(place, _)| !added.contains_key(place));
    let mut origins: Vec<(usize, Origin)> =
        stays.chain(added.iter().map(|(&place, &number)| (place, Origin::Added(number)))).collect();
    // Stable: the columns of a group stay in their order.
    origins.sort_by_key(|&(place, _)| place);
    origins.into_iter().map(|(_, origin)| origin).collect()
}

fn update(mut pairs: Vec<KeyValue>, added: &[String], places: &[usize]) -> Result<Vec<KeyValue>, Broken> {
    let added: Vec<(usize, &str)> = places.iter().copied().zip(added.iter().map(String::as_str)).collect();
    for pair in pairs.iter_mut().filter(|pair| pair.key == ARROW_SCHEMA) {
        let new = pair.value.as_deref().and_then(|value| arrow_schema::with_texts(value, &added));
        let broken = || Broken(format!("its `{ARROW_SCHEMA}` cannot be read, so that no column can be added to it"));
        pair.value = Some(new.ok_or_else(broken)?);
    }
    Ok(pairs)
}
