//! The JSON Schema of rule files, by which editors complete and check them: derived from the types that parse the files,
//! and narrowed by what loading asks of their values.

use std::borrow::Cow;
use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::file::{MatcherSpec, MatcherTable, RuleFile};
use super::file_visitors::OneOrMany;
use super::kind::sequence::STEPS_MAX;
use super::spanned::Spanned;
use super::words::{Choice, Word};

/// A literal is looked for in one line.
const LITERAL: &str = r"^[^\n]+$";

/// What a key takes, in whichever table it stands.
static KEYS: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "schema": { "const": super::load::SCHEMA },
        "min_version": { "pattern": r"^\d+(\.\d+){0,2}$" },
        "id": { "pattern": r"^[^\s!-,/:-@\[-^`{-~]+$" },
        "why": { "pattern": r"\S" },
        "last_seen": { "pattern": r"^\d{4}-\d{2}-\d{2}$" },
        "langs": { "items": { "pattern": "^[A-Za-z]{2,3}$" } },
        "hosts": { "items": { "pattern": r"^[^A-Z\s/:@.*]+(\.[^A-Z\s/:@.*]+)+$" } },
        "paths": { "items": { "minLength": 1 } },
        "any": { "items": { "pattern": LITERAL } },
        "keywords": { "items": { "pattern": LITERAL } },
        "max_words": { "minimum": 1 },
        "max_lines": { "minimum": 1 },
        "min_lines": { "minimum": 1 },
        "max_fraction": { "exclusiveMinimum": 0, "maximum": 1 },
        "words": { "minItems": 2, "maxItems": 2, "items": { "minimum": 0 } },
        "steps": { "maxItems": STEPS_MAX, "contains": { "properties": { "do": { "const": "drop" } } } },
        "patterns": {
            "propertyNames": { "pattern": "^[A-Za-z0-9_-]+$" },
            "additionalProperties": { "minItems": 1 },
        },
        "unless": { "minItems": 1 },
        "from": { "minItems": 1 },
        "until": { "minItems": 1 },
        "through": { "minItems": 1, "pattern": LITERAL, "items": { "pattern": LITERAL } },
        "marker": { "minItems": 1 },
        "after": { "minItems": 1 },
        "before": { "minItems": 1 },
    })
});

/// What tables ask of their keys together.
static TABLES: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "RuleFile": {
            "if": { "not": { "required": ["source"] } },
            "then": { "properties": { "headline": { "items": {
                "required": ["modes"],
                "properties": { "modes": { "minItems": 1, "items": { "enum": ["full-page"] } } },
            } } } },
        },
        "MatcherTable": { "anyOf": [{ "required": ["any"] }, { "required": ["pattern"] }] },
        "PhraseTable": {
            "properties": { "any": { "minItems": 1 } },
            "dependencies": { "through": ["max_words"], "extend": ["max_words"] },
            "not": { "required": ["through", "extend"] },
        },
        "LineTable": {
            "properties": { "any": { "minItems": 1 } },
            "if": { "required": ["match"], "properties": { "match": { "enum": ["starts", "ends", "contains"] } } },
            "then": { "required": ["max_words"] },
        },
        "BlockTable": {
            "required": ["from"],
            "oneOf": [{ "required": ["until"] }, { "required": ["through"] }],
        },
        "CutTable": {
            "required": ["marker"],
            "properties": { "where": { "enum": ["head", "tail"] } },
        },
        "StepTable": {
            "anyOf": [
                { "required": ["any"] },
                { "required": ["pattern"] },
                { "required": ["words"] },
                { "required": ["terminal"] },
                { "required": ["copy"] },
                { "required": ["headline"] },
            ],
        },
        "RunTable": { "required": ["max_words"] },
        "ArticleTable": {
            "required": ["modes"],
            "properties": { "modes": { "minItems": 1, "items": { "enum": ["full-page"] } } },
        },
    })
});

/// The schema of rule files, in draft 7, which the editors know best.
///
/// What it rejects, loading rejects. Loading also knows what no schema can say: patterns, globs, ids of other files.
pub fn schema() -> Value {
    let mut schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<RuleFile>();
    RecursiveTransform(forget_null).transform(&mut schema);
    let mut schema = schema.to_value();
    schema["title"] = "A rule file of deboil".into();
    narrow_keys(&mut schema);
    merge(&mut schema, &TABLES["RuleFile"]);
    let tables = schema["definitions"].as_object_mut().expect("a rule file holds tables");
    for (name, table) in tables {
        narrow_keys(table);
        merge(table, &TABLES[name]);
    }
    schema
}

fn narrow_keys(table: &mut Value) {
    let keys = table.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten();
    keys.for_each(|(key, value)| merge(value, &KEYS[key]));
}

/// Adds to a schema what another one says: objects grow by keys, lists of required keys by elements.
fn merge(schema: &mut Value, more: &Value) {
    match (schema, more) {
        (_, Value::Null) => {}
        (Value::Object(object), Value::Object(more)) => {
            more.iter().for_each(|(key, value)| match (object.get_mut(key), value) {
                (Some(Value::Array(list)), Value::Array(more)) if key == "required" => {
                    list.extend(more.iter().cloned())
                }
                (Some(own @ Value::Object(_)), Value::Object(_)) => merge(own, value),
                _ => drop(object.insert(key.clone(), value.clone())),
            });
        }
        (schema, more) => *schema = more.clone(),
    }
}

/// TOML has no null: what an `Option` leaves out is not written.
fn forget_null(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(words)) = object.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    if let Some(Value::Array(forms)) = object.get_mut("anyOf") {
        forms.retain(|form| form["type"] != "null");
    }
}

impl<T: JsonSchema> JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<T: Word> JsonSchema for Choice<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Choice".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words: Vec<&str> = T::WORDS.iter().map(|(word, _)| *word).collect();
        let meanings: Vec<&str> = T::WORDS.iter().filter_map(|(_, value)| value.meaning()).collect();
        let mut schema = json_schema!({ "type": "string", "enum": words });
        if !meanings.is_empty() {
            schema.insert("x-taplo".to_owned(), json!({ "docs": { "enumValues": meanings } }));
        }
        schema
    }
}

impl<T: JsonSchema> JsonSchema for OneOrMany<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("OneOrMany_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [one, { "type": "array", "items": one }] })
    }
}

impl JsonSchema for MatcherSpec {
    fn schema_name() -> Cow<'static, str> {
        "Matcher".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<MatcherTable>();
        json_schema!({
            "description": "A literal, or a table with literals or a pattern.",
            "anyOf": [{ "type": "string", "pattern": LITERAL }, table],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_that_is_narrowed_is_a_key_of_some_table() {
        let schema = schema();
        let tables = schema["definitions"].as_object().unwrap();
        let is_key = |key: &str| tables.values().chain([&schema]).any(|table| table["properties"].get(key).is_some());
        assert!(KEYS.as_object().unwrap().keys().all(|key| is_key(key)));
        let is_table = |name: &String| name == "RuleFile" || tables.contains_key(name);
        assert!(TABLES.as_object().unwrap().keys().all(is_table));
    }

    #[test]
    fn every_table_is_closed_and_every_key_is_described() {
        let schema = schema();
        for (name, table) in schema["definitions"].as_object().unwrap().iter().filter(|(name, _)| name != &"Matcher") {
            assert_eq!(table["additionalProperties"], false, "{name}");
            for (key, value) in table["properties"].as_object().unwrap() {
                assert!(value["description"].is_string(), "{name}.{key} says nothing");
            }
        }
        assert_eq!(schema["additionalProperties"], false);
        assert!(!schema.to_string().contains("null"), "TOML has no null");
    }
}
