//! Statistics: one aggregation over any filter, as groups and as series over time.

pub(crate) mod facets;

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU64;

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use cairn_core::access::TraceRead;
use cairn_core::ids::ProjectId;
use cairn_core::limits::{
    AGGREGATE_DIMENSIONS_MAX, STATISTICS_GROUPS_MAX, STATISTICS_MEASURES_MAX, STATISTICS_PROJECTS_MAX,
    STATISTICS_VALUES_MAX,
};
use cairn_core::query::{Comparison, Entity, Field, Operand, Predicate, Query};
use cairn_core::time;
use cairn_storage::aggregate::{self, Aggregated, Aggregation, Bucket, Clock, Key, Keyed, Measure, Summary};
use cairn_storage::reader::{Reader, Scope};

use crate::error::{Problem, Result};
use crate::scalars::{Timestamp, uuid};
use crate::session::session;

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum StatisticsEntity {
    Trace,
    Span,
    Thread,
}

/// Which time of a thing counts for `from`, `to` and the buckets.
#[derive(Clone, Copy, Default, PartialEq, Eq, Enum)]
pub(crate) enum StatisticsClock {
    #[default]
    Start,
    End,
    Created,
    Updated,
}

/// What is counted.
#[derive(InputObject)]
pub(crate) struct StatisticsScope {
    entity: StatisticsEntity,
    /// All projects of the workspace if left out.
    project_ids: Option<Vec<ID>>,
    /// Text of the query language, as in lists.
    filter: Option<String>,
    #[graphql(default)]
    clock: StatisticsClock,
    /// Included.
    from: Option<Timestamp>,
    /// Excluded; now if left out.
    to: Option<Timestamp>,
}

/// How it is counted.
#[derive(InputObject)]
pub(crate) struct StatisticsInput {
    /// Fields whose values are summed up: `duration` and `ttft` in milliseconds, `cost` in US dollars,
    /// `usage.total_tokens`, `feedback.accuracy`, `span_count`, `metadata.size`; of `error`, `count` is the number of
    /// things that failed and `share` their part.
    #[graphql(default)]
    measures: Vec<String>,
    /// The width of buckets: 3600 for hours, 86400 for days, 604800 for weeks from Monday, all in UTC. Needs `from`.
    /// Without it there is one point for all of the time.
    bucket_seconds: Option<u64>,
    /// Up to two fields to group by, such as `model`, `tags`, `environment`, `error_type` or `metadata.user.plan`.
    /// A thing with several tags counts under each of them.
    #[graphql(default)]
    by: Vec<String>,
    /// How many groups are told apart, those with the most things; the rest is put together.
    #[graphql(default = 20)]
    groups: usize,
}

#[derive(SimpleObject)]
pub(crate) struct Statistics {
    /// The largest first, what was put together last. One group if nothing was grouped by.
    groups: Vec<StatisticsGroup>,
    /// Whether there were more groups than are told apart.
    truncated: bool,
}

#[derive(SimpleObject)]
pub(crate) struct StatisticsGroup {
    /// One value for each field that was grouped by.
    by: Vec<StatisticsKey>,
    /// On all points together.
    count: u64,
    /// Every bucket of the time that was asked for, with a count of 0 where there was nothing.
    points: Vec<StatisticsPoint>,
}

#[derive(SimpleObject)]
pub(crate) struct StatisticsKey {
    /// Null for things without a value, and where groups were put together.
    value: Option<String>,
    /// Whether this stands for all groups that are not told apart.
    is_others: bool,
}

#[derive(SimpleObject)]
pub(crate) struct StatisticsPoint {
    /// When the bucket begins; null without buckets.
    time: Option<Timestamp>,
    count: u64,
    /// `count` by the length of the bucket, or of the whole time; null if that has no beginning.
    rate_per_second: Option<f64>,
    /// One for each measure, in the order in which they were asked for.
    values: Vec<StatisticsValue>,
}

/// Figures of one measure; all but `count` and `share` are null where nothing has a value.
#[derive(Default, SimpleObject)]
pub(crate) struct StatisticsValue {
    /// How many things have a value.
    count: u64,
    /// Their part of all, from 0 to 1.
    share: Option<f64>,
    sum: Option<f64>,
    mean: Option<f64>,
    min: Option<f64>,
    max: Option<f64>,
    p50: Option<f64>,
    p90: Option<f64>,
    p99: Option<f64>,
    /// Whether the percentiles were estimated, within 1 percent, since there were too many values to keep.
    approximate: bool,
}

#[derive(SimpleObject)]
pub(crate) struct StatisticsNames {
    /// Keys for `usage.…`.
    usage: Vec<String>,
    /// Names for `feedback.…`.
    scores: Vec<String>,
    /// Names for `span_feedback.…`.
    span_scores: Vec<String>,
    /// Names for `guardrails.…`.
    guardrails: Vec<String>,
}

#[derive(Default)]
pub(crate) struct StatisticsQueries;

#[Object]
impl StatisticsQueries {
    /// Counts, rates, sums, means and percentiles of traces, spans or threads, over time and by up to two fields.
    #[graphql(complexity = "200 + child_complexity")]
    async fn statistics(
        &self,
        context: &Context<'_>,
        scope: StatisticsScope,
        #[graphql(default_with = "StatisticsInput::plain()")] input: StatisticsInput,
    ) -> Result<Statistics> {
        let session = session(context)?;
        let scope = scope.understood(session.now())?;
        let values = context.look_ahead().field("groups").field("points").field("values");
        let percentiles = ["p50", "p90", "p99"].into_iter().any(|name| values.field(name).exists());
        let plan = Plan::new(&scope, input, percentiles)?;
        let read = session.read::<TraceRead, _>(move |reader| {
            let found = reader.aggregate_all(&plan.asked, &plan.query, &plan.aggregation)?;
            Ok(plan.shown(found.largest(plan.groups)))
        });
        Ok(read.await?)
    }

    /// What can be measured of the things in a scope.
    #[graphql(complexity = "50 + child_complexity")]
    async fn statistics_names(
        &self,
        context: &Context<'_>,
        scope: StatisticsScope,
    ) -> Result<StatisticsNames> {
        let session = session(context)?;
        let scope = scope.understood(session.now())?;
        let read = session.read::<TraceRead, _>(move |reader| {
            Ok(StatisticsNames {
                usage: scope.keys(reader, Keyed::Usage)?,
                scores: scope.keys(reader, Keyed::Scores)?,
                span_scores: scope.keys(reader, Keyed::SpanScores)?,
                guardrails: scope.keys(reader, Keyed::Guardrails)?,
            })
        });
        Ok(read.await?)
    }
}

/// What is counted, understood.
struct Understood {
    entity: Entity,
    scopes: Vec<Scope>,
    query: Query,
    clock: Clock,
    from: Option<time::Timestamp>,
    to: time::Timestamp,
}

impl StatisticsScope {
    fn understood(self, now: time::Timestamp) -> Result<Understood> {
        let entity = match self.entity {
            StatisticsEntity::Trace => Entity::Trace,
            StatisticsEntity::Span => Entity::Span,
            StatisticsEntity::Thread => Entity::Thread,
        };
        let ids = self.project_ids.unwrap_or_default();
        if ids.len() > STATISTICS_PROJECTS_MAX {
            return Err(Problem::invalid(format!(
                "`projectIds` must not be more than {STATISTICS_PROJECTS_MAX}"
            )));
        }
        let mut projects = ids.iter().map(|id| uuid(id).map(ProjectId::known)).collect::<Result<Vec<_>>>()?;
        projects.sort_unstable();
        projects.dedup();
        let scope = |project| Scope { entity, project, trace: None };
        let scopes = if projects.is_empty() {
            vec![scope(None)]
        } else {
            projects.into_iter().map(|project| scope(Some(project))).collect()
        };
        let (clock, field) = match self.clock {
            StatisticsClock::Start => (Clock::StartTime, Field::StartTime),
            StatisticsClock::End => (Clock::EndTime, Field::EndTime),
            StatisticsClock::Created => (Clock::CreatedAt, Field::CreatedAt),
            StatisticsClock::Updated => (Clock::LastUpdatedAt, Field::LastUpdatedAt),
        };
        let mut conditions = vec![Query::parse(entity, self.filter.as_deref().unwrap_or_default(), now)?];
        let bound = |comparison, time| {
            Query::term(field.clone(), Predicate::Compare(comparison, Operand::Time(time)))
        };
        let from = self.from.map(|from| from.0);
        conditions.extend(from.map(|from| bound(Comparison::GreaterOrEqual, from)));
        conditions.extend(self.to.map(|to| bound(Comparison::Less, to.0)));
        let to = self.to.map_or(now, |to| to.0);
        if from.is_some_and(|from| from >= to) {
            return Err(Problem::invalid("`from` must be before `to`"));
        }
        Ok(Understood { entity, scopes, query: Query::And(conditions).simplified(), clock, from, to })
    }
}

impl Understood {
    fn keys(
        &self,
        reader: &Reader,
        keyed: Keyed,
    ) -> std::result::Result<Vec<String>, cairn_storage::error::Error> {
        let mut names = std::collections::BTreeSet::new();
        for scope in &self.scopes {
            names.extend(reader.keys(*scope, &self.query, keyed)?);
        }
        Ok(names.into_iter().collect())
    }
}

impl StatisticsInput {
    const fn plain() -> Self {
        Self { measures: Vec::new(), bucket_seconds: None, by: Vec::new(), groups: 20 }
    }
}

/// The groups of one key by the beginning of their bucket.
type Points = HashMap<Option<time::Timestamp>, aggregate::Group>;

/// An aggregation, and how its answer is to be laid out.
struct Plan {
    asked: Vec<Scope>,
    query: Query,
    aggregation: Aggregation,
    groups: usize,
    /// When the points begin; one without a time if there are no buckets.
    starts: Vec<Option<time::Timestamp>>,
    seconds: Option<f64>,
}

impl Plan {
    fn new(scope: &Understood, input: StatisticsInput, percentiles: bool) -> Result<Self> {
        let measures = measures(scope.entity, &input.measures, percentiles)?;
        let by = dimensions(scope.entity, &input.by)?;
        if input.groups > STATISTICS_GROUPS_MAX {
            return Err(Problem::invalid(format!("`groups` must not be more than {STATISTICS_GROUPS_MAX}")));
        }
        let bucket = input.bucket_seconds.map(|seconds| bucket(scope.clock, seconds)).transpose()?;
        let groups = if by.is_empty() { 1 } else { input.groups };
        // The points of one group more, for the others.
        let points_max = STATISTICS_VALUES_MAX / (groups + 1) / measures.len().max(1);
        let starts = match (bucket, scope.from) {
            (None, _) => vec![None],
            (Some(_), None) => return Err(Problem::invalid("`bucketSeconds` needs `from`")),
            (Some(bucket), Some(from)) => {
                let starts = bucket.starts(from, scope.to, points_max + 1);
                if starts.len() > points_max {
                    let message = format!(
                        "more than {STATISTICS_VALUES_MAX} values: ask for longer buckets, less time or fewer groups"
                    );
                    return Err(Problem::invalid(message));
                }
                starts.into_iter().map(Some).collect()
            }
        };
        let whole = scope.from.map(|from| seconds_between(from, scope.to));
        let seconds = bucket.map_or(whole, |bucket| Some(float(bucket.width_ms.get()) / 1_000.0));
        let aggregation = Aggregation { measures, bucket, by };
        Ok(Self {
            asked: scope.scopes.clone(),
            query: scope.query.clone(),
            aggregation,
            groups,
            starts,
            seconds,
        })
    }

    fn shown(&self, found: Aggregated) -> Statistics {
        let mut by_key: BTreeMap<Vec<Key>, (u64, Points)> = BTreeMap::new();
        if self.aggregation.by.is_empty() {
            by_key.entry(Vec::new()).or_default();
        }
        for group in found.groups {
            let (count, points) = by_key.entry(group.by.clone()).or_default();
            *count += group.count;
            points.insert(group.at, group);
        }
        let mut groups: Vec<_> = by_key.into_iter().collect();
        let is_others = |by: &[Key]| by.contains(&Key::Others);
        groups.sort_by(|(one, (count, _)), (other, (other_count, _))| {
            is_others(one).cmp(&is_others(other)).then(other_count.cmp(count))
        });
        let groups = groups.into_iter().map(|(by, (count, mut points))| StatisticsGroup {
            by: by.into_iter().map(StatisticsKey::from).collect(),
            count,
            points: self.starts.iter().map(|start| self.point(*start, points.remove(start))).collect(),
        });
        Statistics { groups: groups.collect(), truncated: found.truncated }
    }

    fn point(&self, time: Option<time::Timestamp>, group: Option<aggregate::Group>) -> StatisticsPoint {
        let (count, summaries) = group.map(|group| (group.count, group.summaries)).unwrap_or_default();
        let mut values: Vec<_> =
            summaries.into_iter().map(|summary| StatisticsValue::of(summary, count)).collect();
        values.resize_with(self.aggregation.measures.len(), StatisticsValue::default);
        let rate_per_second = self.seconds.map(|seconds| float(count) / seconds);
        StatisticsPoint { time: time.map(Timestamp), count, rate_per_second, values }
    }
}

fn measures(entity: Entity, names: &[String], percentiles: bool) -> Result<Vec<Measure>> {
    if names.len() > STATISTICS_MEASURES_MAX {
        return Err(Problem::invalid(format!("`measures` must not be more than {STATISTICS_MEASURES_MAX}")));
    }
    let measure = |name: &String| {
        let field = Field::parse(entity, name)?;
        if !field.can_be_measured() {
            return Err(Problem::invalid(format!("`{name}` is not a number and cannot be measured")));
        }
        let measure = Measure::of(field);
        Ok(if percentiles { measure.with_percentiles() } else { measure })
    };
    names.iter().map(measure).collect()
}

fn dimensions(entity: Entity, names: &[String]) -> Result<Vec<Field>> {
    if names.len() > AGGREGATE_DIMENSIONS_MAX {
        return Err(Problem::invalid(format!(
            "`by` must not be more than {AGGREGATE_DIMENSIONS_MAX} fields"
        )));
    }
    let dimension = |name: &String| {
        let field = Field::parse(entity, name)?;
        if !field.can_be_grouped_by() {
            return Err(Problem::invalid(format!("`{name}` cannot be grouped by")));
        }
        Ok(field)
    };
    names.iter().map(dimension).collect()
}

fn bucket(clock: Clock, seconds: u64) -> Result<Bucket> {
    let width = NonZeroU64::new(seconds.saturating_mul(1_000));
    let width_ms = width.ok_or_else(|| Problem::invalid("`bucketSeconds` must be at least 1"))?;
    Ok(Bucket { clock, width_ms })
}

impl StatisticsValue {
    fn of(mut summary: Summary, all: u64) -> Self {
        let [p50, p90, p99] =
            summary.percentiles([0.5, 0.9, 0.99]).map_or([None; 3], |found| found.map(Some));
        let count = summary.count();
        Self {
            count,
            share: (all > 0).then(|| float(count) / float(all)),
            sum: (count > 0).then(|| summary.sum()),
            mean: summary.mean(),
            min: summary.min(),
            max: summary.max(),
            p50,
            p90,
            p99,
            approximate: summary.is_approximate(),
        }
    }
}

impl From<Key> for StatisticsKey {
    fn from(key: Key) -> Self {
        match key {
            Key::Value(value) => Self { value: Some(value), is_others: false },
            Key::Missing => Self { value: None, is_others: false },
            Key::Others => Self { value: None, is_others: true },
        }
    }
}

fn seconds_between(from: time::Timestamp, to: time::Timestamp) -> f64 {
    float(to.as_millis().saturating_sub(from.as_millis()).max(1).unsigned_abs()) / 1_000.0
}

#[expect(clippy::cast_precision_loss, reason = "counts and lengths of time are far below 2^53")]
const fn float(count: u64) -> f64 {
    count as f64
}
