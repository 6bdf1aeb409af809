import type { JsonNode } from "@/components/jsonRows";
import { valueText } from "@/entities/logs/filter/readFilter";
import { ExactNumber, type JsonValue } from "@/lib/json";

const TEXT_CHARS_MAX = 200;
const TYPED = /^(-?\d[\d.eE+-]*|true|false)$/;

/** The term of the query language that a value matches at its path; null for texts that are too long to ask for. */
export function termOf(path: string, node: JsonNode): string | null {
  return node.kind === "branch" ? `has:${path}` : termOfLeaf(path, node.value);
}

function termOfLeaf(path: string, value: JsonValue): string | null {
  if (value === null || value === "") return `missing:${path}`;
  if (value instanceof ExactNumber) return `${path}:${value.text}`;
  if (typeof value === "object") return `missing:${path}`;
  if (typeof value !== "string") return `${path}:${value}`;
  if (value.length > TEXT_CHARS_MAX || /[\n\r\t]/.test(value)) return null;
  return `${path}:${TYPED.test(value) ? JSON.stringify(value) : valueText(value)}`;
}
