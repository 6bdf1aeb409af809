//! A query for all documents with a term that passes a test, found by walking the dictionary of a field.

use std::fmt;
use std::ops::Bound;
use std::sync::Arc;

use tantivy::query::{
    BitSetDocSet, ConstScorer, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{BitSet, DocId, DocSet, Score, SegmentReader, TantivyError};

/// Terms of a field between two bounds that pass a test. Costs a look at every term between the bounds.
#[derive(Clone)]
pub(crate) struct Terms {
    field: Field,
    lower: Bound<Vec<u8>>,
    upper: Bound<Vec<u8>>,
    count_max: usize,
    test: Test,
}

type Test = Arc<dyn Fn(&str) -> bool + Send + Sync>;

impl fmt::Debug for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, lower, upper, .. } = self;
        f.debug_struct("Terms")
            .field("field", field)
            .field("lower", lower)
            .field("upper", upper)
            .finish_non_exhaustive()
    }
}

impl Terms {
    pub(crate) fn between(field: Field, lower: Bound<&str>, upper: Bound<&str>) -> Self {
        let bytes = |bound: Bound<&str>| bound.map(|text| text.as_bytes().to_vec());
        let test: Test = Arc::new(|_: &str| true);
        Self { field, lower: bytes(lower), upper: bytes(upper), count_max: usize::MAX, test }
    }

    pub(crate) fn starting_with(field: Field, prefix: &str) -> Self {
        let mut terms = Self::between(field, Bound::Included(prefix), Bound::Unbounded);
        // No byte of UTF-8 is 255, so that the last one can always be raised.
        let mut end = prefix.as_bytes().to_vec();
        if let Some(last) = end.last_mut() {
            *last += 1;
            terms.upper = Bound::Excluded(end);
        }
        terms
    }

    #[must_use]
    pub(crate) fn that(mut self, test: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.test = Arc::new(test);
        self
    }

    /// Takes no more than the first so many terms of each segment.
    #[must_use]
    pub(crate) const fn at_most(mut self, count: usize) -> Self {
        self.count_max = count;
        self
    }

    fn documents(&self, reader: &SegmentReader) -> Result<Option<BitSet>, TantivyError> {
        let index = reader.inverted_index(self.field)?;
        let mut range = index.terms().range();
        range = match &self.lower {
            Bound::Included(bound) => range.ge(bound),
            Bound::Excluded(bound) => range.gt(bound),
            Bound::Unbounded => range,
        };
        range = match &self.upper {
            Bound::Included(bound) => range.le(bound),
            Bound::Excluded(bound) => range.lt(bound),
            Bound::Unbounded => range,
        };
        let mut stream = range.into_stream()?;
        let mut found = None;
        let mut count = 0;
        while count < self.count_max && stream.advance() {
            if !std::str::from_utf8(stream.key()).is_ok_and(|term| (self.test)(term)) {
                continue;
            }
            count += 1;
            let documents = found.get_or_insert_with(|| BitSet::with_max_value(reader.max_doc()));
            let mut postings =
                index.read_block_postings_from_terminfo(stream.value(), IndexRecordOption::Basic)?;
            while !postings.docs().is_empty() {
                for doc in postings.docs() {
                    documents.insert(*doc);
                }
                postings.advance();
            }
        }
        Ok(found)
    }
}

impl Query for Terms {
    fn weight(&self, _scoring: EnableScoring<'_>) -> Result<Box<dyn Weight>, TantivyError> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Terms {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> Result<Box<dyn Scorer>, TantivyError> {
        Ok(match self.documents(reader)? {
            Some(documents) => Box::new(ConstScorer::new(BitSetDocSet::from(documents), boost)),
            None => Box::new(EmptyScorer),
        })
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> Result<Explanation, TantivyError> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() <= doc && scorer.seek(doc) == doc {
            return Ok(Explanation::new("Terms", scorer.score()));
        }
        Err(TantivyError::InvalidArgument(format!("document {doc} does not match")))
    }
}
