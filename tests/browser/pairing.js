// The part of a program of one's own machine that asks to be connected.
import { randomBytes } from "node:crypto";

const bytesOf = (id) => Buffer.from(id.replaceAll("-", ""), "hex");

/** Begins a pairing; gives the runner that waits for it, and the path of the link that the program prints. */
export async function beginPairing(story, project, name, kind) {
  const key = randomBytes(32);
  const body = { project_id: project.id, activation_key: key.toString("base64"), type: kind, ttl_seconds: 600 };
  const { session_id: session, runner_id: runner } = await (await story.post("pairing/sessions", body)).json();
  const words = Buffer.from(name);
  const ids = [bytesOf(session), key, bytesOf(project.id)];
  const payload = Buffer.concat([...ids, Buffer.from([words.length]), words, Buffer.from([kind === "endpoint" ? 1 : 0])]);
  return { runner, path: `/opik/pair/v1?project=${encodeURIComponent(project.name)}#${payload.toString("base64url")}` };
}
