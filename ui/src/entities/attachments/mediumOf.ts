/** How a file can be shown: by a player of its own, as text, or not at all. */
export type Medium = "image" | "audio" | "video" | "pdf" | "json" | "text" | "other";

const TEXTS = /^(text\/|application\/(xml|yaml|x-yaml|x-ndjson|jsonl|javascript|toml|sql|x-sh)$)|\+xml$/;

export function mediumOf(mimeType: string): Medium {
  const type = mimeType.split(";")[0]?.trim().toLowerCase() ?? "";
  const [kind] = type.split("/");
  if (kind === "image" || kind === "audio" || kind === "video") return kind;
  if (type === "application/pdf") return "pdf";
  if (type === "application/json" || type.endsWith("+json")) return "json";
  return TEXTS.test(type) ? "text" : "other";
}
