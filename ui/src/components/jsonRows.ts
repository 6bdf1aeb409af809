import { ExactNumber, isObject, type JsonObject, type JsonValue, writeJson } from "@/lib/json";
import { type JsonSteps, writePath } from "@/lib/jsonPath";

// A JSON value as the rows of a tree of which parts are open. Pure.

type Placed = {
  /** Its path within the value. */
  id: string;
  depth: number;
  /** The row of the branch that it lies in; -1 at the top. */
  parent: number;
};

/** A value that can be pointed at. */
export type JsonNode =
  | { kind: "leaf"; id: string; steps: JsonSteps; value: JsonValue }
  | { kind: "branch"; id: string; steps: JsonSteps };

export type JsonRow = Placed &
  (
    | { kind: "leaf"; steps: JsonSteps; value: JsonValue }
    | { kind: "branch"; steps: JsonSteps; isOpen: boolean; summary: string }
    /** Children that are not shown yet. */
    | { kind: "more"; branchId: string; hidden: number }
  );

export type OpenState = {
  isOpen: (id: string, depth: number) => boolean;
  /** How many children of a branch are shown. */
  shownOf: (id: string) => number;
};

const ROOT_ID = "";

export function jsonRows(root: JsonValue, open: OpenState): JsonRow[] {
  const rows: JsonRow[] = [];
  const push = (value: JsonValue, steps: JsonSteps, depth: number, parent: number) => {
    const id = writePath(ROOT_ID, steps);
    if (!isBranch(value)) {
      rows.push({ kind: "leaf", id, steps, value, depth, parent });
      return;
    }
    const isOpen = open.isOpen(id, depth);
    rows.push({ kind: "branch", id, steps, depth, parent, isOpen, summary: summaryOf(value) });
    if (isOpen) pushChildren(value, id, steps, depth + 1, rows.length - 1);
  };
  const pushChildren = (value: Branch, id: string, steps: JsonSteps, depth: number, parent: number) => {
    const keys = keysOf(value);
    const shown = open.shownOf(id);
    for (const key of keys.slice(0, shown)) push(childAt(value, key), [...steps, key], depth, parent);
    const hidden = keys.length - shown;
    if (hidden > 0) rows.push({ kind: "more", id: `${id} more`, branchId: id, depth, parent, hidden });
  };
  if (isBranch(root)) pushChildren(root, ROOT_ID, [], 0, -1);
  else push(root, [], 0, -1);
  return rows;
}

function summaryOf(value: Branch): string {
  if (Array.isArray(value)) return `[${value.length}]`;
  const keys = Object.keys(value);
  return `{ ${keys.slice(0, 4).join(", ")}${keys.length > 4 ? ", …" : ""} }`;
}

type Branch = JsonValue[] | JsonObject;

/** A list or an object with something in it. */
export function isBranch(value: JsonValue): value is Branch {
  return Array.isArray(value) ? value.length > 0 : isObject(value) && Object.keys(value).length > 0;
}

function keysOf(value: Branch): (string | number)[] {
  return Array.isArray(value) ? [...value.keys()] : Object.keys(value);
}

function childAt(value: Branch, key: string | number): JsonValue {
  return (Array.isArray(value) ? value[key as number] : value[key]) ?? null;
}

/** What stands at the end of a path. */
export function valueAt(root: JsonValue, steps: JsonSteps): JsonValue {
  let value = root;
  for (const step of steps) value = isBranch(value) ? childAt(value, step) : null;
  return value;
}

/** A value that is not opened, as it reads: texts without quotes. */
export function leafText(value: JsonValue): string {
  if (typeof value === "string") return value;
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return "[]";
  return isObject(value) ? "{}" : String(value);
}

/** A value to be copied: texts without quotes, all else as JSON. */
export function textOfValue(value: JsonValue): string {
  return typeof value === "string" ? value : writeJson(value);
}

export type Found = {
  /** The rows in which the words stand, from the top. */
  ids: string[];
  /** There are more of them. */
  isCut: boolean;
  /** Of each branch above one of them, how many children must be shown. */
  above: ReadonlyMap<string, number>;
};

const FOUND_MAX = 1_000;

const NOTHING: Found = { ids: [], isCut: false, above: new Map() };

/** Where words stand, in keys and values, without regard to case; no words stand nowhere. */
export function findInJson(root: JsonValue, words: string): Found {
  if (words === "") return NOTHING;
  const wanted = words.toLowerCase();
  const ids: string[] = [];
  const above = new Map<string, number>();
  let isCut = false;
  const visit = (
    value: JsonValue,
    name: string,
    trail: readonly (readonly [id: string, index: number])[],
    steps: JsonSteps,
  ) => {
    if (isCut) return;
    const isLeaf = !isBranch(value);
    if (name.includes(wanted) || (isLeaf && leafText(value).toLowerCase().includes(wanted))) {
      if (ids.length === FOUND_MAX) {
        isCut = true;
        return;
      }
      ids.push(writePath(ROOT_ID, steps));
      for (const [id, index] of trail) above.set(id, Math.max(above.get(id) ?? 0, index + 1));
    }
    if (isLeaf) return;
    const id = writePath(ROOT_ID, steps);
    for (const [index, key] of keysOf(value).entries()) {
      visit(childAt(value, key), String(key).toLowerCase(), [...trail, [id, index]], [...steps, key]);
    }
  };
  visit(root, "", [], []);
  return { ids, isCut, above };
}
