import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { Form, FormActions } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";

const form = (isPart = false) => (
  <Form onSubmit={() => {}}>
    <FormActions isPart={isPart}>
      <button type="submit">Save</button>
    </FormActions>
  </Form>
);

test("a form in a dialog has one way out of it beside its acts", async () => {
  const opened: boolean[] = [];
  render(
    <ModalDialog title="New" isOpen onOpenChange={(isOpen) => opened.push(isOpen)}>
      {form()}
    </ModalDialog>,
  );
  await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
  expect(opened).toEqual([false]);
});

test("a form of a page, and a part of a dialog, have nothing to cancel", () => {
  render(form());
  render(
    <ModalDialog title="Columns" isOpen onOpenChange={() => {}}>
      {form(true)}
    </ModalDialog>,
  );
  expect(screen.queryByRole("button", { name: "Cancel" })).toBeNull();
});
