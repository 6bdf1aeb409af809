import type { CombinedError } from "@urql/core";
import { Tag } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Form, FormActions, Problem, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { failureOf } from "@/lib/failure";
import { formatAmount } from "@/lib/format";
import { namesOf } from "@/lib/names";
import { showToast } from "@/lib/toasts";

type TagsDialogProps = {
  kind: { one: string; many: string };
  ids: readonly string[];
  tag: (change: { ids: string[]; add: string[]; remove: string[] }) => Promise<{ error?: CombinedError | undefined }>;
};

/** The button and the form that change the tags of many things at once. */
export function TagsDialog({ kind, ids, tag }: TagsDialogProps) {
  const [isOpen, setOpen] = useState(false);
  const amount = formatAmount(ids.length, kind);
  const onTag = async (add: string[], remove: string[]) => {
    const { error } = await tag({ ids: [...ids], add, remove });
    if (error) return failureOf(error).message;
    showToast(`Changed the tags of ${amount}.`, () => tag({ ids: [...ids], add: remove, remove: add }));
    return null;
  };
  return (
    <>
      <Button onPress={() => setOpen(true)}>
        <Tag aria-hidden /> Tags
      </Button>
      <ModalDialog title={`Tags of ${amount}`} isOpen={isOpen} onOpenChange={setOpen}>
        <TagsForm onTag={onTag} onDone={() => setOpen(false)} />
      </ModalDialog>
    </>
  );
}

type TagsFormProps = {
  /** Says what went wrong, if something did. */
  onTag: (add: string[], remove: string[]) => Promise<string | null>;
  onDone: () => void;
};

function TagsForm({ onTag, onDone }: TagsFormProps) {
  const [added, setAdded] = useState("");
  const [removed, setRemoved] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async () => {
    const said = await onTag(namesOf(added), namesOf(removed));
    if (said) setProblem(said);
    else onDone();
  };
  return (
    <Form onSubmit={submit}>
      <TextField label="Add" hint="Several with commas between them" autoFocus value={added} onChange={setAdded} />
      <TextField label="Take away" value={removed} onChange={setRemoved} />
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={!added.trim() && !removed.trim()}>
          Change tags
        </Button>
      </FormActions>
    </Form>
  );
}
