import { useState } from "react";
import { Button } from "@/components/Button";
import { ComboField } from "@/components/ComboField";
import { Form, FormActions } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";

type PathColumnProps = {
  /** The paths that there are. */
  known: readonly string[];
  onAdd: (path: string) => void;
};
type PathColumnDialogProps = PathColumnProps & { isOpen: boolean; onClose: () => void };

const OFFERS_MAX = 50;

/** Asks which part of the configuration is to have a column. */
export function PathColumnDialog({ isOpen, onClose, ...props }: PathColumnDialogProps) {
  return (
    <ModalDialog title="Column of the configuration" isOpen={isOpen} onOpenChange={onClose}>
      <PathColumnForm {...props} />
    </ModalDialog>
  );
}

function PathColumnForm({ known, onAdd }: PathColumnProps) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const submit = () => {
    const path = text.trim().replace(/^metadata\./, "");
    if (path) onAdd(path);
    else setProblem("Write a path, as in `model.name`.");
  };
  const offers = known.filter((path) => path.toLowerCase().includes(text.trim().toLowerCase())).slice(0, OFFERS_MAX);
  return (
    <Form onSubmit={submit}>
      <ComboField
        label="Path"
        placeholder="model.name"
        autoFocus
        value={text}
        problem={problem}
        completing={{
          at: (typed) => ({
            from: 0,
            to: typed.length,
            options: offers.map((label) => ({ label, insert: label, detail: "" })),
          }),
        }}
        onChange={setText}
      />
      <FormActions>
        <Button kind="primary" type="submit">
          Add column
        </Button>
      </FormActions>
    </Form>
  );
}
