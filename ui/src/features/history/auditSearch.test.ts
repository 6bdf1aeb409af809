import { describe, expect, test } from "vitest";
import { exportCommand, filterOf, isNarrowed } from "@/features/history/auditSearch";

const ID = "0190babc-62a0-7fff-bfff-ffffffffffff";

describe("what the address says of the audit log", () => {
  test("becomes what the server is asked for", () => {
    const search = { events: "decisions", area: "prompts", action: "delete", who: "ada", request: ID, at: "7" };
    expect(filterOf({ ...search, from: "2026-03-04T05:06:00Z" })).toEqual({
      areas: ["PROMPTS"],
      actions: ["DELETE"],
      decisions: true,
      principal: "ada",
      from: "2026-03-04T05:06:00.000Z",
      until: null,
      request: ID,
      thing: null,
    });
  });

  test("leaves out what names nothing", () => {
    const search = { events: "all", area: "weather", action: "sing", from: "soon", request: "one", thing: "two" };
    expect(isNarrowed(search)).toBe(false);
    expect(isNarrowed({ at: "7", history: "changes" })).toBe(false);
    expect(isNarrowed({ who: "ada" })).toBe(true);
  });

  test("names the command that prints the trail of the same time", () => {
    expect(exportCommand("default", { who: "ada" })).toBe("cairn audit --export --data ./data > trail.jsonl");
    expect(exportCommand("team's", { from: "2026-03-04T05:06:00Z" })).toBe(
      "cairn audit --export --data ./data --workspace 'team'\\''s' --from 2026-03-04T05:06:00.000Z > trail.jsonl",
    );
  });
});
