//! Columns of texts, in each of the forms that Arrow has for them.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{BinaryType, LargeBinaryType, LargeUtf8Type, Utf8Type};
use arrow_array::{
    Array, ArrayRef, BinaryArray, BinaryViewArray, LargeBinaryArray, LargeStringArray, StringArray, StringViewArray,
};
use arrow_schema::{ArrowError, DataType};

/// Whether a column holds texts.
pub(crate) fn is_text(data_type: &DataType) -> bool {
    use DataType::{Binary, BinaryView, LargeBinary, LargeUtf8, Utf8, Utf8View};
    matches!(data_type, Utf8 | LargeUtf8 | Utf8View | Binary | LargeBinary | BinaryView)
}

/// Whether a column holds strings.
pub(crate) fn is_string(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

/// The texts of a column, of which [`is_text`] is true.
pub(crate) fn texts(column: &dyn Array) -> Vec<Option<&[u8]>> {
    match column.data_type() {
        DataType::Utf8 => column.as_bytes::<Utf8Type>().iter().map(|text| text.map(str::as_bytes)).collect(),
        DataType::LargeUtf8 => column.as_bytes::<LargeUtf8Type>().iter().map(|text| text.map(str::as_bytes)).collect(),
        DataType::Utf8View => column.as_string_view().iter().map(|text| text.map(str::as_bytes)).collect(),
        DataType::Binary => column.as_bytes::<BinaryType>().iter().collect(),
        DataType::LargeBinary => column.as_bytes::<LargeBinaryType>().iter().collect(),
        _ => column.as_binary_view().iter().collect(),
    }
}

/// A column of a type, of which [`is_text`] is true.
pub(crate) fn column(data_type: &DataType, texts: &[Option<&[u8]>]) -> Result<ArrayRef, ArrowError> {
    let bytes = || texts.iter().copied();
    Ok(match data_type {
        DataType::Utf8 => Arc::new(strings(texts)?.into_iter().collect::<StringArray>()),
        DataType::LargeUtf8 => Arc::new(strings(texts)?.into_iter().collect::<LargeStringArray>()),
        DataType::Utf8View => Arc::new(strings(texts)?.into_iter().collect::<StringViewArray>()),
        DataType::Binary => Arc::new(bytes().collect::<BinaryArray>()),
        DataType::LargeBinary => Arc::new(bytes().collect::<LargeBinaryArray>()),
        _ => Arc::new(bytes().collect::<BinaryViewArray>()),
    })
}

fn strings<'t>(texts: &[Option<&'t [u8]>]) -> Result<Vec<Option<&'t str>>, ArrowError> {
    let string = |text| std::str::from_utf8(text).map_err(|error| ArrowError::ExternalError(Box::new(error)));
    texts.iter().map(|text| text.map(string).transpose()).collect()
}
