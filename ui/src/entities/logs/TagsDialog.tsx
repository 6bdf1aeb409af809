import { Tag } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Form, FormActions, Problem, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { namesOf } from "@/lib/names";

type TagsDialogProps = {
  /** Of how many what: "3 traces". */
  count: string;
  /** Says what went wrong, if something did. */
  onTag: (add: string[], remove: string[]) => Promise<string | null>;
};

/** The button and the form that change the tags of many things at once. */
export function TagsDialog({ count, onTag }: TagsDialogProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onPress={() => setOpen(true)}>
        <Tag aria-hidden /> Tags
      </Button>
      <ModalDialog title={`Tags of ${count}`} isOpen={isOpen} onOpenChange={setOpen}>
        <TagsForm onTag={onTag} onDone={() => setOpen(false)} />
      </ModalDialog>
    </>
  );
}

function TagsForm({ onTag, onDone }: Pick<TagsDialogProps, "onTag"> & { onDone: () => void }) {
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
