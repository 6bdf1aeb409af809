//! Rows into files: as the lines that they are, or cut into the columns of a table.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::Arc;

use cairn_core::limits::{EXPORT_GROUP_BYTES_MAX, EXPORT_GROUP_ROWS_MAX};
use cairn_core::time::Timestamp;
use cairn_rest::bundle::{Column, Kind, cell};
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;
use serde_json::value::RawValue;

use crate::commands::Trouble;

pub(super) enum Sink {
    Lines(BufWriter<File>),
    Csv(Box<csv::Writer<File>>, &'static [Column]),
    Parquet(Box<Groups>),
}

impl Sink {
    pub(super) fn lines(file: File) -> Self {
        Self::Lines(BufWriter::new(file))
    }

    pub(super) fn csv(file: File, columns: &'static [Column]) -> Result<Self, Trouble> {
        let mut table = csv::Writer::from_writer(file);
        table.write_record(columns.iter().map(|(name, _)| name)).map_err(of_csv)?;
        Ok(Self::Csv(Box::new(table), columns))
    }

    pub(super) fn parquet(file: File, columns: &'static [Column]) -> Result<Self, Trouble> {
        Ok(Self::Parquet(Box::new(Groups::new(file, columns).map_err(of_parquet)?)))
    }

    pub(super) fn row(&mut self, row: &str) -> Result<(), Trouble> {
        match self {
            Self::Lines(file) => {
                file.write_all(row.as_bytes())?;
                Ok(file.write_all(b"\n")?)
            }
            Self::Csv(table, columns) => {
                let cells = cells(row)?;
                let texts = columns.iter().map(|(name, _)| cells.get(*name).map(|raw| cell(raw)));
                table.write_record(texts.map(Option::unwrap_or_default)).map_err(of_csv)
            }
            Self::Parquet(groups) => groups.row(row),
        }
    }

    pub(super) fn finish(self) -> Result<(), Trouble> {
        match self {
            Self::Lines(mut file) => Ok(file.flush()?),
            Self::Csv(mut table, _) => Ok(table.flush()?),
            Self::Parquet(groups) => groups.finish(),
        }
    }
}

type Cells<'a> = HashMap<String, &'a RawValue>;

fn cells(row: &str) -> Result<Cells<'_>, Trouble> {
    Ok(serde_json::from_str(row).map_err(std::io::Error::from)?)
}

/// A Parquet file, written in groups of rows that are in memory one at a time.
pub(super) struct Groups {
    file: SerializedFileWriter<File>,
    columns: Vec<(&'static str, Values)>,
    rows: usize,
    bytes: usize,
}

/// The values of one column in one group; rows without one have nothing.
enum Values {
    Text(Vec<Option<ByteArray>>),
    Number(Vec<Option<f64>>),
    Whole(Vec<Option<i64>>),
    Truth(Vec<Option<bool>>),
    /// Microseconds.
    Time(Vec<Option<i64>>),
}

impl Groups {
    fn new(file: File, columns: &'static [Column]) -> Result<Self, ParquetError> {
        let fields = columns.iter().map(|(name, kind)| field(name, *kind).map(Arc::new));
        let fields = fields.collect::<Result<_, _>>()?;
        let schema = Type::group_type_builder("row").with_fields(fields).build()?;
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let file = SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties))?;
        let columns = columns.iter().map(|(name, kind)| (*name, Values::of(*kind))).collect();
        Ok(Self { file, columns, rows: 0, bytes: 0 })
    }

    fn row(&mut self, row: &str) -> Result<(), Trouble> {
        let cells = cells(row)?;
        for (name, values) in &mut self.columns {
            values.push(cells.get(*name).copied());
        }
        self.rows += 1;
        self.bytes += row.len();
        if self.rows < EXPORT_GROUP_ROWS_MAX && self.bytes < EXPORT_GROUP_BYTES_MAX {
            return Ok(());
        }
        self.write_group().map_err(of_parquet)
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        let mut group = self.file.next_row_group()?;
        for (_, values) in &mut self.columns {
            values.write(&mut group)?;
        }
        group.close()?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), Trouble> {
        if self.rows > 0 {
            self.write_group().map_err(of_parquet)?;
        }
        self.file.close().map(|_| ()).map_err(of_parquet)
    }
}

fn field(name: &str, kind: Kind) -> Result<Type, ParquetError> {
    let (physical, logical) = match kind {
        Kind::Text | Kind::Json => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Number => (Physical::DOUBLE, None),
        Kind::Whole => (Physical::INT64, None),
        Kind::Truth => (Physical::BOOLEAN, None),
        Kind::Time => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
    };
    Type::primitive_type_builder(name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()
}

impl Values {
    const fn of(kind: Kind) -> Self {
        match kind {
            Kind::Text | Kind::Json => Self::Text(Vec::new()),
            Kind::Number => Self::Number(Vec::new()),
            Kind::Whole => Self::Whole(Vec::new()),
            Kind::Truth => Self::Truth(Vec::new()),
            Kind::Time => Self::Time(Vec::new()),
        }
    }

    fn push(&mut self, raw: Option<&RawValue>) {
        let raw = raw.filter(|raw| raw.get() != "null");
        match self {
            Self::Text(values) => values.push(raw.map(|raw| ByteArray::from(cell(raw).into_bytes()))),
            Self::Number(values) => values.push(raw.and_then(|raw| raw.get().parse().ok())),
            Self::Whole(values) => values.push(raw.and_then(|raw| raw.get().parse().ok())),
            Self::Truth(values) => values.push(raw.map(|raw| raw.get() == "true")),
            Self::Time(values) => {
                let time = raw.and_then(|raw| Timestamp::parse(&cell(raw)));
                values.push(time.map(|time| time.as_nanos().div_euclid(1_000)));
            }
        }
    }

    fn write(&mut self, group: &mut SerializedRowGroupWriter<'_, File>) -> Result<(), ParquetError> {
        match self {
            Self::Text(values) => write::<ByteArrayType>(group, values),
            Self::Number(values) => write::<DoubleType>(group, values),
            Self::Whole(values) | Self::Time(values) => write::<Int64Type>(group, values),
            Self::Truth(values) => write::<BoolType>(group, values),
        }
    }
}

fn write<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, File>,
    values: &mut Vec<Option<T::T>>,
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else { return Ok(()) };
    let present: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
    let values: Vec<T::T> = values.drain(..).flatten().collect();
    column.typed::<T>().write_batch(&values, Some(&present), None)?;
    column.close()
}

fn of_csv(error: csv::Error) -> Trouble {
    Trouble::Disk(error.into())
}

fn of_parquet(error: ParquetError) -> Trouble {
    Trouble::Disk(std::io::Error::other(error))
}
