import { ChevronLeft, ChevronRight, Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/Button";
import { CodeField } from "@/components/code/CodeField";
import { Form, FormActions, FormRow, Problem, TextArea, TextField } from "@/components/Form";
import { IconButton } from "@/components/IconButton";
import { ModalDialog } from "@/components/ModalDialog";
import { Segmented } from "@/components/Segmented";
import { type Field, fieldsOf, readItem, writeFields } from "@/features/datasets/fields";
import { prettyJson } from "@/lib/json";

type Row = { id: string; data: string };

type ItemDialogProps = {
  rows: readonly Row[];
  openId: string | null;
  isReadOnly: boolean;
  onOpen: (id: string | null) => void;
  onWrite: (id: string, data: string) => void;
};

/** One item, key by key or in one piece. */
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

const SHAPES = [
  { id: "keys", label: "Keys" },
  { id: "json", label: "JSON" },
] as const;
type Shape = (typeof SHAPES)[number]["id"];

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
  /** The item in one piece, while it is written so. */
  const [whole, setWhole] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const current = () => (whole === null ? { fields } : readItem(whole));
  const onShape = (shape: Shape) => {
    const read = current();
    if (!("fields" in read)) return setProblem(read.problem);
    const written = writeFields(read.fields);
    if (!("data" in written)) return setProblem(written.problem);
    setProblem(null);
    setFields(read.fields);
    setWhole(shape === "json" ? prettyJson(written.data) : null);
  };
  /** True when nothing stands against leaving. */
  const keep = () => {
    const read = current();
    const written = "fields" in read ? writeFields(read.fields) : read;
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
        <Segmented
          label="How the item is shown"
          options={SHAPES}
          value={whole === null ? "keys" : "json"}
          onChange={onShape}
        />
      </FormRow>
      {whole !== null && (
        <CodeField
          label="Item as JSON"
          language="json"
          rows={12}
          isReadOnly={isReadOnly}
          value={whole}
          onChange={(text) => {
            setProblem(null);
            setWhole(text);
          }}
        />
      )}
      {whole === null &&
        fields.map((field, at) => (
          // A new key is only being written, and has no other name than its place.
          <ItemField
            key={field.isNew ? at : `key ${field.key}`}
            {...{ field, isReadOnly }}
            onChange={(next) => change(at, next)}
          />
        ))}
      <Problem text={problem} />
      {!isReadOnly && (
        <FormActions>
          {whole === null && (
            <Button onPress={() => setFields([...fields, { key: "", text: "", isJson: false, isNew: true }])}>
              <Plus aria-hidden /> Add key
            </Button>
          )}
          <Button kind="primary" type="submit">
            Keep in draft
          </Button>
        </FormActions>
      )}
    </Form>
  );
}

type ItemFieldProps = { field: Field; isReadOnly: boolean; onChange: (field: Field) => void };

function ItemField({ field, isReadOnly, onChange }: ItemFieldProps) {
  const { key, text, isJson, isNew } = field;
  const onText = (next: string) => onChange({ ...field, text: next });
  if (isNew) {
    return (
      <FormRow>
        <TextField label="New key" value={key} onChange={(next) => onChange({ ...field, key: next })} />
        <TextField label="Its value" value={text} onChange={onText} />
      </FormRow>
    );
  }
  const rows = Math.min(12, Math.max(2, text.split("\n").length));
  if (isJson)
    return (
      <CodeField label={key} hint="JSON" language="json" {...{ rows, isReadOnly }} value={text} onChange={onText} />
    );
  return <TextArea label={key} rows={rows} readOnly={isReadOnly} value={text} onChange={onText} />;
}

function writtenOf(data: string): string {
  const written = writeFields(fieldsOf(data));
  return "data" in written ? written.data : data;
}
