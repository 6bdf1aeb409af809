import { useState } from "react";
import { Button } from "@/components/Button";
import { CheckField, Form, FormActions, Problem, SelectField, TextArea, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { type Row, retag, type Written } from "@/features/datasets/draft";
import { withField } from "@/features/datasets/fields";
import type { ItemChange } from "@/features/datasets/useDraft";
import { formatAmount } from "@/lib/format";
import { namesOf } from "@/lib/names";

type EditItemsProps = {
  rows: readonly Row[];
  /** The keys that items have. */
  columns: readonly string[];
  onWrite: (changes: readonly ItemChange[]) => void;
};
type EditItemsDialogProps = EditItemsProps & { isOpen: boolean; onClose: () => void };

export const ITEMS = { one: "item", many: "items" };

/** Changes items alike: one key of theirs, what they are about, and their tags. */
export function EditItemsDialog({ isOpen, onClose, ...props }: EditItemsDialogProps) {
  return (
    <ModalDialog title={`Edit ${formatAmount(props.rows.length, ITEMS)}`} isOpen={isOpen} onOpenChange={onClose}>
      <EditItemsForm {...props} />
    </ModalDialog>
  );
}

const NO_KEY = "none";
const OTHER_KEY = "other";
const placeOf = (column: string) => `key ${column}`;

function EditItemsForm({ rows, columns, onWrite }: EditItemsProps) {
  const [place, setPlace] = useState(NO_KEY);
  const [otherKey, setOtherKey] = useState("");
  const [text, setText] = useState("");
  const [isJson, setJson] = useState(false);
  const [description, setDescription] = useState("");
  const [added, setAdded] = useState("");
  const [removed, setRemoved] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const key = place === OTHER_KEY ? otherKey.trim() : columns.find((column) => placeOf(column) === place);
  const tags = { added: namesOf(added), removed: namesOf(removed) };
  const isTagged = tags.added.length + tags.removed.length > 0;
  const submit = () => {
    if (place !== NO_KEY && !key) return setProblem("Say under which key the value is to stand.");
    if (!key && !description.trim() && !isTagged) return setProblem("Say what is to change.");
    const changes: ItemChange[] = [];
    for (const row of rows) {
      const change: Partial<Written> = {};
      if (key) {
        const written = withField(row.data, { key, text, isJson });
        if ("problem" in written) return setProblem(written.problem);
        change.data = written.data;
      }
      if (description.trim()) change.description = description.trim();
      if (isTagged) change.tags = retag(row.tags, tags.added, tags.removed);
      changes.push({ id: row.id, change });
    }
    onWrite(changes);
  };
  const options = [
    { id: NO_KEY, label: "None: the data stay as they are" },
    ...columns.map((column) => ({ id: placeOf(column), label: column })),
    { id: OTHER_KEY, label: "Another key" },
  ];
  return (
    <Form onSubmit={submit}>
      <SelectField label="Key to set" options={options} value={place} onChange={setPlace} />
      {place === OTHER_KEY && <TextField label="Its name" value={otherKey} onChange={setOtherKey} />}
      {place !== NO_KEY && (
        <>
          <TextArea label="Value for all of them" rows={3} value={text} onChange={setText} />
          <CheckField label="The value is JSON, not a text" value={isJson} onChange={setJson} />
        </>
      )}
      <TextField
        label="Description"
        hint="Left empty, each item keeps its own"
        value={description}
        onChange={setDescription}
      />
      <TextField label="Tags to add" hint="Several with commas between them" value={added} onChange={setAdded} />
      <TextField label="Tags to take away" value={removed} onChange={setRemoved} />
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit">
          Keep in draft
        </Button>
      </FormActions>
    </Form>
  );
}
