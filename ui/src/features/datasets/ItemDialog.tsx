import { ChevronLeft, ChevronRight, Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Form, FormActions, FormRow, Problem, TextArea, TextField } from "@/components/Form";
import { IconButton } from "@/components/IconButton";
import { ModalDialog } from "@/components/ModalDialog";
import { type Field, fieldsOf, writeFields } from "@/features/datasets/fields";

type Row = { id: string; data: string };

type ItemDialogProps = {
  rows: readonly Row[];
  openId: string | null;
  isReadOnly: boolean;
  onOpen: (id: string | null) => void;
  onWrite: (id: string, data: string) => void;
};

/** One item, key by key. */
export function ItemDialog({ rows, openId, isReadOnly, onOpen, onWrite }: ItemDialogProps) {
  const at = rows.findIndex(({ id }) => id === openId);
  const row = rows[at];
  return (
    <ModalDialog title={`Item ${at + 1}`} isWide isOpen={row !== undefined} onOpenChange={() => onOpen(null)}>
      {row && (
        <ItemForm
          key={row.id}
          data={row.data}
          isReadOnly={isReadOnly}
          onPrevious={at > 0 ? () => onOpen(rows[at - 1]?.id ?? null) : null}
          onNext={at < rows.length - 1 ? () => onOpen(rows[at + 1]?.id ?? null) : null}
          onWrite={(data) => onWrite(row.id, data)}
          onDone={() => onOpen(null)}
        />
      )}
    </ModalDialog>
  );
}

type ItemFormProps = {
  data: string;
  isReadOnly: boolean;
  onPrevious: (() => void) | null;
  onNext: (() => void) | null;
  onWrite: (data: string) => void;
  onDone: () => void;
};

function ItemForm({ data, isReadOnly, onPrevious, onNext, onWrite, onDone }: ItemFormProps) {
  const [fields, setFields] = useState(() => fieldsOf(data));
  const [problem, setProblem] = useState<string | null>(null);
  /** True when nothing stands against leaving. */
  const keep = () => {
    const written = writeFields(fields);
    if (!("data" in written)) {
      setProblem(written.problem);
      return false;
    }
    if (!isReadOnly && written.data !== writtenOf(data)) onWrite(written.data);
    return true;
  };
  const change = (at: number, field: Field) => {
    setProblem(null);
    setFields(fields.map((old, place) => (place === at ? field : old)));
  };
  const leave = (go: () => void) => () => {
    if (keep()) go();
  };
  return (
    <Form onSubmit={leave(onDone)}>
      <FormRow>
        <IconButton label="Previous item" isDisabled={!onPrevious} onPress={leave(() => onPrevious?.())}>
          <ChevronLeft aria-hidden />
        </IconButton>
        <IconButton label="Next item" isDisabled={!onNext} onPress={leave(() => onNext?.())}>
          <ChevronRight aria-hidden />
        </IconButton>
      </FormRow>
      {fields.map((field, at) =>
        field.isNew ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a new key is only being written
          <FormRow key={at}>
            <TextField label="New key" value={field.key} onChange={(key) => change(at, { ...field, key })} />
            <TextField label="Its value" value={field.text} onChange={(text) => change(at, { ...field, text })} />
          </FormRow>
        ) : (
          <TextArea
            key={field.key}
            label={field.key}
            hint={field.isJson ? "JSON" : undefined}
            rows={Math.min(12, Math.max(2, field.text.split("\n").length))}
            readOnly={isReadOnly}
            value={field.text}
            onChange={(text) => change(at, { ...field, text })}
          />
        ),
      )}
      <Problem text={problem} />
      {!isReadOnly && (
        <FormActions>
          <Button onPress={() => setFields([...fields, { key: "", text: "", isJson: false, isNew: true }])}>
            <Plus aria-hidden /> Add key
          </Button>
          <Button kind="primary" type="submit">
            Keep in draft
          </Button>
        </FormActions>
      )}
    </Form>
  );
}

function writtenOf(data: string): string {
  const written = writeFields(fieldsOf(data));
  return "data" in written ? written.data : data;
}
