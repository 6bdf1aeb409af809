import { LARGE_CHARS_MIN } from "@/entities/payload/largeJson";
import { isObject, type JsonValue, parseJson } from "@/lib/json";

// Which prompts of the library a trace or a span used: clients leave word of them in its metadata. Pure.

export type UsedPrompt = { id: string; name: string; version: string; versionId: string | undefined };

const KEY = "opik_prompts";

export function usedPrompts(metadata: string | null | undefined): UsedPrompt[] {
  // A body that is read beside the page is not read here for the sake of a link.
  if (!metadata?.includes(KEY) || metadata.length >= LARGE_CHARS_MIN) return [];
  const read = readOrNull(metadata);
  const told = isObject(read) ? read[KEY] : undefined;
  return Array.isArray(told) ? told.flatMap(promptOf) : [];
}

function readOrNull(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}

function promptOf(told: JsonValue): UsedPrompt[] {
  if (!isObject(told) || typeof told.id !== "string" || typeof told.name !== "string") return [];
  const version = isObject(told.version) ? told.version : {};
  const called = version.version_number ?? version.commit;
  return [
    {
      id: told.id,
      name: told.name,
      version: typeof called === "string" || typeof called === "number" ? String(called) : "",
      versionId: typeof version.id === "string" ? version.id : undefined,
    },
  ];
}
