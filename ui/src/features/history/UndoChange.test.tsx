import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { UndoChange } from "@/features/history/UndoChange";
import type { Change } from "@/features/history/useHistory";
import { fakeServer } from "@/testing/fakeServer";

const server = fakeServer({ Undo: () => ({ data: { undo: "8" } }) });

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

test.each(["AS_BEFORE", null] as const)("any other change (%s) is taken back at once", async (outcome) => {
  const { isUndone } = await press("dataset", outcome);
  await expect.poll(isUndone).toBe(true);
  expect(screen.queryByRole("dialog")).toBeNull();
});
