import { ExactNumber, isObject, type JsonObject, type JsonValue } from "@/lib/json";

// Lists that read better than as a tree: what was retrieved as cards, and rows of plain values as a table. Pure.

export type RetrievedDocument = {
  title: string | null;
  text: string;
  score: number | null;
  /** All else that is said of it. */
  rest: JsonObject;
};

export type Listing =
  | { kind: "documents"; documents: RetrievedDocument[] }
  | { kind: "table"; columns: string[]; rows: JsonObject[] };

export type Lists = {
  /** By the key under which it stands; null where it is the whole value. */
  lists: { name: string | null; listing: Listing }[];
  /** What stands beside the lists. */
  rest: JsonObject;
};

const COLUMNS_MAX = 12;
const CELL_CHARS_MAX = 300;
const LISTS_MAX = 3;
const BESIDE_MAX = 6;

export function recogniseLists(value: JsonValue): Lists | null {
  if (Array.isArray(value)) {
    const listing = listingOf(value);
    return listing && { lists: [{ name: null, listing }], rest: {} };
  }
  if (!isObject(value)) return null;
  const lists: Lists["lists"] = [];
  const rest: JsonObject = {};
  for (const [name, child] of Object.entries(value)) {
    const listing = Array.isArray(child) ? listingOf(child) : null;
    if (listing) lists.push({ name, listing });
    else rest[name] = child;
  }
  const isReadable = lists.length > 0 && lists.length <= LISTS_MAX && Object.keys(rest).length <= BESIDE_MAX;
  return isReadable ? { lists, rest } : null;
}

function listingOf(list: readonly JsonValue[]): Listing | null {
  const items = list.filter(isObject);
  if (items.length === 0 || items.length < list.length) return null;
  const documents = items.map(documentOf);
  if (documents.every((document) => document !== null)) return { kind: "documents", documents };
  const columns = [...new Set(items.flatMap((item) => Object.keys(item)))];
  const isFlat = items.every((item) => Object.values(item).every(isCell));
  return isFlat && columns.length > 0 && columns.length <= COLUMNS_MAX ? { kind: "table", columns, rows: items } : null;
}

const TEXTS = ["page_content", "pageContent", "content", "text", "chunk", "snippet", "body"];
const SCORES = ["score", "relevance_score", "relevanceScore", "similarity", "distance"];
const TITLES = ["title", "source", "file_name", "filename", "name", "url", "uri", "path", "id"];

/** LlamaIndex and OpenInference keep the text of a hit in an object beside its score. */
function documentOf(item: JsonObject): RetrievedDocument | null {
  const { node, document, ...beside } = item;
  const inner = [node, document].find(isObject);
  const hit = inner ? { ...inner, ...beside } : item;
  const textKey = TEXTS.find((key) => typeof hit[key] === "string");
  const scoreKey = SCORES.find((key) => numberOf(hit[key]) !== null);
  const { metadata } = hit;
  if (!textKey || "role" in hit || (!scoreKey && !isObject(metadata) && !textKey.startsWith("page"))) return null;
  const rest = Object.fromEntries(Object.entries(hit).filter(([key]) => key !== textKey && key !== scoreKey));
  return {
    title: titleOf(hit) ?? (isObject(metadata) ? titleOf(metadata) : null),
    text: String(hit[textKey]),
    score: scoreKey ? numberOf(hit[scoreKey]) : null,
    rest,
  };
}

function titleOf(value: JsonObject): string | null {
  for (const key of TITLES) {
    const found = value[key];
    if (typeof found === "string" && found !== "") return found;
    if (typeof found === "number") return `${key} ${found}`;
  }
  return null;
}

function numberOf(value: JsonValue | undefined): number | null {
  if (typeof value === "number") return value;
  return value instanceof ExactNumber ? Number(value.text) : null;
}

function isCell(value: JsonValue): boolean {
  if (typeof value === "string") return value.length <= CELL_CHARS_MAX;
  return value === null || typeof value !== "object" || value instanceof ExactNumber;
}
