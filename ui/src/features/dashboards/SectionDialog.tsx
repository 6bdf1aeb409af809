import { useState } from "react";
import { Button } from "@/components/Button";
import { Form, FormActions, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";

type SectionDialogProps = { title: string; isOpen: boolean; onClose: () => void; onSave: (title: string) => void };

export function SectionDialog({ isOpen, onClose, ...props }: SectionDialogProps) {
  return (
    <ModalDialog title="Rename the section" isOpen={isOpen} onOpenChange={onClose}>
      <SectionForm {...props} />
    </ModalDialog>
  );
}

function SectionForm({ title, onSave }: Pick<SectionDialogProps, "title" | "onSave">) {
  const [draft, setDraft] = useState(title);
  return (
    <Form onSubmit={() => draft.trim() && onSave(draft.trim())}>
      <TextField label="Title" autoFocus value={draft} onChange={setDraft} />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={!draft.trim()}>
          Save
        </Button>
      </FormActions>
    </Form>
  );
}
