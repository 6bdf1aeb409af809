import { type DemoTrace, demoBatches } from "@/features/projects/demo/demoBatches";
import { WORKSPACE_HEADERS } from "@/lib/workspace";

export const DEMO_PROJECT = "Demo: a coffee shop";

/** Records the events of the demonstration anew, as a client would. */
export async function sendDemo(): Promise<void> {
  const { default: recorded } = await import("@/features/projects/demo/events.json");
  const batches = demoBatches(recorded.traces as DemoTrace[], DEMO_PROJECT, Date.now());
  await send("POST", "traces/batch", { traces: batches.traces });
  await send("POST", "spans/batch", { spans: batches.spans });
  await send("PUT", "traces/feedback-scores", { scores: batches.scores });
}

async function send(method: "POST" | "PUT", path: string, body: object): Promise<void> {
  const answer = await fetch(`/api/v1/private/${path}`, {
    method,
    headers: { "content-type": "application/json", ...WORKSPACE_HEADERS },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`the server answered with ${answer.status}`);
}
