import { useState } from "react";
import { Button } from "@/components/Button";
import { Form, FormActions, Problem, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";

type Named = { name: string; description?: string | null | undefined };

type NameDialogProps = {
  title: string;
  act: string;
  named: Named;
  isOpen: boolean;
  onClose: () => void;
  /** Says what went wrong, if something did. */
  onSave: (named: { name: string; description: string }) => Promise<string | null>;
};

export function NameDialog({ title, isOpen, onClose, ...props }: NameDialogProps) {
  return (
    <ModalDialog title={title} isOpen={isOpen} onOpenChange={onClose}>
      <NameForm {...props} onDone={onClose} />
    </ModalDialog>
  );
}

type NameFormProps = Pick<NameDialogProps, "act" | "named" | "onSave"> & { onDone: () => void };

function NameForm({ act, named, onSave, onDone }: NameFormProps) {
  const [name, setName] = useState(named.name);
  const [description, setDescription] = useState(named.description ?? "");
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async () => {
    if (!name.trim()) return setProblem("A name is needed.");
    const said = await onSave({ name: name.trim(), description: description.trim() });
    if (said) setProblem(said);
    else onDone();
  };
  return (
    <Form onSubmit={submit}>
      <TextField label="Name" autoFocus value={name} onChange={setName} />
      <TextField label="Description (optional)" value={description} onChange={setDescription} />
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit">
          {act}
        </Button>
      </FormActions>
    </Form>
  );
}
