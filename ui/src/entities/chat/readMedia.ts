import type { ChatMedia } from "@/entities/chat/recogniseChat";
import { isObject, type JsonObject, type JsonValue } from "@/lib/json";

// Pictures, sounds, films and papers within messages, as each vendor writes them.

type Medium = ChatMedia["medium"];

export function readMedia(part: JsonObject): ChatMedia | null {
  return (
    readByUrl(part) ?? readAudio(part) ?? readFile(part) ?? readInline(part) ?? readSource(part) ?? readTyped(part)
  );
}

/** OpenAI: `image_url`, as an object or as text, and what others made in its likeness. */
function readByUrl(part: JsonObject): ChatMedia | null {
  for (const medium of ["image", "audio", "video"] as const) {
    const named = part[`${medium}_url`];
    const source = text(isObject(named) ? named.url : named);
    if (source) return { medium, source, name: null };
  }
  return null;
}

/** OpenAI: `input_audio`, whose format is told beside it. */
function readAudio(part: JsonObject): ChatMedia | null {
  const audio = part.type === "input_audio" ? (part.input_audio ?? part) : null;
  const data = isObject(audio) ? text(audio.data) : null;
  if (!isObject(audio) || !data) return null;
  return { medium: "audio", source: inline(`audio/${text(audio.format) ?? "wav"}`, data), name: null };
}

/** OpenAI: `file` and `input_file`. */
function readFile(part: JsonObject): ChatMedia | null {
  const file = part.type === "input_file" ? part : part.type === "file" && isObject(part.file) ? part.file : null;
  const source = file && (text(file.file_data) ?? text(file.file_url));
  if (!file || !source) return null;
  const type = /^data:([\w.+/-]+)/.exec(source)?.[1] ?? "";
  return { medium: mediumOf(type), source, name: text(file.filename) };
}

/** Gemini: `inlineData` and `fileData`. */
function readInline(part: JsonObject): ChatMedia | null {
  const found = [part.inlineData, part.inline_data, part.fileData, part.file_data].find(isObject);
  if (!found) return null;
  const type = text(found.mimeType) ?? text(found.mime_type) ?? "";
  const data = text(found.data);
  const source = data ? inline(type, data) : (text(found.fileUri) ?? text(found.file_uri));
  return source ? { medium: mediumOf(type), source, name: text(found.displayName) } : null;
}

/** Anthropic: `image` and `document` with a `source`. */
function readSource(part: JsonObject): ChatMedia | null {
  if (!isObject(part.source) || typeof part.type !== "string") return null;
  const fallback = part.type === "image" ? "image/png" : "application/pdf";
  const type = text(part.source.media_type) ?? fallback;
  const data = part.source.type === "base64" ? text(part.source.data) : null;
  const source = data ? inline(type, data) : text(part.source.url);
  return source ? { medium: mediumOf(type), source, name: text(part.title) } : null;
}

/** LangChain and the AI SDK: the type of the part is the medium, with its data beside it. */
function readTyped(part: JsonObject): ChatMedia | null {
  const medium = (["image", "audio", "video", "file"] as const).find((name) => name === part.type);
  if (!medium) return null;
  const given = [part.mime_type, part.mimeType, part.mediaType, part.media_type].map(text).find(Boolean);
  const data = [part.data, part.base64, part[medium]].map(text).find(Boolean);
  const source = data ? (isAddress(data) ? data : inline(given ?? `${medium}/*`, data)) : text(part.url);
  if (!source) return null;
  return { medium: medium === "file" ? mediumOf(given ?? "") : medium, source, name: text(part.filename) };
}

const isAddress = (data: string) => /^(data|https?):/.test(data);

function inline(type: string, data: string): string {
  return isAddress(data) ? data : `data:${type};base64,${data}`;
}

function mediumOf(type: string): Medium {
  const [kind] = type.split("/");
  return kind === "image" || kind === "audio" || kind === "video" ? kind : "file";
}

function text(value: JsonValue | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
