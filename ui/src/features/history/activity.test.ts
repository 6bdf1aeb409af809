import { expect, test } from "vitest";
import { doneLines } from "@/features/history/activity";

const event = (position: number, request: string, kind: string, undoes?: number) => ({
  position: String(position),
  request,
  kind,
  undoes: undoes === undefined ? null : String(undoes),
});
const told = (events: ReturnType<typeof event>[]) =>
  doneLines(events).map(({ event, count, isUndone }) => `${event.kind} ×${count}${isUndone ? " undone" : ""}`);

test("what one request did alike is one line", () => {
  const events = [event(5, "b", "trace_deleted"), event(4, "b", "trace_deleted"), event(3, "a", "trace_deleted")];
  expect(told(events)).toEqual(["trace_deleted ×2", "trace_deleted ×1"]);
});

test("what was taken back is told, and is told no more when that was taken back, too", () => {
  const renamed = event(1, "a", "project_updated");
  const undone = event(2, "b", "change_undone", 1);
  expect(told([undone, renamed])).toEqual(["change_undone ×1", "project_updated ×1 undone"]);
  const again = event(3, "c", "change_undone", 2);
  expect(told([again, undone, renamed])).toEqual(["change_undone ×1", "change_undone ×1 undone", "project_updated ×1"]);
});
