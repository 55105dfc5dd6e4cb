//! The structures in which a Parquet file speaks of itself, and of which kind each field is, as parquet.thrift of the format
//! says. The `parquet` crate takes a field that it knows for what it should be, whatever it says that it is.

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Truth,
    Byte,
    /// A number of 16, 32 or 64 bits, all of which are written alike.
    Int,
    Double,
    /// Bytes or a text.
    Bytes,
    List(&'static Kind),
    Struct(Fields),
}

/// The fields of a structure by their numbers. Others may stand beside them: those of a newer format.
pub(super) type Fields = &'static [(i16, Kind)];

use Kind::{Byte, Bytes, Double, Int, List, Struct, Truth};

/// A structure without fields, which says something by being there.
const MARK: Kind = Struct(&[]);

const TEXTS: Kind = List(&Bytes);
const INTS: Kind = List(&Int);

/// The footer.
pub(super) const FILE_METADATA: Fields = &[
    (1, Int),
    (2, List(&Struct(SCHEMA_ELEMENT))),
    (3, Int),
    (4, List(&Struct(ROW_GROUP))),
    (5, List(&Struct(KEY_VALUE))),
    (6, Bytes),
    (7, List(&Struct(&[(1, MARK)]))),
    (9, Bytes),
];

/// The field of the footer that names the algorithm of encryption.
pub(super) const ENCRYPTION_ALGORITHM: i16 = 8;

const KEY_VALUE: Fields = &[(1, Bytes), (2, Bytes)];

const SCHEMA_ELEMENT: Fields = &[
    (1, Int),
    (2, Int),
    (3, Int),
    (4, Bytes),
    (5, Int),
    (6, Int),
    (7, Int),
    (8, Int),
    (9, Int),
    (10, Struct(LOGICAL_TYPE)),
];

const LOGICAL_TYPE: Fields = &[
    (1, MARK),
    (2, MARK),
    (3, MARK),
    (4, MARK),
    (5, Struct(&[(1, Int), (2, Int)])),
    (6, MARK),
    (7, Struct(TIME)),
    (8, Struct(TIME)),
    (10, Struct(&[(1, Byte), (2, Truth)])),
    (11, MARK),
    (12, MARK),
    (13, MARK),
    (14, MARK),
    (15, MARK),
    (16, Struct(&[(1, Byte)])),
    (17, Struct(&[(1, Bytes)])),
    (18, Struct(&[(1, Bytes), (2, Int)])),
];

const TIME: Fields = &[(1, Truth), (2, Struct(&[(1, MARK), (2, MARK), (3, MARK)]))];

const ROW_GROUP: Fields = &[
    (1, List(&Struct(COLUMN_CHUNK))),
    (2, Int),
    (3, Int),
    (4, List(&Struct(&[(1, Int), (2, Truth), (3, Truth)]))),
    (5, Int),
    (6, Int),
    (7, Int),
];

const COLUMN_CHUNK: Fields = &[
    (1, Bytes),
    (2, Int),
    (3, Struct(COLUMN_METADATA)),
    (4, Int),
    (5, Int),
    (6, Int),
    (7, Int),
    (8, Struct(&[(1, MARK), (2, Struct(&[(1, TEXTS), (2, Bytes)]))])),
    (9, Bytes),
];

const COLUMN_METADATA: Fields = &[
    (1, Int),
    (2, INTS),
    (3, TEXTS),
    (4, Int),
    (5, Int),
    (6, Int),
    (7, Int),
    (8, List(&Struct(KEY_VALUE))),
    (9, Int),
    (10, Int),
    (11, Int),
    (12, Struct(STATISTICS)),
    (13, List(&Struct(&[(1, Int), (2, Int), (3, Int)]))),
    (14, Int),
    (15, Int),
    (16, Struct(&[(1, Int), (2, INTS), (3, INTS)])),
    (17, Struct(&[(1, Struct(BOUNDING_BOX)), (2, INTS)])),
];

const STATISTICS: Fields =
    &[(1, Bytes), (2, Bytes), (3, Int), (4, Int), (5, Bytes), (6, Bytes), (7, Truth), (8, Truth)];

const BOUNDING_BOX: Fields =
    &[(1, Double), (2, Double), (3, Double), (4, Double), (5, Double), (6, Double), (7, Double), (8, Double)];

/// What is said of a page before it.
pub(super) const PAGE_HEADER: Fields = &[
    (1, Int),
    (2, Int),
    (3, Int),
    (4, Int),
    (5, Struct(&[(1, Int), (2, Int), (3, Int), (4, Int), (5, Struct(STATISTICS))])),
    (6, MARK),
    (7, Struct(&[(1, Int), (2, Int), (3, Truth)])),
    (8, Struct(DATA_PAGE_HEADER_V2)),
];

/// The part of it for a page of the second version.
pub(super) const DATA_PAGE_HEADER_V2: Fields =
    &[(1, Int), (2, Int), (3, Int), (4, Int), (5, Int), (6, Int), (7, Truth), (8, Struct(STATISTICS))];

/// What is said of the values of all pages of a column.
pub(super) const COLUMN_INDEX: Fields =
    &[(1, List(&Truth)), (2, TEXTS), (3, TEXTS), (4, Int), (5, INTS), (6, INTS), (7, INTS)];

/// Where all pages of a column are.
pub(super) const OFFSET_INDEX: Fields = &[(1, List(&Struct(&[(1, Int), (2, Int), (3, Int)]))), (2, INTS)];

/// What is said of a bloom filter before it.
pub(super) const BLOOM_FILTER_HEADER: Fields =
    &[(1, Int), (2, Struct(&[(1, MARK)])), (3, Struct(&[(1, MARK)])), (4, Struct(&[(1, MARK)]))];
