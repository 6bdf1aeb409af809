import { ExactNumber, isObject, type JsonObject, type JsonValue } from "@/lib/json";
import { type JsonSteps, writePath } from "@/lib/jsonPath";

// A JSON value as the rows of a tree of which parts are open. Pure.

export type JsonNode = { id: string; steps: JsonSteps; value: JsonValue };

export type JsonRow =
  | (JsonNode & { kind: "leaf"; depth: number })
  | (JsonNode & { kind: "branch"; depth: number; isOpen: boolean })
  /** Children that are not shown yet. */
  | { kind: "more"; id: string; parentId: string; depth: number; hidden: number };

export type OpenState = {
  isOpen: (id: string, depth: number) => boolean;
  /** How many children of a branch are shown. */
  shownOf: (id: string) => number;
};

export const ROOT_ID = "";

export function jsonRows(root: JsonValue, open: OpenState): JsonRow[] {
  const rows: JsonRow[] = [];
  const push = (value: JsonValue, steps: JsonSteps, depth: number) => {
    const id = writePath(ROOT_ID, steps);
    if (!isBranch(value)) {
      rows.push({ kind: "leaf", id, steps, value, depth });
      return;
    }
    const isOpen = open.isOpen(id, depth);
    rows.push({ kind: "branch", id, steps, value, depth, isOpen });
    if (isOpen) pushChildren(value, id, steps, depth + 1);
  };
  const pushChildren = (value: JsonValue[] | JsonObject, id: string, steps: JsonSteps, depth: number) => {
    const keys = keysOf(value);
    const shown = open.shownOf(id);
    for (const key of keys.slice(0, shown)) push(childAt(value, key), [...steps, key], depth);
    const hidden = keys.length - shown;
    if (hidden > 0) rows.push({ kind: "more", id: `${id} more`, parentId: id, depth, hidden });
  };
  if (isBranch(root)) pushChildren(root, ROOT_ID, [], 0);
  else push(root, [], 0);
  return rows;
}

/** A list or an object with something in it. */
export function isBranch(value: JsonValue): value is JsonValue[] | JsonObject {
  return Array.isArray(value) ? value.length > 0 : isObject(value) && Object.keys(value).length > 0;
}

function keysOf(value: JsonValue[] | JsonObject): (string | number)[] {
  return Array.isArray(value) ? [...value.keys()] : Object.keys(value);
}

function childAt(value: JsonValue[] | JsonObject, key: string | number): JsonValue {
  return (Array.isArray(value) ? value[key as number] : value[key]) ?? null;
}

/** A value that is not opened, as it reads: texts without quotes. */
export function leafText(value: JsonValue): string {
  if (typeof value === "string") return value;
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return "[]";
  return isObject(value) ? "{}" : String(value);
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

/** Where words stand, in keys and values, without regard to case. */
export function findInJson(root: JsonValue, words: string): Found {
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
