import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { Form, FormActions, FormRow, Problem, SelectField, TextField } from "@/components/Form";
import { IconButton } from "@/components/IconButton";
import { ModalDialog } from "@/components/ModalDialog";
import type { Definition } from "@/features/definitions/Definitions";
import { type Draft, draftOf, inputOf, problemOf } from "@/features/definitions/draft";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";

const CreateDefinitionMutation = graphql(`
  mutation CreateDefinition($input: FeedbackDefinitionInput!) {
    createFeedbackDefinition(input: $input) {
      id
    }
  }
`);

const ReplaceDefinitionMutation = graphql(`
  mutation ReplaceDefinition($id: ID!, $input: FeedbackDefinitionInput!) {
    replaceFeedbackDefinition(id: $id, input: $input) {
      id
    }
  }
`);

type DefinitionDialogProps = {
  /** Null: a new one. */
  definition: Definition | null;
  isOpen: boolean;
  onClose: () => void;
  onSaved: () => void;
};

export function DefinitionDialog({ definition, isOpen, onClose, onSaved }: DefinitionDialogProps) {
  const title = definition ? `Edit ${definition.name}` : "New feedback definition";
  return (
    <ModalDialog title={title} isOpen={isOpen} onOpenChange={onClose}>
      <DefinitionForm
        definition={definition}
        onSaved={() => {
          onSaved();
          onClose();
        }}
      />
    </ModalDialog>
  );
}

const TYPES = [
  { id: "NUMERICAL", label: "A number" },
  { id: "CATEGORICAL", label: "One of several words" },
  { id: "BOOLEAN", label: "Yes or no" },
] as const;

function DefinitionForm({ definition, onSaved }: { definition: Definition | null; onSaved: () => void }) {
  const [draft, setDraft] = useState(() => draftOf(definition));
  const [problem, setProblem] = useState<string | null>(null);
  const [, create] = useMutation(CreateDefinitionMutation);
  const [, replace] = useMutation(ReplaceDefinitionMutation);
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const submit = async () => {
    const wrong = problemOf(draft);
    if (wrong) return setProblem(wrong);
    const input = inputOf(draft);
    const { error } = definition ? await replace({ id: definition.id, input }) : await create({ input });
    if (error) setProblem(failureOf(error).message);
    else onSaved();
  };
  return (
    <Form onSubmit={submit}>
      <TextField label="Name" autoFocus value={draft.name} onChange={(name) => change({ name })} />
      <TextField
        label="Description (optional)"
        value={draft.description}
        onChange={(description) => change({ description })}
      />
      <SelectField label="What is given" value={draft.type} options={TYPES} onChange={(type) => change({ type })} />
      {draft.type === "NUMERICAL" && (
        <FormRow>
          <TextField label="Least" inputMode="decimal" value={draft.min} onChange={(min) => change({ min })} />
          <TextField label="Most" inputMode="decimal" value={draft.max} onChange={(max) => change({ max })} />
        </FormRow>
      )}
      {draft.type === "BOOLEAN" && (
        <FormRow>
          <TextField label="For 1" value={draft.yes} onChange={(yes) => change({ yes })} />
          <TextField label="For 0" value={draft.no} onChange={(no) => change({ no })} />
        </FormRow>
      )}
      {draft.type === "CATEGORICAL" && (
        <Categories categories={draft.categories} onChange={(categories) => change({ categories })} />
      )}
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit">
          Save
        </Button>
      </FormActions>
    </Form>
  );
}

type CategoriesProps = { categories: Draft["categories"]; onChange: (categories: Draft["categories"]) => void };

function Categories({ categories, onChange }: CategoriesProps) {
  const change = (at: number, part: Partial<Draft["categories"][number]>) =>
    onChange(categories.map((category, place) => (place === at ? { ...category, ...part } : category)));
  return (
    <>
      {categories.map((category, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a category has no other name than its place
        <FormRow key={at}>
          <TextField label={`Word ${at + 1}`} value={category.label} onChange={(label) => change(at, { label })} />
          <TextField
            label={`Value ${at + 1}`}
            inputMode="decimal"
            value={category.value}
            onChange={(value) => change(at, { value })}
          />
          <IconButton
            label={`Delete word ${at + 1}`}
            isDisabled={categories.length <= 2}
            onPress={() => onChange(categories.toSpliced(at, 1))}
          >
            <Trash2 aria-hidden />
          </IconButton>
        </FormRow>
      ))}
      <Button onPress={() => onChange([...categories, { label: "", value: String(categories.length) }])}>
        <Plus aria-hidden /> Add word
      </Button>
    </>
  );
}
