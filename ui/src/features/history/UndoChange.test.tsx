import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { UndoChange } from "@/features/history/UndoChange";
import type { Change } from "@/features/history/useHistory";
import { fakeServer } from "@/testing/fakeServer";

const change = { __typename: "Change", undoOutcome: "TRASHED" };
const server = fakeServer({
  Undo: () => ({ data: { undo: "8" } }),
  UndoOutcome: () => ({ data: { auditEvent: { __typename: "AuditEvent", change } } }),
});

async function press(noun: string, undoOutcome: Change["undoOutcome"]) {
  const change = { position: "7", undoOutcome };
  let isUndone = false;
  const onUndone = () => {
    isUndone = true;
  };
  render(server.wrap(<UndoChange {...{ change, noun, title: "Made", onUndone }} />));
  const user = userEvent.setup();
  await user.click(screen.getByRole("button", { name: "Undo this change" }));
  return { user, isUndone: () => isUndone };
}

test.each([
  ["dataset", "TRASHED", "the dataset goes to the trash, with all that belongs to it.", "Delete the dataset"],
  ["span", "DELETED", /the span is deleted.* there the deletion can be undone/, "Delete the span"],
  ["retention rule", "ENDED", /the retention rule ends\. From now on it does nothing more/, "End the retention rule"],
] as const)("the undo of how a %s began says what becomes of it", async (noun, outcome, words, act) => {
  const { user, isUndone } = await press(noun, outcome);
  const dialog = await screen.findByRole("dialog", { name: `Undo how this ${noun} began?` });
  expect(dialog.textContent).toMatch(words);
  if (outcome !== "TRASHED") expect(dialog.textContent).not.toContain("trash");
  expect(isUndone()).toBe(false);
  await user.click(screen.getByRole("button", { name: act }));
  await expect.poll(isUndone).toBe(true);
});

test("what becomes of it is asked where it is not known", async () => {
  const onUndone = vi.fn();
  render(server.wrap(<UndoChange change={{ position: "7" }} noun="dataset" title="Made" onUndone={onUndone} />));
  await userEvent.setup().click(screen.getByRole("button", { name: "Undo this change" }));
  await screen.findByRole("dialog", { name: "Undo how this dataset began?" });
  expect(server.lastAsked("UndoOutcome")).toEqual({ position: "7" });
  expect(onUndone).not.toHaveBeenCalled();
});

test.each(["AS_BEFORE", null] as const)("any other change (%s) is taken back at once", async (outcome) => {
  const { isUndone } = await press("dataset", outcome);
  await expect.poll(isUndone).toBe(true);
  expect(screen.queryByRole("dialog")).toBeNull();
});
