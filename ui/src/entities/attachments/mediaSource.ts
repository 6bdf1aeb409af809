import type { Attachment } from "@/entities/attachments/attachment";

/** Where the bytes are: here and safe to load, or somewhere else, where loading them would tell who is looking. */
export type MediaSource =
  | { kind: "here"; src: string; name: string | null }
  | { kind: "elsewhere"; href: string | null };

/** A reference that stands where a file was taken out: `[input-attachment-1-1795.png]`, alone or in a `data:` address. */
const REFERENCE = /^(?:data:[^,]*,)?\[([^[\]/]+)\]$/;

export function mediaSource(source: string, attachments: readonly Attachment[], origin: string): MediaSource {
  const name = REFERENCE.exec(source)?.[1];
  if (name !== undefined) {
    const found = attachments.find((attachment) => attachment.name === name);
    return found ? { kind: "here", src: found.url, name } : { kind: "elsewhere", href: null };
  }
  // Whatever it holds: in a picture or a player no script runs, and a download shows nothing.
  if (source.startsWith("data:")) return { kind: "here", src: source, name: null };
  if (!URL.canParse(source, origin)) return { kind: "elsewhere", href: null };
  const url = new URL(source, origin);
  const own = attachments.find((attachment) => new URL(attachment.url, origin).href === url.href);
  if (own) return { kind: "here", src: own.url, name: own.name };
  // A place that a template leaves open would be read as a page of this server.
  return { kind: "elsewhere", href: /^https?:/i.test(source) ? url.href : null };
}
