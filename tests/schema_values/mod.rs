//! Rule files as a validator of JSON sees them.

use deboil::rule::schema::schema;
use jsonschema::Validator;
use serde_json::Value;

/// A validator of the schema of rule files.
pub(crate) fn validator() -> Validator {
    jsonschema::draft7::new(&schema()).unwrap()
}

/// The JSON of a TOML text, with dates as texts, as editors hand it to their validators; `None` if it is no TOML.
pub(crate) fn json_of(text: &str) -> Option<Value> {
    Some(json(toml::Value::Table(text.parse().ok()?)))
}

fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(truth) => truth.into(),
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(list) => list.into_iter().map(json).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, json(value))).collect(),
    }
}
