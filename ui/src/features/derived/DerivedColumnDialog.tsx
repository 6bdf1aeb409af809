import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { Form, FormActions, FormRow, Problem, SelectField, TextField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { graphql } from "@/gql";
import type { DerivedOf } from "@/gql/graphql";
import { failureOf } from "@/lib/failure";
import { showToast } from "@/lib/toasts";

const AddDerivedColumnMutation = graphql(`
  mutation AddDerivedColumn($column: DerivedColumnInput!) {
    addDerivedColumn(column: $column) {
      id
    }
  }
`);

const OF: readonly { id: DerivedOf; label: string }[] = [
  { id: "TRACES", label: "Traces" },
  { id: "SPANS", label: "Spans" },
];
type Source = "path" | "condition";
const SOURCES: readonly { id: Source; label: string }[] = [
  { id: "path", label: "Value at a JSON path" },
  { id: "condition", label: "Condition, true or false" },
];
const FORMS = {
  path: { label: "Path", hint: "Within input, output or metadata", placeholder: "output.choices[0].finish_reason" },
  condition: { label: "Condition", hint: "As you would filter the logs", placeholder: "type:llm AND duration > 10s" },
};

type DerivedColumnDialogProps = { isOpen: boolean; onClose: () => void; onMade: () => void };

export function DerivedColumnDialog({ isOpen, onClose, onMade }: DerivedColumnDialogProps) {
  return (
    <ModalDialog title="New derived column" isOpen={isOpen} onOpenChange={onClose}>
      <DerivedColumnForm
        onMade={() => {
          onMade();
          onClose();
        }}
      />
    </ModalDialog>
  );
}

function DerivedColumnForm({ onMade }: Omit<DerivedColumnDialogProps, "isOpen" | "onClose">) {
  const [{ fetching }, add] = useMutation(AddDerivedColumnMutation);
  const [of, setOf] = useState<DerivedOf>("TRACES");
  const [name, setName] = useState("");
  const [source, setSource] = useState<Source>("path");
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async () => {
    const column = { of, name: name.trim(), [source]: text.trim() };
    const { error } = await add({ column });
    if (error) return setProblem(failureOf(error).message);
    showToast(`${column.name} is being filled; the logs can show it already.`);
    onMade();
  };
  const { label, ...words } = FORMS[source];
  return (
    <Form onSubmit={submit}>
      <FormRow>
        <TextField
          label="Name"
          hint="Lower-case letters, digits and _"
          placeholder="finish_reason"
          autoFocus
          spellCheck={false}
          value={name}
          onChange={setName}
        />
        <SelectField label="Of" value={of} options={OF} onChange={setOf} />
      </FormRow>
      <SelectField label="What it says" value={source} options={SOURCES} onChange={setSource} />
      <TextField key={source} label={label} {...words} spellCheck={false} value={text} onChange={setText} />
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={fetching || !name.trim() || !text.trim()}>
          Add column
        </Button>
      </FormActions>
    </Form>
  );
}
