import type { ReactNode } from "react";
import type { FilterField } from "@/entities/logs/filter/filterFields";

// What can stand in the table of the logs: traces, spans, threads. A kind says what is its own; all else is shared.

export type LogHit = {
  spanId: string | null;
  spanName: string | null;
  field: string;
  text: string;
  highlights: readonly { start: number; end: number }[];
};

/** `row` is null while it has not arrived, but something of it has. */
export type LogItem<Row> = { id: string; row: Row | null; hits: readonly LogHit[] };

export type LogColumn<Row> = {
  id: string;
  label: string;
  width: number;
  /** Takes a share of the width that is left. */
  grows?: boolean;
  isNumeric?: boolean;
  isHidden?: boolean;
  /** The field of the query language by which the server sorts. */
  sort?: string;
  /** The field whose values can be counted, in the column's head. */
  field?: string;
  cell: (row: Row) => ReactNode;
  /** As it stands in a file. */
  text: (row: Row) => string | number | null | undefined;
};

export type LogKind<Row> = {
  id: "traces" | "spans" | "threads";
  one: string;
  many: string;
  columns: readonly LogColumn<Row>[];
  fields: readonly FilterField[];
  /** A filter as it may look. */
  example: string;
  /** Filters of every day, to be chosen by name. */
  usual: readonly { term: string; label: string }[];
  nameOf: (row: Row) => string;
  scoresOf: (row: Row) => readonly { name: string; value: number }[];
  /** What the scores of its spans come to; null where there is no such thing. */
  spanScoresOf: ((row: Row) => readonly { name: string; value: number }[]) | null;
  /** What stands at the paths that were asked for, in their order; null where rows have no bodies to look into. */
  valuesOf: ((row: Row) => readonly (string | null)[]) | null;
  /** The values of derived columns; null where there are none of such things. */
  derivedOf: ((row: Row) => readonly { name: string; value?: string | null | undefined }[]) | null;
  /** Whose figures stand above the table. */
  entity: "TRACE" | "SPAN" | "THREAD";
};

export const HITS_PER_ROW = 3;
