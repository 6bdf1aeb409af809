// What the link says that a program of one's own machine prints. Its key is in the fragment, which no server sees.

export type PairingLink = {
  sessionId: string;
  key: Uint8Array<ArrayBuffer>;
  projectId: string;
  name: string;
  kind: "connect" | "endpoint";
};

const ID_BYTES = 16;
const KEY_BYTES = 32;
const NAME_AT = 2 * ID_BYTES + KEY_BYTES + 1;

/** Session, key, project, the length of the name and the name, and what the machine is for; null if it is none of ours. */
export function readPairingLink(fragment: string): PairingLink | null {
  const bytes = bytesOf(fragment.replace(/^#/, ""));
  const nameBytes = bytes?.[NAME_AT - 1];
  if (!bytes || nameBytes === undefined || bytes.length !== NAME_AT + nameBytes + 1) return null;
  const kind = { 0: "connect" as const, 1: "endpoint" as const }[bytes[NAME_AT + nameBytes] ?? -1];
  if (!kind) return null;
  return {
    sessionId: idOf(bytes.slice(0, ID_BYTES)),
    key: bytes.slice(ID_BYTES, ID_BYTES + KEY_BYTES),
    projectId: idOf(bytes.slice(ID_BYTES + KEY_BYTES, NAME_AT - 1)),
    name: new TextDecoder().decode(bytes.slice(NAME_AT, NAME_AT + nameBytes)),
    kind,
  };
}

/** That whoever says yes has seen the link: the HMAC under its key of the session and of the hash of the name. */
export async function proofOf({ sessionId, key, name }: PairingLink): Promise<string> {
  const { subtle } = crypto;
  const hash = new Uint8Array(await subtle.digest("SHA-256", new TextEncoder().encode(name)));
  const message = new Uint8Array([...bytesOfId(sessionId), ...hash]);
  const signing = await subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return btoa(String.fromCharCode(...new Uint8Array(await subtle.sign("HMAC", signing, message))));
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}

function idOf(bytes: Uint8Array): string {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const bytesOfId = (id: string) => (id.replaceAll("-", "").match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
