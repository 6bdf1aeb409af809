//! Items in files: CSV with a head of names, a JSON array of objects, or an object on each line. Read as a stream, an
//! item at a time; what cannot be read is told with its line.

use std::cell::Cell;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use bytes::Bytes;
use cairn_core::datasets::items::{About, ItemWrite, Origin, Policy};
use cairn_core::ids::DatasetItemId;
use cairn_core::json::Json;
use cairn_core::limits::DATASET_FILE_ITEM_BYTES_MAX;
use cairn_core::rejection::Rejection;
use serde::de::{DeserializeOwned, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::input::PolicyIn;

#[derive(Clone, Copy)]
pub(super) enum Format {
    Csv,
    Json,
    JsonLines,
}

/// Gives the items of a file to `take` with their places, such as `line 3`, until one is refused.
pub(super) fn each_item(
    file: &File,
    format: Format,
    take: impl FnMut(&str, ItemWrite) -> Result<(), Rejection>,
) -> Result<(), Rejection> {
    let seen = Seen::default();
    let refused = match format {
        Format::Csv => each_record(Watched { inner: file, seen: &seen }, &seen, take),
        Format::Json => each_element(Watched { inner: BufReader::new(file), seen: &seen }, &seen, take),
        Format::JsonLines => each_line(file, take),
    };
    // A refusal of a value in the file is one of the file.
    refused.map_err(|refusal| Rejection { hint: refusal.hint, ..Rejection::malformed(refusal.message) })
}

/// How far a reader has come: lines in all, and bytes since the last item.
#[derive(Default)]
struct Seen {
    lines: Cell<u64>,
    bytes: Cell<usize>,
}

struct Watched<'a, R> {
    inner: R,
    seen: &'a Seen,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let new = buffer.get(..read).unwrap_or_default();
        let lines = new.split(|byte| *byte == b'\n').count().saturating_sub(1);
        self.seen.lines.set(self.seen.lines.get() + u64::try_from(lines).unwrap_or(u64::MAX));
        self.seen.bytes.set(self.seen.bytes.get() + read);
        if self.seen.bytes.get() > DATASET_FILE_ITEM_BYTES_MAX {
            return Err(std::io::Error::other(too_long()));
        }
        Ok(read)
    }
}

fn too_long() -> String {
    format!("an item has more than {} MB; is a quote or bracket left open", DATASET_FILE_ITEM_BYTES_MAX >> 20)
}

fn at_line(line: u64, what: impl fmt::Display) -> Rejection {
    Rejection::malformed(format!("line {line}: {what}"))
}

/// A record as an object of texts, under the names of the head.
struct Record<'a> {
    head: &'a csv::StringRecord,
    values: &'a csv::StringRecord,
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.head.iter().zip(self.values.iter()))
    }
}

fn each_record(
    from: impl Read,
    seen: &Seen,
    mut take: impl FnMut(&str, ItemWrite) -> Result<(), Rejection>,
) -> Result<(), Rejection> {
    let mut table = csv::ReaderBuilder::new().from_reader(from);
    let head = table.headers().map_err(|error| of_table(&error, seen))?.clone();
    check_head(&head)?;
    let mut values = csv::StringRecord::new();
    while table.read_record(&mut values).map_err(|error| of_table(&error, seen))? {
        seen.bytes.set(0);
        let line = values.position().map_or(0, csv::Position::line);
        let data = serde_json::to_vec(&Record { head: &head, values: &values });
        let data = data.map_err(|error| at_line(line, error))?;
        let write = ItemWrite { id: None, data: Json::stored(Bytes::from(data)), about: about() };
        take(&format!("line {line}"), write)?;
    }
    Ok(())
}

fn check_head(head: &csv::StringRecord) -> Result<(), Rejection> {
    let mut names = std::collections::HashSet::new();
    for (at, name) in head.iter().enumerate() {
        if name.trim().is_empty() {
            return Err(at_line(1, format!("column {} has no name", at + 1)).hint("name every column"));
        }
        if !names.insert(name) {
            return Err(at_line(1, format!("two columns are named `{name}`")).hint("rename one of them"));
        }
    }
    Ok(())
}

fn of_table(error: &csv::Error, seen: &Seen) -> Rejection {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            at_line(line, format!("it has {len} values, and the head names {expected_len} columns"))
                .hint("put quotes around values with commas")
        }
        csv::ErrorKind::Utf8 { pos, err } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            at_line(line, format!("value {} is not UTF-8", err.field() + 1)).hint("save the file as UTF-8")
        }
        csv::ErrorKind::Io(error) => at_line(seen.lines.get() + 1, error),
        _ => at_line(seen.lines.get() + 1, error),
    }
}

fn each_line(
    file: &File,
    mut take: impl FnMut(&str, ItemWrite) -> Result<(), Rejection>,
) -> Result<(), Rejection> {
    let mut from = BufReader::new(file);
    let bound = u64::try_from(DATASET_FILE_ITEM_BYTES_MAX).unwrap_or(u64::MAX);
    let (mut text, mut line) = (Vec::new(), 0);
    loop {
        text.clear();
        line += 1;
        let read = from.by_ref().take(bound).read_until(b'\n', &mut text);
        if read.map_err(|error| at_line(line, error))? == 0 {
            return Ok(());
        }
        if text.len() >= DATASET_FILE_ITEM_BYTES_MAX {
            return Err(at_line(line, too_long()));
        }
        let written = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text).trim_ascii();
        if written.is_empty() {
            continue;
        }
        let object: Object = serde_json::from_slice(written).map_err(|error| at_line(line, json(&error)))?;
        let place = format!("line {line}");
        take(&place, object.item(&place)?)?;
    }
}

fn each_element<T: FnMut(&str, ItemWrite) -> Result<(), Rejection>>(
    from: impl Read,
    seen: &Seen,
    take: T,
) -> Result<(), Rejection> {
    let mut elements = Elements { seen, take, refusal: None };
    let mut json_text = serde_json::Deserializer::from_reader(from);
    let read = json_text.deserialize_seq(&mut elements).and_then(|()| json_text.end());
    match (elements.refusal, read) {
        (Some(refusal), _) => Err(refusal),
        (None, Err(error)) => {
            let line = u64::try_from(error.line()).unwrap_or_default().max(1);
            Err(at_line(line, json(&error)).hint("a JSON file is one array of objects"))
        }
        (None, Ok(())) => Ok(()),
    }
}

/// What is wrong without the place, which is told before it.
fn json(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(what, _)| what.to_owned())
}

struct Elements<'a, T> {
    seen: &'a Seen,
    take: T,
    refusal: Option<Rejection>,
}

impl<'de, T: FnMut(&str, ItemWrite) -> Result<(), Rejection>> Visitor<'de> for &mut Elements<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while let Some(object) = elements.next_element::<Object>()? {
            self.seen.bytes.set(0);
            // The line on which the element ends.
            let place = format!("line {}", self.seen.lines.get() + 1);
            let taken = object.item(&place).and_then(|item| (self.take)(&place, item));
            if let Err(refusal) = taken {
                self.refusal = Some(refusal);
                return Err(serde::de::Error::custom("refused"));
            }
        }
        Ok(())
    }
}

/// An object, its values as they are written, in their order.
struct Object(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Object(fields))
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

impl Object {
    /// Some keys are the item's own; what else there is makes its data.
    fn item(self, place: &str) -> Result<ItemWrite, Rejection> {
        let (mut id, mut about, mut data) = (None, about(), String::from("{"));
        for (key, value) in self.0 {
            match key.as_str() {
                "id" => id = read::<Uuid>(place, &key, &value)?,
                "source" => about.origin = origin(place, read(place, &key, &value)?)?,
                "description" => about.description = read(place, &key, &value)?,
                "tags" => about.tags = read(place, &key, &value)?.unwrap_or_default(),
                "evaluators" => {
                    let evaluators: Option<Box<RawValue>> = read(place, &key, &value)?;
                    about.evaluators = evaluators.map(|raw| raw.get().to_owned());
                }
                "execution_policy" => {
                    about.policy = read::<PolicyIn>(place, &key, &value)?.map(Policy::from);
                }
                _ => {
                    if data.len() > 1 {
                        data.push(',');
                    }
                    data.push_str(&serde_json::Value::from(key).to_string());
                    data.push(':');
                    data.push_str(value.get());
                }
            }
        }
        data.push('}');
        let id = id.map(DatasetItemId::new).transpose();
        let id =
            id.map_err(|refusal| Rejection { message: format!("{place}: {}", refusal.message), ..refusal })?;
        Ok(ItemWrite { id, data: Json::stored(Bytes::from(data)), about })
    }
}

fn read<T: DeserializeOwned>(place: &str, key: &str, value: &RawValue) -> Result<Option<T>, Rejection> {
    let wrong = |error: serde_json::Error| {
        Rejection::malformed(format!("{place}: `{key}` cannot be read")).hint(json(&error))
    };
    serde_json::from_str(value.get()).map_err(wrong)
}

fn origin(place: &str, name: Option<String>) -> Result<Origin, Rejection> {
    let Some(name) = name else { return Ok(Origin::Manual) };
    let unknown = || {
        Rejection::malformed(format!("{place}: source `{name}` is unknown"))
            .hint("use `manual`, `trace`, `span` or `sdk`")
    };
    Origin::parse(&name).ok_or_else(unknown)
}

const fn about() -> About {
    About {
        origin: Origin::Manual,
        trace_id: None,
        span_id: None,
        description: None,
        tags: Vec::new(),
        evaluators: None,
        policy: None,
    }
}
