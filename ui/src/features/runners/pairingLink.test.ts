import { expect, test } from "vitest";
import { proofOf, readPairingLink } from "@/features/runners/pairingLink";

const SESSION = "01920000-0000-7000-8000-000000000001";
const PROJECT = "01920000-0000-7000-8000-000000000002";
const hexOf = (id: string) => id.replaceAll("-", "");

function fragmentOf(name: string, kind: number): string {
  const nameBytes = [...new TextEncoder().encode(name)];
  const ids = [SESSION, PROJECT].map((id) => (hexOf(id).match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)));
  const bytes = [...(ids[0] ?? []), ...Array(32).fill(7), ...(ids[1] ?? []), nameBytes.length, ...nameBytes, kind];
  return `#${btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "")}`;
}

test("the link of a program names its session, project, machine and what for", () => {
  expect(readPairingLink(fragmentOf("Ada’s laptop", 1))).toEqual({
    sessionId: SESSION,
    key: new Uint8Array(32).fill(7),
    projectId: PROJECT,
    name: "Ada’s laptop",
    kind: "endpoint",
  });
});

test("what is cut, or of another kind, or no such text at all is no link", () => {
  const whole = fragmentOf("laptop", 0);
  for (const text of ["", "#", "#%%%", whole.slice(0, -3), fragmentOf("laptop", 9)]) {
    expect(readPairingLink(text)).toBeNull();
  }
});

test("the proof is what the program expects: an HMAC of the session and the hash of the name", async () => {
  const link = readPairingLink(fragmentOf("laptop", 0));
  expect(link && (await proofOf(link))).toBe("vT/LPw9ySgnH7VEt/jefYU7zYQkgOboNruXALEj0bzM=");
});
