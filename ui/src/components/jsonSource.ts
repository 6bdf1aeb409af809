import type { JsonNode, JsonRow } from "@/components/jsonRows";

/** What a tree draws: rows that are at hand, or come when they are wanted. */
export type JsonSource = {
  count: number;
  /** Null while it has not come. */
  rowAt: (index: number) => JsonRow | null;
  /** The rows that are seen now, where only these are at hand. */
  want: (from: number, to: number) => void;
  /** The row in which the place stands that is looked at; -1 where there is none. */
  foundIndex: number;
  setOpen: (id: string, isOpen: boolean) => void;
  showMore: (branchId: string) => void;
  /** A value as text, to be copied. */
  textOf: (node: JsonNode) => Promise<string>;
};

export type JsonFind = {
  words: string;
  /** Which of the places is looked at, from 0. */
  at: number;
  onFound: (count: number, isCut: boolean) => void;
};

export const CHILDREN_SHOWN = 1_000;
