import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { Form, FormActions, FormRow, Problem, SelectField, TextArea, TextField } from "@/components/Form";
import { IconButton } from "@/components/IconButton";
import { ModalDialog } from "@/components/ModalDialog";
import { type DraftValue, draftOf, inputOf, withAnother } from "@/features/agents/draft";
import { KINDS } from "@/features/agents/kinds";
import type { AgentValue } from "@/features/agents/useConfiguration";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import styles from "./Agents.module.css";

const CreateAgentConfigurationMutation = graphql(`
  mutation CreateAgentConfiguration($input: AgentBlueprintInput!) {
    createAgentConfiguration(input: $input) {
      id
    }
  }
`);

const AddAgentBlueprintMutation = graphql(`
  mutation AddAgentBlueprint($input: AgentBlueprintInput!) {
    addAgentBlueprint(input: $input) {
      id
    }
  }
`);

type VersionDialogProps = {
  projectId: string;
  /** What the newest version says; null if this is to be the first. */
  values: readonly AgentValue[] | null;
  isMask: boolean;
  isOpen: boolean;
  onClose: () => void;
  onMade: (id: string) => void;
};

/** Writes a version, beginning with what the newest says, or a mask that lies over versions. */
export function VersionDialog({ isOpen, onClose, ...props }: VersionDialogProps) {
  const title = props.isMask ? "New mask" : props.values ? "New version" : "First version";
  return (
    <ModalDialog title={title} isWide isOpen={isOpen} onOpenChange={onClose}>
      <VersionForm {...props} />
    </ModalDialog>
  );
}

function VersionForm({ projectId, values, isMask, onMade }: Omit<VersionDialogProps, "isOpen" | "onClose">) {
  const [creating, create] = useMutation(CreateAgentConfigurationMutation);
  const [adding, add] = useMutation(AddAgentBlueprintMutation);
  const [draft, setDraft] = useState<readonly DraftValue[]>(() => {
    const begun = draftOf((!isMask && values) || []);
    return begun.length > 0 ? begun : withAnother(begun);
  });
  const [description, setDescription] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async () => {
    const input = { projectId, description: description.trim() || null, values: inputOf(draft), isMask };
    const { data, error } = values ? await add({ input }) : await create({ input });
    if (error || !data) return setProblem(error ? failureOf(error).message : "The server sent no answer.");
    onMade("addAgentBlueprint" in data ? data.addAgentBlueprint.id : data.createAgentConfiguration.id);
  };
  const change = (changed: DraftValue) => setDraft(draft.map((value) => (value.at === changed.at ? changed : value)));
  return (
    <Form onSubmit={submit}>
      {isMask && <p>A mask changes values while a version is read with it. The version itself stays as it is.</p>}
      {draft.map((value, place) => (
        <ValueFields
          key={value.at}
          name={`Value ${place + 1}`}
          value={value}
          onChange={change}
          onRemove={draft.length > 1 ? () => setDraft(draft.filter((other) => other !== value)) : null}
        />
      ))}
      <div>
        <Button onPress={() => setDraft(withAnother(draft))}>
          <Plus aria-hidden /> Add value
        </Button>
      </div>
      <TextField
        label="What changes (optional)"
        hint="Left empty, it is told by the keys that changed"
        value={description}
        onChange={setDescription}
      />
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={creating.fetching || adding.fetching}>
          {isMask ? "Create mask" : "Create version"}
        </Button>
      </FormActions>
    </Form>
  );
}

type ValueFieldsProps = {
  name: string;
  value: DraftValue;
  onChange: (value: DraftValue) => void;
  /** Null for the only one: a version without values is none. */
  onRemove: (() => void) | null;
};

function ValueFields({ name, value, onChange, onRemove }: ValueFieldsProps) {
  return (
    <fieldset className={styles.fields}>
      <legend>{name}</legend>
      <FormRow>
        <TextField
          label="Key"
          placeholder="temperature"
          spellCheck={false}
          value={value.key}
          onChange={(key) => onChange({ ...value, key })}
        />
        <SelectField
          label="Type"
          value={value.kind}
          options={KINDS}
          onChange={(kind) => onChange({ ...value, kind })}
        />
        {onRemove && (
          <div className={styles.remove}>
            <IconButton label={`Remove ${value.key || name.toLowerCase()}`} onPress={onRemove}>
              <Trash2 aria-hidden />
            </IconButton>
          </div>
        )}
      </FormRow>
      <TextArea label="Value" rows={2} value={value.text ?? ""} onChange={(text) => onChange({ ...value, text })} />
    </fieldset>
  );
}
