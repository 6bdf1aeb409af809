import { CodeField } from "@/components/code/CodeField";
import { FormRow, TextArea, TextField } from "@/components/Form";
import type { Field } from "@/features/datasets/fields";

type ItemFieldProps = { field: Field; isReadOnly: boolean; onChange: (field: Field) => void };

/** A key of an item with its value. */
export function ItemField({ field, isReadOnly, onChange }: ItemFieldProps) {
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
