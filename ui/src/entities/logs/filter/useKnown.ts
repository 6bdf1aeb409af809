import { useRef, useState } from "react";
import { type Client, useClient } from "urql";
import {
  type AskedValues,
  type Known,
  type Observed,
  type ObservedValue,
  placeOf,
} from "@/entities/logs/filter/completeFilter";
import { type FieldFacts, type FieldScope, figuresOf, readFieldFacts } from "@/entities/logs/filter/fieldFacts";
import { figureText, formatFigure } from "@/entities/logs/filter/fieldFormat";
import { AMOUNTS, type FilterField, isAmount, TIMES, withKey } from "@/entities/logs/filter/filterFields";
import { readFilter, valueText } from "@/entities/logs/filter/readFilter";
import type { LogKind } from "@/entities/logs/logKind";
import { graphql } from "@/gql";
import { askAnew } from "@/lib/askAnew";
import { formatAmount } from "@/lib/format";

// What a filter can ask for: the fields of a kind of things, those that were recorded in this project, and the values of
// each, read when somebody is about to write them.

const RecordedNamesQuery = graphql(`
  query RecordedNames($scope: StatisticsScope!) {
    statisticsNames(scope: $scope) {
      usage
      scores
      spanScores
      guardrails
    }
    facets(scope: $scope, values: 1) {
      field
    }
    derivedColumns {
      id
      of
      name
    }
  }
`);

const VALUES_MAX = 50;
const READ_AGAIN_MS = 10_000;
/** Which fields there are is much to count, and seldom changes. */
const NAMES_AGAIN_MS = 120_000;
const KEPT_MAX = 100;
const NOTHING: Observed = { values: [], others: 0, isReading: false };

/** Of these no values are counted: they differ from thing to thing, or are texts of any length. */
const UNCOUNTED =
  /^(id|text|comments?|error_message|first_message|last_message|has|missing|(input|output)\b.*|metadata)$/;

export type Asking = Known & {
  /** Begins to read what the text wants at the caret. */
  prepare: (text: string, caret: number) => void;
  prepareFields: () => void;
  prepareValues: (asked: AskedValues) => void;
};

/** `within` is a filter of the things whose values are offered. */
export function useKnown<Row>(kind: LogKind<Row>, projectId: string, within = ""): Asking {
  const client = useClient();
  const [recorded, setRecorded] = useState<readonly FilterField[]>([]);
  const [read, setRead] = useState<ReadonlyMap<string, Observed>>(new Map());
  const askedAt = useRef(new Map<string, number>());
  const names = new Set(kind.fields.map(({ name }) => name));
  const fields = [...kind.fields, ...recorded.filter(({ name }) => !names.has(name))];
  const scopeOf = (filter: string): FieldScope => ({
    entity: kind.entity,
    projectIds: [projectId],
    filter: [within, filter && within ? `(${filter})` : filter].filter(Boolean).join(" AND ") || null,
  });

  const isDue = (key: string, againMs: number) => {
    const now = Date.now();
    if (now - (askedAt.current.get(key) ?? 0) < againMs) return false;
    askedAt.current.set(key, now);
    return true;
  };
  const prepareFields = () => {
    if (!isDue("", NAMES_AGAIN_MS)) return;
    // Without an answer the fields of the kind are offered.
    readNames(client, scopeOf("")).then(setRecorded, () => {});
  };
  const put = (key: string, next: (old: Observed) => Observed) =>
    setRead((old) => new Map([...old].slice(-KEPT_MAX)).set(key, next(old.get(key) ?? NOTHING)));
  const readValues = async (asked: AskedValues, holding: string) => {
    const field = fields.find(({ name }) => name === asked.field);
    const key = keyOf(asked, holding);
    if (field?.operators === TIMES || UNCOUNTED.test(asked.field) || !isDue(key, READ_AGAIN_MS)) return;
    const isMeasured = field?.operators === AMOUNTS || isAmount(asked.field);
    const held = holding && `${asked.field}:*${valueText(holding)}*`;
    const filter = [asked.among, held].filter(Boolean).join(" AND ");
    put(key, (old) => ({ ...old, isReading: true }));
    const values = isMeasured ? 0 : VALUES_MAX;
    try {
      const facts = await readFieldFacts(client, { scope: scopeOf(filter), field: asked.field, values, isMeasured });
      put(key, () => observedOf(facts, asked.field, kind));
    } catch {
      // A field that has no values to offer, or a filter that makes no sense: both are said where the list is read.
      setRead((old) => new Map([...old].filter(([each]) => each !== key)));
    }
  };
  const prepareValues = (asked: AskedValues) => {
    readValues(asked, "");
    // What is begun is looked for only where the list of all is known to be too short.
    if (asked.begun && (read.get(keyOf(asked, ""))?.others ?? 0) > 0) readValues(asked, asked.begun);
  };
  return {
    fields,
    valuesOf: (asked) => (asked.begun && read.get(keyOf(asked, asked.begun))) || (read.get(keyOf(asked, "")) ?? null),
    prepareFields,
    prepareValues,
    prepare: (text, caret) => {
      const place = placeOf(text, caret);
      prepareFields();
      if (place.kind === "value") prepareValues(place);
    },
  };
}

const keyOf = ({ field, among }: AskedValues, holding: string) => JSON.stringify([field, among, holding]);

function observedOf<Row>(facts: FieldFacts, field: string, kind: LogKind<Row>): Observed {
  const figures = figuresOf(facts);
  if (figures) {
    const values = (["min", "p50", "p90", "p99", "max"] as const).flatMap((name): ObservedValue[] => {
      const value = figures[name];
      const text = value == null ? "" : figureText(field, value);
      return text ? [{ text, label: text, detail: `${name}, ${formatFigure(field, value ?? 0)}` }] : [];
    });
    return { values, others: 0, isReading: false };
  }
  const [facet] = facts.facets;
  const values = (facet?.values ?? []).flatMap(({ value, filter, count }): ObservedValue[] => {
    if (value == null) return [];
    const text = writtenIn(filter) ?? valueText(value);
    return [{ text, label: value, detail: formatAmount(count, kind), condition: filter }];
  });
  return { values, others: facet?.others ?? 0, isReading: false };
}

/** A value as the server writes it. */
function writtenIn(filter: string): string | null {
  const read = readFilter(filter);
  return "terms" in read && read.terms.length === 1 ? (read.terms[0]?.condition?.value ?? null) : null;
}

async function readNames(client: Client, scope: FieldScope): Promise<FilterField[]> {
  const { statisticsNames: names, facets, derivedColumns } = await askAnew(client, RecordedNamesQuery, { scope });
  const amounts = (head: string, keys: readonly string[], says: string) =>
    keys.map((key): FilterField => ({ name: withKey(head, key), says, operators: AMOUNTS }));
  const paths = facets.filter(({ field }) => field.startsWith("metadata"));
  const derived = derivedColumns.filter(({ of }) => of === `${scope.entity}S`);
  return [
    ...derived.map(({ name }): FilterField => ({ name: `derived.${name}`, says: "derived column" })),
    ...paths.map(({ field }): FilterField => ({ name: field, says: "of the metadata" })),
    ...amounts("feedback", names.scores, "feedback score"),
    ...(scope.entity === "TRACE" ? amounts("span_feedback", names.spanScores, "feedback score of its spans") : []),
    ...amounts("usage", names.usage, "usage"),
    ...(scope.entity === "THREAD" ? [] : amounts("guardrails", names.guardrails, "checks that failed")),
  ];
}
